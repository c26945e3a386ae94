"""Real services take over from emulators one by one."""

import json
from pathlib import Path

import pytest

from local.stack.ports import Ports
from local.stack.settings import app_settings, read_values
from shared.settings import Settings


@pytest.fixture
def ports(tmp_path: Path) -> Ports:
    return Ports(usual=False, note=pytest.fail, file=tmp_path / "ports.json")


def test_without_own_settings_every_service_is_emulated_and_the_app_can_start(ports: Ports) -> None:
    settings = app_settings({}, ports)

    assert settings.emulated == {"cosmos", "azurite", "web_pubsub", "openai", "identity", "mcp_servers"}
    assert Settings.from_environment(settings.values).azure_openai_endpoint.startswith("http://127.0.0.1:")


def test_a_real_model_is_used_with_the_persons_own_identity(ports: Ports) -> None:
    own = {"AZURE_OPENAI_ENDPOINT": "https://mine.openai.azure.com", "AZURE_OPENAI_CHAT_MODEL": "mine"}

    settings = app_settings(own, ports)

    assert "openai" not in settings.emulated
    assert settings.values["AZURE_OPENAI_ENDPOINT"] == own["AZURE_OPENAI_ENDPOINT"]
    assert "IDENTITY_ENDPOINT" not in settings.values


@pytest.mark.parametrize("name", ["COSMOS", "COSMOS__serviceUri"])
def test_either_form_of_a_setting_replaces_the_emulator(ports: Ports, name: str) -> None:
    settings = app_settings({name: "https://mine.documents.azure.com"}, ports)

    assert "cosmos" not in settings.emulated
    assert [key for key in settings.values if key.startswith("COSMOS") and key != "COSMOS_DATABASE"] == [name]


def test_empty_values_of_the_template_count_as_not_set(tmp_path: Path, ports: Ports) -> None:
    file = tmp_path / "local.settings.json"
    file.write_text(json.dumps({"Values": {"COSMOS": "", "BLOB": " ", "TASK_HUB": "mine"}}), encoding="utf-8")

    own = read_values(file)

    assert own == {"TASK_HUB": "mine"}
    assert "cosmos" in app_settings(own, ports).emulated


def test_the_development_cloud_shows_prices_budgets_and_teams(ports: Ports) -> None:
    settings = Settings.from_environment(app_settings({}, ports).values)

    deployments = {settings.azure_openai_chat_model, settings.azure_openai_utility_model}
    assert set(settings.model_prices.models) == deployments
    assert len(deployments) == 2
    assert settings.budgets.of_person("Sales North") is not None
    assert "Everyone" not in settings.team_groups.teams
    assert {"Sales North", "People"} <= settings.team_groups.teams


def test_a_model_of_ones_own_without_prices_still_starts(ports: Ports) -> None:
    own = {
        "AZURE_OPENAI_ENDPOINT": "https://mine.openai.azure.com",
        "AZURE_OPENAI_CHAT_MODEL": "mine",
        "AZURE_OPENAI_UTILITY_MODEL": "my-small-one",
    }
    settings = Settings.from_environment(app_settings(own, ports).values)

    assert settings.model_prices.models == {}
    assert settings.azure_openai_utility_model == "my-small-one"
