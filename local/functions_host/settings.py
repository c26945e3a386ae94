"""Everything the host is told: host.json, local.settings.json, environment and command line."""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from local.functions_host.durable.model import Limits

_OVERRIDE = "AzureFunctionsJobHost__"
_SETTING = re.compile(r"%([^%]+)%")
_TIME_SPAN = re.compile(r"(?:(\d+)\.)?(\d{1,2}):(\d{2}):(\d{2})(?:\.(\d+))?")
_DTS_PAYLOAD = 1024 * 1024
_DTS_ID = 100
_DEFAULT_TIMEOUT = 1800.0
_CORE_TOOLS_PORT = 7071
_LARGEST_BATCH = 32


class SettingsError(Exception):
    """A settings file is missing or wrong. The text names the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueSettings:
    """`extensions.queues` of host.json; times in seconds."""

    batch_size: int = 16
    new_batch_threshold: int = 8
    max_dequeue_count: int = 5
    max_polling_interval: float = 60.0
    visibility_timeout: float = 0.0
    base64: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """`environment` is what the worker gets; `app_settings` resolves %NAME%."""

    app_dir: Path
    environment: dict[str, str]
    route_prefix: str
    hub_name: str
    timeout: float | None
    limits: Limits
    queues: QueueSettings
    cors_origins: tuple[str, ...]
    cors_credentials: bool

    def resolve(self, text: str) -> str:
        """Replace every %NAME% by the setting of that name; an unknown one is an error, as in production."""

        def value(match: re.Match[str]) -> str:
            found = self.environment.get(match[1])
            if found is None:
                raise SettingsError(f"'%{match[1]}%' does not resolve to a value.")
            return found

        return _SETTING.sub(value, text)

    def disabled(self, function_name: str) -> bool:
        text = self.environment.get(f"AzureWebJobs.{function_name}.Disabled", "")
        return text.strip().lower() in {"1", "true"}


def seconds_of(time_span: str) -> float:
    """Read a .NET TimeSpan, `[d.]hh:mm:ss[.fraction]`, as seconds."""
    match = _TIME_SPAN.fullmatch(time_span)
    if match is None:
        raise SettingsError(f"'{time_span}' is not a time span (hh:mm:ss).")
    days, hours, minutes, seconds, fraction = match.groups()
    whole = int(days or 0) * 86400 + int(hours) * 3600 + int(minutes) * 60 + int(seconds)
    return whole + float(f"0.{fraction or 0}")


def _read(path: Path) -> dict[str, Any]:
    try:
        parsed = json.loads(path.read_text(encoding="utf-8-sig"))
    except ValueError as error:
        raise SettingsError(f"{path} is not valid JSON: {error}") from error
    if not isinstance(parsed, dict):
        raise SettingsError(f"{path} must hold a JSON object.")
    return cast("dict[str, Any]", parsed)


def _override(document: dict[str, Any], environment: Mapping[str, str]) -> None:
    """Apply `AzureFunctionsJobHost__a__b=value` to `document["a"]["b"]`, names compared without case."""
    for name, value in environment.items():
        if not name.lower().startswith(_OVERRIDE.lower()):
            continue
        *parents, leaf = name[len(_OVERRIDE) :].split("__")
        node = document
        for part in parents:
            child = node.setdefault(_spelling(node, part), {})
            if not isinstance(child, dict):
                raise SettingsError(f"{name} names a setting below a plain value.")
            node = cast("dict[str, Any]", child)
        node[_spelling(node, leaf)] = value


def _spelling(node: Mapping[str, Any], name: str) -> str:
    return next((key for key in node if key.lower() == name.lower()), name)


def _part(document: Mapping[str, Any], *names: str) -> dict[str, Any]:
    node: Any = document
    for name in names:
        node = node.get(_spelling(node, name), {})
        if not isinstance(node, dict):
            raise SettingsError(f"host.json: {'.'.join(names)} must be an object.")
    return cast("dict[str, Any]", node)


def _number(part: Mapping[str, Any], name: str, default: int) -> int:
    try:
        value = int(part.get(name, default))
    except (TypeError, ValueError) as error:
        raise SettingsError(f"host.json: {name} must be a whole number.") from error
    if value <= 0:
        raise SettingsError(f"host.json: {name} must be positive.")
    return value


def _limits(durable: Mapping[str, Any]) -> Limits:
    base = Limits()
    scheduler = str(_part(durable, "storageProvider").get("type", "")).lower() == "azuremanaged"
    message = _number(durable, "maxGrpcMessageSizeInBytes", base.message_bytes)
    return Limits(
        message_bytes=message,
        payload_bytes=min(message, _DTS_PAYLOAD) if scheduler else message,
        id_length=_DTS_ID if scheduler else base.id_length,
        orchestrators=_number(durable, "maxConcurrentOrchestratorFunctions", base.orchestrators),
        activities=_number(durable, "maxConcurrentActivityFunctions", base.activities),
        entities=_number(durable, "maxConcurrentEntityFunctions", base.entities),
        entity_batch=_number(durable, "maxEntityOperationBatchSize", base.entity_batch),
        replace_any=str(durable.get("overridableExistingInstanceStates", "")).lower() == "anystate",
    )


def _queues(part: Mapping[str, Any]) -> QueueSettings:
    base = QueueSettings()
    batch = _number(part, "batchSize", base.batch_size)
    return QueueSettings(
        batch_size=min(batch, _LARGEST_BATCH),
        new_batch_threshold=_number(part, "newBatchThreshold", max(1, batch // 2)),
        max_dequeue_count=_number(part, "maxDequeueCount", base.max_dequeue_count),
        max_polling_interval=seconds_of(str(part.get("maxPollingInterval", "00:01:00"))),
        visibility_timeout=seconds_of(str(part.get("visibilityTimeout", "00:00:00"))),
        base64=str(part.get("messageEncoding", "base64")).lower() == "base64",
    )


def _timeout(document: Mapping[str, Any]) -> float | None:
    value = str(document.get("functionTimeout", ""))
    if value == "-1":
        return None
    return seconds_of(value) if value else _DEFAULT_TIMEOUT


def load(app_dir: Path, environment: Mapping[str, str], *, cors: str | None = None) -> Settings:
    """Read the app's files.

    Raises:
        SettingsError: host.json is missing, or a file or value is wrong.

    """
    host_file, local_file = app_dir / "host.json", app_dir / "local.settings.json"
    if not host_file.is_file():
        raise SettingsError(f"Unable to find project root: there is no host.json in {app_dir}.")
    local = _read(local_file) if local_file.is_file() else {}
    values = {str(key): str(value) for key, value in _part(local, "Values").items()}
    worker = {**values, **environment}
    worker.setdefault("FUNCTIONS_WORKER_RUNTIME", "python")
    worker.setdefault("AZURE_FUNCTIONS_ENVIRONMENT", "Development")
    worker |= {"PYTHONUNBUFFERED": "1", "AzureWebJobsScriptRoot": str(app_dir)}
    document = _read(host_file)
    _override(document, worker)
    durable = _part(document, "extensions", "durableTask")
    host = _part(local, "Host")
    origins = cors if cors is not None else str(host.get("CORS", ""))
    settings = Settings(
        app_dir=app_dir,
        environment=worker,
        route_prefix=str(_part(document, "extensions", "http").get("routePrefix", "api")).strip("/"),
        hub_name="",
        timeout=_timeout(document),
        limits=_limits(durable),
        queues=_queues(_part(document, "extensions", "queues")),
        cors_origins=tuple(each.strip() for each in origins.split(",") if each.strip()),
        cors_credentials=bool(host.get("CORSCredentials", False)),
    )
    hub = settings.resolve(str(durable.get("hubName", "TestHubName")))
    return replace(settings, hub_name=hub)


def process_environment() -> dict[str, str]:
    return dict(os.environ)


def local_port(app_dir: Path) -> int:
    """Return the port that local.settings.json asks for, or Core Tools' own default."""
    path = app_dir / "local.settings.json"
    host = _part(_read(path), "Host") if path.is_file() else {}
    return _number(host, "LocalHttpPort", _CORE_TOOLS_PORT)
