import json
from pathlib import Path
from typing import Any

import pytest

from local.functions_host.func_command import translate
from local.functions_host.settings import Settings, SettingsError, load, seconds_of


def _load(folder: Path, host: dict[str, Any], **environment: str) -> Settings:
    (folder / "host.json").write_text(json.dumps(host))
    return load(folder, environment)


def test_durable_limits_come_from_host_json(tmp_path: Path) -> None:
    durable = {"maxConcurrentActivityFunctions": 3, "maxGrpcMessageSizeInBytes": 1000, "hubName": "%HUB%"}
    settings = _load(tmp_path, {"extensions": {"durableTask": durable}}, HUB="Mine")
    assert (settings.limits.activities, settings.limits.payload_bytes, settings.hub_name) == (3, 1000, "Mine")


def test_the_scheduler_provider_brings_its_own_limits(tmp_path: Path) -> None:
    durable = {"storageProvider": {"type": "azureManaged"}}
    limits = _load(tmp_path, {"extensions": {"durableTask": durable}}).limits
    assert (limits.payload_bytes, limits.id_length, limits.message_bytes) == (1024 * 1024, 100, 4 * 1024 * 1024)


def test_an_environment_variable_overrides_host_json_whatever_its_case(tmp_path: Path) -> None:
    override = {"AzureFunctionsJobHost__extensions__durabletask__maxConcurrentActivityFunctions": "7"}
    host = {"extensions": {"durableTask": {"maxConcurrentActivityFunctions": 3}}}
    assert _load(tmp_path, host, **override).limits.activities == 7


def test_the_function_timeout_is_read(tmp_path: Path) -> None:
    assert _load(tmp_path, {"functionTimeout": "00:05:00"}).timeout == 300
    assert _load(tmp_path, {"functionTimeout": "-1"}).timeout is None
    assert _load(tmp_path, {}).timeout == 1800


@pytest.mark.parametrize(
    "host",
    [
        {"functionTimeout": "soon"},
        {"extensions": {"durableTask": {"maxConcurrentActivityFunctions": 0}}},
        {"extensions": {"durableTask": {"hubName": "%MISSING%"}}},
        {"extensions": []},
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, host: dict[str, Any]) -> None:
    with pytest.raises(SettingsError):
        _load(tmp_path, host)


def test_time_spans_may_have_days_and_fractions() -> None:
    assert seconds_of("1.02:03:04.5") == 93784.5


@pytest.mark.parametrize(
    ("arguments", "port"), [(["start", "-p", "9"], "9"), (["host", "start"], "7071"), (["start", "--python"], "7071")]
)
def test_core_tools_arguments_are_understood(tmp_path: Path, arguments: list[str], port: str) -> None:
    assert translate(arguments, tmp_path) == ["start", "--app", str(tmp_path), "--port", port]


def test_the_local_port_of_the_settings_file_is_the_default(tmp_path: Path) -> None:
    (tmp_path / "local.settings.json").write_text(json.dumps({"Host": {"LocalHttpPort": 7090}}))
    assert translate(["start"], tmp_path)[-1] == "7090"


def test_other_core_tools_commands_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SystemExit):
        translate(["azure", "functionapp", "publish"], tmp_path)
