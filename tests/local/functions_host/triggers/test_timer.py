import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from local.functions_host.settings import SettingsError
from local.functions_host.triggers.timer import Schedule
from tests.local.functions_host.running import RunningHost

_NOON = datetime(2026, 5, 4, 12, 0, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("expression", "following"),
    [
        ("*/15 * * * * *", datetime(2026, 5, 4, 12, 0, 15, tzinfo=UTC)),
        ("0 30 9 * * *", datetime(2026, 5, 5, 9, 30, tzinfo=UTC)),
        ("0 0 0 * * 1-5", datetime(2026, 5, 5, tzinfo=UTC)),
        ("5 * * * *", datetime(2026, 5, 4, 12, 5, tzinfo=UTC)),
        ("00:01:00", datetime(2026, 5, 4, 12, 1, 7, tzinfo=UTC)),
    ],
)
def test_the_next_occurrence(expression: str, following: datetime) -> None:
    assert Schedule.parse(expression).next_after(_NOON) == following


@pytest.mark.parametrize("expression", ["", "* * *", "61 * * * * *", "every day"])
def test_a_schedule_that_means_nothing_is_refused(expression: str) -> None:
    with pytest.raises(SettingsError):
        Schedule.parse(expression)


def test_only_schedules_of_a_minute_or_more_keep_a_status() -> None:
    assert Schedule.parse("0 * * * * *").monitored()
    assert not Schedule.parse("*/30 * * * * *").monitored()


def test_runs_come_on_schedule_and_never_overlap(tmp_path: Path) -> None:
    host = RunningHost(tmp_path, TICK="* * * * * *", TICK_SECONDS="1.3")
    try:
        host.wait_for_note("tick end", 2)
    finally:
        host.stop()
    lines = [line for line in host.notes() if line.startswith("tick")]
    assert lines[:4] == ["tick False", "tick end", "tick False", "tick end"]


def test_a_run_missed_while_the_host_was_down_is_made_up(tmp_path: Path) -> None:
    host = RunningHost(tmp_path, TICK="0 0 1 1 1 *")
    try:
        host.stop()
        _set_last_run(tmp_path / "state" / "functions_host.sqlite", datetime(2020, 1, 1, tzinfo=UTC))
        host.start()
        host.wait_for_note("tick True")
        host.wait_for_note("tick end")
        host.kill()
        host.start()
        assert host.run("one", 1)["output"] == 2
    finally:
        host.stop()
    assert host.notes().count("tick True") == 1


def _set_last_run(database: Path, moment: datetime) -> None:
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        changed = connection.execute(
            "UPDATE schedules SET status=? WHERE name='tick'", (json.dumps({"Last": moment.isoformat()}),)
        )
        assert changed.rowcount == 1
