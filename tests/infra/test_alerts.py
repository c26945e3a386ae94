"""Alerts watch for what the code really logs and runs, and the runbook tells what each means."""

import re
from functools import cache

from orchestration.messages import CALL_MODEL, CALL_TOOL, FINISH_TURN
from shared.telemetry import names
from tests.infra.bicep import INFRA, ROOT, variable

PACKAGES = ("api", "chat", "orchestration", "shared")
LOGS = [(alert["name"], alert["query"]) for alert in variable("alerts.bicep", "logAlerts")]
METRIC_ALERTS = variable("metricAlerts.bicep", "metricAlerts")
NAMES = [*(name for name, _ in LOGS), *(alert["name"] for alert in METRIC_ALERTS)]


@cache
def _source() -> str:
    files = (file for package in PACKAGES for file in sorted((ROOT / package).rglob("*.py")))
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


def test_every_text_an_alert_looks_for_is_logged_by_the_code() -> None:
    texts = [text for _, query in LOGS for text in re.findall(r'Message (?:has|startswith) "([^"]+)"', query)]
    assert len(texts) > 5
    assert [text for text in texts if text not in _source()] == []


def test_every_metric_an_alert_looks_at_is_told_by_the_code() -> None:
    named = {name for _, query in LOGS for name in re.findall(r'AppMetrics \| where Name == "([^"]+)"', query)}
    assert len(named) > 4
    assert named <= names.METRICS


def test_the_workbook_shows_every_metric_and_no_other() -> None:
    text = (INFRA / "workbook.json").read_text(encoding="utf-8")
    shown = set(re.findall(r"AppMetrics \| where Name == '([^']+)'", text))
    assert shown == names.METRICS


def test_every_attribute_a_query_looks_at_is_told_by_the_code() -> None:
    text = (INFRA / "workbook.json").read_text(encoding="utf-8") + "".join(query for _, query in LOGS)
    asked = set(re.findall(r"""Properties\[['"]([^'"]+)['"]\]""", text))
    assert len(asked) > 8
    known = {value for name, value in vars(names).items() if name.isupper() and isinstance(value, str)}
    assert {name for name in asked - known if f'"{name}": ' not in _source()} == set()


def test_the_places_an_alert_looks_at_are_activities() -> None:
    (query,) = (query for name, query in LOGS if name == "steps-of-turns-fail")
    places = re.findall(r"in \(([^)]*)\)", query)
    assert places == [", ".join(f'"{name}"' for name in (CALL_MODEL, CALL_TOOL, FINISH_TURN))]


def test_every_log_alert_counts_what_it_compares() -> None:
    assert [
        name for name, query in LOGS if not re.search(r"\| summarize found = (count\(\)|coalesce\(.*, 0\.0\))$", query)
    ] == []


def test_names_are_used_once() -> None:
    assert len(NAMES) == len(set(NAMES))


def test_the_runbook_tells_what_every_alert_means() -> None:
    told = (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")
    headings = set(re.findall(r"^\| `([a-z-]+)` \|", told, re.MULTILINE))
    assert headings == set(NAMES)
