"""What the app is told when it runs here: the person's own `local.settings.json`, emulators for all it leaves out."""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from local.cosmos.auth import EMULATOR_KEY
from local.identity.directory import TENANT, load
from local.identity.issuer import API_CLIENT, API_CLIENT_SECRET
from local.stack.ports import Ports
from local.web_pubsub.settings import DEV_ACCESS_KEY
from shared.sealing import new_key

AZURITE_ACCOUNT = "devstoreaccount1"
AZURITE_KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
"""Azurite's published development key, the same on every machine."""
WEB_CLIENT_ID = "salescoach-web"
AUDIENCE = "api://salescoach"
CHAT_MODEL, UTILITY_MODEL = "scripted-coach", "scripted-utility"
EMBEDDING_MODEL = "text-embedding-3-small"
MODEL_PRICES = {
    "currency": "USD",
    "models": {
        CHAT_MODEL: {"input": 0.4, "cached_input": 0.1, "output": 1.6},
        UTILITY_MODEL: {"input": 0.15, "cached_input": 0.075, "output": 0.6},
    },
}
BUDGETS = {
    "person": {"day": {"tokens": 5_000_000}, "month": {"tokens": 50_000_000}},
    "team": {"month": {"tokens": 500_000_000}},
}
"""So much that only trying to will reach it; in tokens, which need no price of a model that is somebody's own."""
RATE_LIMITS = {
    "requests": {"per_minute": 60_000, "burst": 2_000},
    "commands": {"per_minute": 60_000, "burst": 2_000},
    "questions": {"per_minute": 6_000, "burst": 1_000},
}
"""One person here stands for many: a load test, or a test that asks as fast as it can."""
_NO_TEAM = "Everyone"


@dataclass(frozen=True, slots=True, kw_only=True)
class AppSettings:
    """The app's environment, and which services of the development cloud stand in for real ones."""

    values: dict[str, str]
    emulated: frozenset[str]


def read_values(path: Path) -> dict[str, str]:
    """Return `Values` of a `local.settings.json`; no file means no values."""
    if not path.exists():
        return {}
    document = cast("dict[str, Any]", json.loads(path.read_text(encoding="utf-8")))
    return {name: str(value) for name, value in document.get("Values", {}).items() if str(value).strip()}


def app_settings(own: dict[str, str], ports: Ports) -> AppSettings:
    """Fill in the emulators' addresses for every service `own` does not name."""
    values: dict[str, str] = dict(_basics(ports))
    emulated: set[str] = set()
    for service, (names, stand_in) in _stand_ins(ports).items():
        if not any(name in own for name in names):
            values |= stand_in
            emulated.add(service)
    if "openai" in emulated:
        emulated.add("identity")
        values |= _managed_identity(ports)
    return AppSettings(values=values | own, emulated=frozenset(emulated))


def _basics(ports: Ports) -> dict[str, str]:
    return {
        "FUNCTIONS_WORKER_RUNTIME": "python",
        "AZURE_FUNCTIONS_DURABLE_STRICT_TYPING": "1",
        "TASK_HUB": "local",
        "COSMOS_DATABASE": "salescoach",
        "BUDGETS": json.dumps(BUDGETS),
        "MCP_PRIVATE_NETWORKS": "127.0.0.0/8, ::1/128",
        "PUBLIC_URL": f"http://127.0.0.1:{ports.of('web')}",
        "RATE_LIMITS": json.dumps(RATE_LIMITS),
        "AzureWebJobsStorage": storage_connection_string(ports),
    }


def _stand_ins(ports: Ports) -> dict[str, tuple[tuple[str, ...], dict[str, str]]]:
    """Per service: the settings that name a real one, and the settings that name ours."""
    return {
        "cosmos": (
            ("COSMOS", "COSMOS__serviceUri"),
            {"COSMOS": f"AccountEndpoint=http://127.0.0.1:{ports.of('cosmos')}/;AccountKey={EMULATOR_KEY};"},
        ),
        "azurite": (("BLOB", "BLOB__serviceUri"), {"BLOB": storage_connection_string(ports)}),
        "web_pubsub": (
            ("WEB_PUBSUB", "WEB_PUBSUB__serviceUri"),
            {
                "WEB_PUBSUB": f"Endpoint=http://127.0.0.1:{ports.of('web_pubsub')};"
                f"AccessKey={DEV_ACCESS_KEY};Version=1.0;"
            },
        ),
        "openai": (
            ("AZURE_OPENAI_ENDPOINT",),
            {
                "AZURE_OPENAI_ENDPOINT": f"http://127.0.0.1:{ports.of('openai')}",
                "AZURE_OPENAI_CHAT_MODEL": CHAT_MODEL,
                "AZURE_OPENAI_UTILITY_MODEL": UTILITY_MODEL,
                "AZURE_OPENAI_EMBEDDING_MODEL": EMBEDDING_MODEL,
                "MODEL_PRICES": json.dumps(MODEL_PRICES),
            },
        ),
        "identity": (
            ("AUTH_ISSUER",),
            {
                "AUTH_ISSUER": issuer(ports),
                "AUTH_AUDIENCE": AUDIENCE,
                "AUTH_CLIENT_ID": API_CLIENT,
                "AUTH_CLIENT_SECRET": API_CLIENT_SECRET,
                "TEAM_GROUPS": json.dumps(_team_groups()),
            },
        ),
        "mcp_servers": (
            ("MCP_SERVERS_FILE", "MCP_BASE_URL"),
            {"COMPANY_NAME": "Northwind Cloud", "MCP_BASE_URL": f"http://127.0.0.1:{ports.of('mcp_servers')}"},
        ),
    }


def with_traces(settings: AppSettings, ports: Ports) -> AppSettings:
    """Let the app tell its traces to the local page; content included, which is nobody's here."""
    told = {
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{ports.of('traces')}",
        "TELEMETRY_CONTENT": "true",
        "PYTHON_ENABLE_OPENTELEMETRY": "true",
    }
    return replace(settings, values=told | settings.values)


def credentials_key(state: Path) -> str:
    """Return the key people's credentials are kept under here; made when there is none."""
    file = state / "credentials.key"
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(new_key(), encoding="ascii")
    return file.read_text(encoding="ascii")


def _team_groups() -> dict[str, str]:
    """Return the directory's groups as teams, but for the one that everybody is in."""
    return {group: name for name, group in load().groups.items() if name != _NO_TEAM}


def _managed_identity(ports: Ports) -> dict[str, str]:
    return {
        "IDENTITY_ENDPOINT": f"http://127.0.0.1:{ports.of('identity')}/msi/token",
        "IDENTITY_HEADER": "local-identity-header",
        "AZURE_TOKEN_CREDENTIALS": "ManagedIdentityCredential",
    }


def issuer(ports: Ports) -> str:
    return f"http://127.0.0.1:{ports.of('identity')}/{TENANT}/v2.0"


def storage_connection_string(ports: Ports) -> str:
    services = (("Blob", "azurite_blob"), ("Queue", "azurite_queue"), ("Table", "azurite_table"))
    endpoints = "".join(
        f"{service}Endpoint=http://127.0.0.1:{ports.of(name)}/{AZURITE_ACCOUNT};" for service, name in services
    )
    return f"DefaultEndpointsProtocol=http;AccountName={AZURITE_ACCOUNT};AccountKey={AZURITE_KEY};{endpoints}"
