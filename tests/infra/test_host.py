"""`host.json` is what the deployment counts on."""

import json
import re
from typing import Any

from tests.infra.bicep import INFRA, ROOT, tree

FLEX_TIMEOUT_MINUTES = 10
TURN_SECONDS = 120


def _host() -> dict[str, Any]:
    return json.loads((ROOT / "host.json").read_text(encoding="utf-8"))


def test_it_is_a_host_file_of_version_2_with_known_parts_only() -> None:
    host = _host()
    assert host["version"] == "2.0"
    assert set(host) <= {"version", "extensionBundle", "functionTimeout", "extensions", "logging", "telemetryMode"}
    assert set(host["extensions"]) == {"http", "durableTask"}


def test_the_bundle_has_the_durable_extension_the_code_needs() -> None:
    bundle = _host()["extensionBundle"]
    assert bundle["id"].startswith("Microsoft.Azure.Functions.ExtensionBundle")
    assert re.fullmatch(r"\[4\.[\d.*]+, 5\.0\.0\)", bundle["version"])


def test_turns_are_kept_by_the_scheduler_that_is_deployed() -> None:
    durable = _host()["extensions"]["durableTask"]
    settings = tree(INFRA / "modules" / "services.bicep")["variables"]["serviceSettings"]["value"]
    name = durable["storageProvider"]["connectionStringName"]
    assert durable["storageProvider"]["type"] == "azureManaged"
    assert name in settings
    hub = re.fullmatch(r"%(\w+)%", durable["hubName"])
    assert hub is not None
    assert hub.group(1) in settings


def test_the_routes_are_where_front_door_and_web_pubsub_look() -> None:
    assert _host()["extensions"]["http"]["routePrefix"] == "api"


def test_no_step_outlives_its_function() -> None:
    hours, minutes, seconds = (int(part) for part in _host()["functionTimeout"].split(":"))
    total = hours * 3600 + minutes * 60 + seconds
    assert TURN_SECONDS < total <= FLEX_TIMEOUT_MINUTES * 60


def _telemetry() -> dict[str, Any]:
    return tree(INFRA / "modules" / "monitoring.bicep")["variables"]["telemetrySettings"]["value"]


def test_host_and_app_tell_the_same_story() -> None:
    host, settings = _host(), _telemetry()
    assert host["telemetryMode"] == "OpenTelemetry"
    assert settings["PYTHON_ENABLE_OPENTELEMETRY"] == "true"
    # Sampling of the older telemetry would have no effect in this mode; the app samples by TRACE_SAMPLE_RATIO.
    assert "applicationInsights" not in host["logging"]


def test_what_people_say_is_not_in_the_traces() -> None:
    assert _telemetry()["TELEMETRY_CONTENT"] == "false"
