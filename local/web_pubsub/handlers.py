"""Which event handler gets an event: per hub an ordered list, where the first match wins."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.alias_generators import to_camel

from local.web_pubsub import names
from local.web_pubsub.managed_identity import HandlerAuth

SYSTEM_EVENTS = frozenset({"connect", "connected", "disconnected"})


@dataclass(frozen=True, slots=True, kw_only=True)
class EventHandler:
    """One webhook. `url_template` may contain `{hub}` and `{event}`; in `user_events` a `*` stands for all."""

    url_template: str
    user_events: tuple[str, ...] = ("*",)
    system_events: frozenset[str] = SYSTEM_EVENTS
    auth: HandlerAuth | None = None

    def takes(self, kind: str, name: str) -> bool:
        """Say whether this handler wants an event; `kind` is `sys` or `user`."""
        if kind == "sys":
            return name in self.system_events
        return any(pattern in ("*", name) for pattern in self.user_events)

    def url(self, hub: str, event: str) -> str:
        return self.url_template.replace("{hub}", quote(hub, safe="")).replace("{event}", quote(event, safe=""))


class _Model(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, extra="forbid")


class _Identity(_Model):
    resource: str


class _Auth(_Model):
    type: Literal["None", "ManagedIdentity"] = "None"
    managed_identity: _Identity | None = None


class _Handler(_Model):
    url_template: str
    user_event_pattern: str = ""
    system_events: frozenset[Literal["connect", "connected", "disconnected"]] = frozenset()
    auth: _Auth = Field(default_factory=_Auth)


class _Hub(_Model):
    event_handlers: tuple[_Handler, ...] = ()
    anonymous_connect_policy: Literal["allow", "deny"] = "deny"


@dataclass(frozen=True, slots=True, kw_only=True)
class HubSettings:
    """One hub's own handlers, in order, and whether clients may come without a token."""

    handlers: tuple[EventHandler, ...]
    anonymous: bool


def read_hubs(path: Path, identity: HandlerAuth | None) -> dict[str, HubSettings]:
    """Read a JSON file `{hub: properties}` with the properties a hub has in Azure Resource Manager.

    `identity` says where managed-identity tokens come from; its resource is replaced by each handler's own.

    Raises:
        ValueError: the file is not of that shape, a name is not a hub's, or an identity is wanted but not given.
        OSError: the file cannot be read.

    """
    try:
        found = TypeAdapter(dict[str, _Hub]).validate_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join([str(path), *(str(part) for part in first["loc"])])
        raise ValueError(f"{place}: {first['msg']}") from error
    bad = [name for name in found if not names.is_hub(name)]
    if bad:
        raise ValueError(f"{path}: {bad[0]!r} is not a hub name")
    return {name.lower(): _settings(hub, identity) for name, hub in found.items()}


def _settings(hub: _Hub, identity: HandlerAuth | None) -> HubSettings:
    handlers = tuple(_handler(each, identity) for each in hub.event_handlers)
    return HubSettings(handlers=handlers, anonymous=hub.anonymous_connect_policy == "allow")


def _handler(handler: _Handler, identity: HandlerAuth | None) -> EventHandler:
    auth = None
    if handler.auth.type == "ManagedIdentity":
        if identity is None or handler.auth.managed_identity is None:
            raise ValueError(f"{handler.url_template}: a managed identity needs --identity-endpoint and a resource")
        resource = handler.auth.managed_identity.resource
        auth = HandlerAuth(endpoint=identity.endpoint, header=identity.header, resource=resource)
    return EventHandler(
        url_template=handler.url_template,
        user_events=words(handler.user_event_pattern),
        system_events=frozenset(handler.system_events),
        auth=auth,
    )


def words(text: str) -> tuple[str, ...]:
    """Return the parts of a comma-separated list, without blanks."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def first_match(
    handlers: Mapping[str, tuple[EventHandler, ...]], hub: str, kind: str, name: str
) -> EventHandler | None:
    return next((each for each in handlers.get(hub, ()) if each.takes(kind, name)), None)
