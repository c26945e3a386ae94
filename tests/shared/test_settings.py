import json
import re
from pathlib import Path

import pytest

from shared.errors import SettingsInvalid
from shared.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
COMPLETE = {
    "COSMOS": "AccountEndpoint=http://127.0.0.1:1/;AccountKey=c2VjcmV0LWNvc21vcw==;",
    "BLOB": "BlobEndpoint=http://127.0.0.1:1/a;AccountName=a;AccountKey=c2VjcmV0LWJsb2I=",
    "WEB_PUBSUB": "Endpoint=http://127.0.0.1:1;AccessKey=secret-pubsub;Version=1.0;",
    "AZURE_OPENAI_ENDPOINT": "http://127.0.0.1:1",
    "AZURE_OPENAI_CHAT_MODEL": "model",
    "AZURE_OPENAI_UTILITY_MODEL": "small-model",
    "AUTH_ISSUER": "http://127.0.0.1:1",
    "AUTH_AUDIENCE": "api://salescoach",
}
HOST_SETTINGS = {
    "FUNCTIONS_WORKER_RUNTIME",
    "AzureWebJobsStorage",
    "AZURE_FUNCTIONS_DURABLE_STRICT_TYPING",
    "TASK_HUB",
    "DURABLE_TASK_SCHEDULER_CONNECTION_STRING",
}
SET_BY_THE_PLATFORM = frozenset({"WEBSITE_AUTH_ENABLED"})
WEB_CLIENT_SETTINGS = {"WEB_CLIENT_ID", "WEB_CLIENT_SCOPE"}
SERVICES = ("COSMOS", "BLOB", "WEB_PUBSUB")


def _refusal(environment: dict[str, str]) -> str:
    with pytest.raises(SettingsInvalid) as refused:
        Settings.from_environment(environment)
    return str(refused.value)


def test_a_complete_environment_needs_nothing_else() -> None:
    settings = Settings.from_environment(COMPLETE | {"UNRELATED": "x"})
    assert settings.cosmos.connection_string == COMPLETE["COSMOS"]
    assert settings.cosmos.service_uri is None
    assert (settings.cosmos_database, settings.mcp_servers_file) == ("salescoach", "mcpservers.json")


def test_private_networks_of_tool_servers_are_read_as_ranges_and_default_to_none() -> None:
    assert Settings.from_environment(COMPLETE).mcp_private_networks == ()
    given = Settings.from_environment(COMPLETE | {"MCP_PRIVATE_NETWORKS": "10.2.0.0/16, fd12::/48"})
    assert [str(network) for network in given.mcp_private_networks] == ["10.2.0.0/16", "fd12::/48"]
    assert "MCP_PRIVATE_NETWORKS" in _refusal(COMPLETE | {"MCP_PRIVATE_NETWORKS": "10.2.0.0/16 and more"})


def test_everything_that_is_missing_is_named_at_once() -> None:
    text = _refusal({})
    for name in COMPLETE:
        assert name in text


@pytest.mark.parametrize("name", COMPLETE)
@pytest.mark.parametrize("value", [None, "", "   "], ids=["unset", "empty", "blank"])
def test_each_required_setting_is_missed_by_name(name: str, value: str | None) -> None:
    environment = {key: text for key, text in COMPLETE.items() if key != name}
    text = _refusal(environment if value is None else environment | {name: value})
    assert name in text
    assert [other for other in COMPLETE if re.search(rf"\b{other}\b", text)] == [name]


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_in_both_forms_is_refused(name: str) -> None:
    assert name in _refusal(COMPLETE | {f"{name}__serviceUri": "https://x.example"})


def test_no_value_of_a_setting_shows_in_the_refusal() -> None:
    both = {f"{name}__serviceUri": f"https://hidden-{name.lower()}.example" for name in SERVICES}
    text = _refusal(COMPLETE | both | {"AUTH_ISSUER": ""})
    for value in ("secret", "hidden", "c2VjcmV0", "127.0.0.1", "api://"):
        assert value not in text


def test_the_identity_form_needs_to_know_who_calls_upstream() -> None:
    environment = {key: text for key, text in COMPLETE.items() if key != "WEB_PUBSUB"}
    environment["WEB_PUBSUB__serviceUri"] = "https://x.example"
    text = _refusal(environment)
    assert "UPSTREAM_AUDIENCE" in text
    assert "UPSTREAM_CALLER" in text
    proven = {"UPSTREAM_AUDIENCE": "api://upstream", "UPSTREAM_CALLER": "cccccccc-1111-4222-8333-dddddddddddd"}
    assert Settings.from_environment(environment | proven).web_pubsub.service_uri == "https://x.example"


def test_what_the_identity_form_lacks_is_named_together_with_all_the_rest() -> None:
    environment = {"WEB_PUBSUB__serviceUri": "https://x.example"}
    text = _refusal(environment)
    assert "UPSTREAM_AUDIENCE" in text
    assert "AUTH_ISSUER" in text


def test_blanks_around_a_value_do_not_belong_to_it() -> None:
    assert Settings.from_environment(COMPLETE | {"AUTH_AUDIENCE": " api://x \n"}).auth_audience == "api://x"


def test_settings_cannot_be_changed_later() -> None:
    settings = Settings.from_environment(COMPLETE)
    with pytest.raises(ValueError, match="frozen"):
        settings.cosmos_database = "other"


def test_the_template_names_exactly_the_settings_that_are_read() -> None:
    template = json.loads((ROOT / "local.settings.json.template").read_text(encoding="utf-8"))
    # What the tool catalog refers to by name is up to the catalog.
    fields = {name.upper() for name in Settings.model_fields} - SET_BY_THE_PLATFORM - {"MCP_SECRETS"}
    known = fields | {f"{name}__serviceUri" for name in SERVICES}
    assert set(template["Values"]) == known | HOST_SETTINGS | WEB_CLIENT_SETTINGS


def test_the_template_holds_no_secrets() -> None:
    template = json.loads((ROOT / "local.settings.json.template").read_text(encoding="utf-8"))
    filled = {name: value for name, value in template["Values"].items() if value}
    assert not [value for value in filled.values() if "Key=" in value or "http://" in value]


def test_every_setting_the_template_shares_with_the_host_is_used_by_it() -> None:
    host = (ROOT / "host.json").read_text(encoding="utf-8")
    assert "%TASK_HUB%" in host
    assert "DURABLE_TASK_SCHEDULER_CONNECTION_STRING" in host
