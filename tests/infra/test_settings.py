"""What the app is told, what it reads, and what the template shows are the same names."""

import json
import re
from typing import cast

from bench.deployed_settings import DEPLOYED
from shared import settings
from shared.settings import Settings
from tests.infra.bicep import INFRA, ROOT, Tree, tree

NOT_IN_AZURE = {
    "APP_SERVICE_AUTH": "people's tokens are validated by the app itself",
    "AUTH_CLIENT_SECRET": "the managed identity is federated with the registration",
    "AUTH_TENANTS": "one tenant, named by AUTH_ISSUER",
    "OTEL_EXPORTER_OTLP_ENDPOINT": "telemetry goes to Application Insights",
    "BLOB": "a connection string, for development",
    "COSMOS": "a connection string, for development",
    "WEBSITE_AUTH_ENABLED": "the platform sets it",
    "WEB_PUBSUB": "a connection string, for development",
}
"""Settings the code reads that infra leaves out, and why."""
NOT_OF_THE_CODE = {
    "APPLICATIONINSIGHTS_AUTHENTICATION_STRING",
    "AZURE_CLIENT_ID",
    "AZURE_FUNCTIONS_DURABLE_STRICT_TYPING",
    "AZURE_TOKEN_CREDENTIALS",
    "AzureWebJobsStorage__accountName",
    "AzureWebJobsStorage__clientId",
    "AzureWebJobsStorage__credential",
    "DURABLE_TASK_SCHEDULER_CONNECTION_STRING",
    "PYTHON_ENABLE_OPENTELEMETRY",
    "TASK_HUB",
}
"""Settings infra sets for the host, the worker and the SDKs."""
LOCAL_ONLY = {"AzureWebJobsStorage", "FUNCTIONS_WORKER_RUNTIME", "WEB_CLIENT_ID", "WEB_CLIENT_SCOPE"}
"""What the template shows for Core Tools and the web client of the development cloud."""
REFERENCE = re.compile(r"@Microsoft\.KeyVault\(VaultName=kv-\$\{token\};SecretName=[a-z$][^;]*\)")


FILES = (
    ("system.bicep", "appSettings"),
    ("modules/services.bicep", "serviceSettings"),
    ("modules/monitoring.bicep", "telemetrySettings"),
)
"""Where the settings stand: those that name services beside the services."""


def _infra() -> Tree:
    parts = [cast("Tree", tree(INFRA / file)["variables"][name]["value"]) for file, name in FILES]
    names = [name for part in parts for name in part]
    assert len(names) == len(set(names))
    return {name: value for part in parts for name, value in part.items()}


def _template() -> dict[str, str]:
    document = json.loads((ROOT / "local.settings.json.template").read_text(encoding="utf-8"))
    return cast("dict[str, str]", document["Values"])


def _read_by_the_code() -> set[str]:
    services = {name.lower() for name in ("COSMOS", "BLOB", "WEB_PUBSUB")}
    names = {field.upper() for field in Settings.model_fields if field not in {*services, "mcp_secrets"}}
    return names | {form for name in services for form in (name.upper(), f"{name.upper()}__serviceUri")}


def test_every_field_is_read_from_the_environment_under_its_name() -> None:
    named = set(cast("tuple[str, ...]", vars(settings)["_NAMES"]))
    assert {name for name in _read_by_the_code() if not re.match(r"(COSMOS|BLOB|WEB_PUBSUB)(__|$)", name)} == named


def test_every_setting_the_code_reads_is_set_or_left_out_for_a_reason() -> None:
    assert _read_by_the_code() - set(_infra()) == set(NOT_IN_AZURE)


def test_the_app_gets_all_parts_of_the_settings() -> None:
    system, services, monitoring = ((INFRA / file).read_text(encoding="utf-8") for file, _ in FILES)
    parts = "services.outputs.settings, monitoring.outputs.settings, appSettings, mcpSecrets"
    assert f"settings: union({parts})" in system
    assert "output settings object = serviceSettings" in services
    assert "output settings object = telemetrySettings" in monitoring


def test_every_setting_that_is_set_is_read_by_somebody() -> None:
    assert set(_infra()) - _read_by_the_code() == NOT_OF_THE_CODE


def test_the_template_shows_what_the_code_reads() -> None:
    host = {"AZURE_FUNCTIONS_DURABLE_STRICT_TYPING", "DURABLE_TASK_SCHEDULER_CONNECTION_STRING", "TASK_HUB"}
    assert set(_template()) == (_read_by_the_code() - {"WEBSITE_AUTH_ENABLED"}) | host | LOCAL_ONLY


def test_the_readme_says_what_each_setting_of_the_template_is() -> None:
    told = (ROOT / "README.md").read_text(encoding="utf-8")
    assert {name for name in _template() if f"`{name}`" not in told} == set()


def test_what_is_left_out_is_documented() -> None:
    told = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
    assert {name for name in NOT_IN_AZURE if f"`{name}`" not in told} == set()


def test_services_are_named_by_address_never_by_connection_string() -> None:
    assert not set(_infra()) & {"COSMOS", "BLOB", "WEB_PUBSUB", "AzureWebJobsStorage"}
    scheduler = str(_infra()["DURABLE_TASK_SCHEDULER_CONNECTION_STRING"])
    assert re.fullmatch(r"Endpoint=\$\{[^}]+\};Authentication=ManagedIdentity;ClientID=\$\{[^}]+\}", scheduler)


def test_secrets_are_references_to_the_vault() -> None:
    assert REFERENCE.fullmatch(str(_infra()["CREDENTIALS_KEYS"]))
    assert "name: 'kv-${token}'" in (INFRA / "modules" / "services.bicep").read_text(encoding="utf-8")
    secrets = tree(INFRA / "system.bicep")["variables"]["mcpSecrets"]["value"]["function"]
    assert secrets["type"] == "toObject"
    assert REFERENCE.fullmatch(secrets["parameters"]["arg_3"]["detail"]["expression"])


def test_no_setting_holds_anything_that_looks_like_a_secret() -> None:
    literals = [(name, value) for name, value in _infra().items() if isinstance(value, str)]
    assert [name for name, value in literals if re.search(r"(?i)key=|password|secret(?!name)|sig=", value)] == []


def test_the_settings_the_app_would_get_are_accepted_by_it() -> None:
    text = "".join((INFRA / file).read_text(encoding="utf-8") for file, _ in FILES)
    given = dict.fromkeys(_infra(), "") | dict(re.findall(r"^  (\w+): '([^$']*)'$", text, re.MULTILINE))
    given |= DEPLOYED | {"MCP_SERVERS_FILE": "mcpservers.json"}
    read = Settings.from_environment(given)
    assert read.upstream_audience == read.auth_audience
    assert read.retention_days is None
