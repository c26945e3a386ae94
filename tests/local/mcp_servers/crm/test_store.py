import sqlite3
from collections import Counter
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from local.mcp_servers.crm.seed import seed
from local.mcp_servers.crm.store import FILE_NAME, CrmStore, StateError

DAY = date(2026, 11, 20)


def test_the_seed_of_a_date_is_always_the_same_and_moves_with_the_date() -> None:
    assert seed(DAY) == seed(DAY)
    assert seed(DAY) != seed(date(2027, 1, 1))


def test_the_seed_is_of_a_realistic_size_and_spread() -> None:
    rows = seed(DAY)
    assert len(rows["accounts"]) >= 40
    assert len(rows["opportunities"]) >= 120
    assert len(rows["activities"]) >= 400
    stages = Counter(row[3] for row in rows["opportunities"])
    assert len(stages) == 7
    assert min(stages.values()) >= 5
    assert len({row[5] for row in rows["opportunities"]}) >= 6
    assert len({row[7] for row in rows["opportunities"]}) == 5


def test_closed_deals_lie_in_the_past() -> None:
    for row in seed(DAY)["opportunities"]:
        if str(row[3]).startswith("Closed"):
            assert date.fromisoformat(str(row[6])) < DAY


def test_what_was_logged_survives_a_reopening(state_folder: Path) -> None:
    with closing(CrmStore.open(state_folder, lambda: DAY)) as store:
        number = store.insert_activity(
            account_id="acc-001", day=DAY, kind="note", note="kept", by="test", action_id=None
        )
    with closing(CrmStore.open(state_folder, lambda: date(2027, 5, 1))) as store:
        (row,) = store.rows("SELECT note FROM activities WHERE number = ?", (number,))
    assert row["note"] == "kept"


def test_an_absent_file_is_seeded_afresh_even_after_a_crash_while_seeding(state_folder: Path) -> None:
    state_folder.mkdir()
    (state_folder / "crm.seeding").write_bytes(b"half of a database")
    with closing(CrmStore.open(state_folder, lambda: DAY)) as store:
        assert store.rows("SELECT count(*) FROM accounts")[0][0] == 41
    assert [path.name for path in state_folder.iterdir()] == [FILE_NAME]


def test_a_file_that_is_no_database_is_refused_with_advice(state_folder: Path) -> None:
    state_folder.mkdir()
    (state_folder / FILE_NAME).write_bytes(b"no database at all" * 100)
    with pytest.raises(StateError, match="remove it to start afresh"):
        CrmStore.open(state_folder, lambda: DAY)


def test_a_database_of_another_version_is_refused_with_advice(state_folder: Path) -> None:
    state_folder.mkdir()
    with closing(sqlite3.connect(state_folder / FILE_NAME)) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(StateError, match="version 99"):
        CrmStore.open(state_folder, lambda: DAY)
