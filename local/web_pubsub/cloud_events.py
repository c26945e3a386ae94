"""One event for the handler, spelled as CloudEvents 1.0 binary mode over HTTP."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from local.web_pubsub.connection import Connection
from local.web_pubsub.cookies import Cookies
from local.web_pubsub.payload import Payload, dump_json

_JSON = "application/json; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudEvent:
    """`kind` is `sys` or `user`; `number` is the per-connection event counter, kept over retries."""

    kind: str
    name: str
    number: int
    hub: str
    connection_id: str
    user_id: str | None = None
    subprotocol: str | None = None
    state: str | None = None
    content_type: str = _JSON
    body: bytes = b"{}"
    metadata: Mapping[str, str] = field(default_factory=dict[str, str])
    cookies: Cookies = field(default_factory=Cookies)
    at: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def blocking(self) -> bool:
        """Say whether the connection waits for the answer."""
        return self.kind == "user" or self.name == "connect"

    def headers(self, keys: Sequence[str], origin: str) -> dict[str, str]:
        """Return the request headers, signed with every key; `origin` is the service's host name without port."""
        headers = {
            "Content-Type": self.content_type,
            "WebHook-Request-Origin": origin,
            "ce-specversion": "1.0",
            "ce-awpsversion": "1.0",
            "ce-type": f"azure.webpubsub.{self.kind}.{self.name}",
            "ce-source": f"/hubs/{self.hub}/client/{self.connection_id}",
            "ce-id": str(self.number),
            "ce-time": self.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "ce-hub": self.hub,
            "ce-connectionId": self.connection_id,
            "ce-eventName": self.name,
            "ce-signature": sign(keys, self.connection_id),
        }
        optional = {
            "ce-userId": self.user_id,
            "ce-subprotocol": self.subprotocol,
            "ce-connectionState": self.state,
        }
        headers.update({name: value for name, value in optional.items() if value})
        headers.update({f"x-webpubsub-metadata-{key}": value for key, value in self.metadata.items()})
        return headers


def sign(keys: Sequence[str], connection_id: str) -> str:
    """Return the `ce-signature` value: HMAC-SHA256 of the connection id under each access key in turn."""
    identity = connection_id.encode()
    return ",".join(f"sha256={hmac.new(key.encode(), identity, hashlib.sha256).hexdigest()}" for key in keys)


def event_of(connection: Connection, kind: str, name: str) -> CloudEvent:
    return CloudEvent(
        kind=kind,
        name=name,
        number=connection.next_event_id(),
        hub=connection.hub,
        connection_id=connection.id,
        user_id=connection.user_id,
        subprotocol=connection.subprotocol,
        state=connection.state,
        cookies=connection.cookies,
    )


def connected_event(connection: Connection) -> CloudEvent:
    return event_of(connection, "sys", "connected")


def disconnected_event(connection: Connection, reason: str) -> CloudEvent:
    return _with_body(event_of(connection, "sys", "disconnected"), _JSON, dump_json({"reason": reason}), {})


def user_event(connection: Connection, name: str, payload: Payload) -> CloudEvent:
    event = event_of(connection, "user", name)
    return _with_body(event, payload.content_type, payload.content, payload.metadata)


def _with_body(event: CloudEvent, content_type: str, body: bytes, metadata: Mapping[str, str]) -> CloudEvent:
    return replace(event, content_type=content_type, body=body, metadata=metadata)
