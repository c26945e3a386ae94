"""Alerts watch for what the code really logs and runs, and the runbook tells what each means."""

import re
from functools import cache

from orchestration.messages import CALL_MODEL, CALL_TOOL, FINISH_TURN
from tests.infra.bicep import ROOT, variable

PACKAGES = ("api", "chat", "orchestration", "shared")
LOGS = [(alert["name"], alert["query"]) for alert in variable("alerts.bicep", "logAlerts")]
NAMES = [alert["name"] for part in ("logAlerts", "metricAlerts") for alert in variable("alerts.bicep", part)]


@cache
def _source() -> str:
    files = (file for package in PACKAGES for file in sorted((ROOT / package).rglob("*.py")))
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


def test_every_text_an_alert_looks_for_is_logged_by_the_code() -> None:
    texts = [text for _, query in LOGS for text in re.findall(r'Message (?:has|startswith) "([^"]+)"', query)]
    assert len(texts) > 5
    assert [text for text in texts if text not in _source()] == []


def test_every_function_an_alert_looks_at_is_there() -> None:
    named = {
        name
        for _, query in LOGS
        for found in re.findall(r"Name (?:==|in) (\([^)]*\)|\"[^\"]+\")", query)
        for name in re.findall(r'"([^"]+)"', found)
    }
    assert named == {CALL_MODEL, CALL_TOOL, FINISH_TURN, "sweeper", "eraser"}
    for name in ("sweeper", "eraser"):
        assert f'function_name("{name}")' in _source()


def test_every_log_alert_counts_what_it_compares() -> None:
    assert [name for name, query in LOGS if not query.endswith("| summarize found = count()")] == []


def test_names_are_used_once() -> None:
    assert len(NAMES) == len(set(NAMES))


def test_the_runbook_tells_what_every_alert_means() -> None:
    told = (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")
    headings = set(re.findall(r"^\| `([a-z-]+)` \|", told, re.MULTILINE))
    assert headings == set(NAMES)
