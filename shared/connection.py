"""A client connection as this app knows it: what Web PubSub says of it, and what we remember about it."""

import base64
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, cast

from shared.protocol.commands import Command
from shared.protocol.durable import EventBase

_TAG_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionState:
    """What this app remembers of a connection; the service stores it and sends it back with every event.

    `role` is the app role a client of groups narrowed its person's to, `time_zone` (IANA) where that person is.
    `streaming` and `suggestions` are what it can do: show text while it is written, and show what to ask next.
    """

    principal: str
    session_id: str | None = None
    streaming: bool = False
    suggestions: bool = False
    role: str | None = None
    time_zone: str | None = None

    def encoded(self) -> bytes:
        values: dict[str, object] = {
            "principal": self.principal,
            "session_id": self.session_id,
            "streaming": self.streaming,
        }
        if self.suggestions:
            values["suggestions"] = True
        told = {name: text for name, text in (("role", self.role), ("time_zone", self.time_zone)) if text is not None}
        return json.dumps(values | told, separators=(",", ":")).encode()

    @classmethod
    def decoded(cls, text: bytes) -> "ConnectionState | None":
        """Read it back; None when it is not one of ours."""
        try:
            values: object = json.loads(text)
        except ValueError:
            return None
        if not isinstance(values, dict):
            return None
        fields = cast("dict[str, object]", values)
        principal, session = fields.get("principal"), fields.get("session_id")
        if not isinstance(principal, str) or not (session is None or isinstance(session, str)):
            return None
        return cls(
            principal=principal,
            session_id=session,
            streaming=fields.get("streaming") is True,
            suggestions=fields.get("suggestions") is True,
            role=_text(fields.get("role")),
            time_zone=_text(fields.get("time_zone")),
        )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


class StateSeal:
    """Ties a state to its connection, because a webhook's own signature covers the connection id and nothing else.

    The header is base64 of tag and state; the tag is their HMAC-SHA256 with the connection id under an access key of
    the service. The first key seals, any of them opens, so that a key can be replaced while connections are open.
    Without keys (identity form) the bearer token proves the whole request, and the header is base64 of the state.
    """

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._keys = tuple(keys)

    def close(self, state: ConnectionState, connection_id: str) -> str:
        """Return the value of `ce-connectionState`: a few hundred bytes, far below what a header may have."""
        text = state.encoded()
        tag = _tag(self._keys[0], connection_id, text) if self._keys else b""
        return base64.b64encode(tag + text).decode()

    def open(self, header: str, connection_id: str) -> ConnectionState | None:
        """Return the state; None when this app did not say it of this connection."""
        try:
            sealed = base64.b64decode(header, validate=True)
        except ValueError:
            return None
        if not self._keys:
            return ConnectionState.decoded(sealed)
        tag, text = sealed[:_TAG_BYTES], sealed[_TAG_BYTES:]
        good = False
        for key in self._keys:
            # Every key is tried, so that the time taken does not tell which one fits.
            good |= hmac.compare_digest(tag, _tag(key, connection_id, text))
        return ConnectionState.decoded(text) if good else None


def _tag(key: bytes, connection_id: str, text: bytes) -> bytes:
    # The first line keeps a tag from being a `ce-signature`; a header value, so the id too, has no line break.
    return hmac.digest(key, b"ce-connectionState\n" + connection_id.encode() + b"\n" + text, "sha256")


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """The connection an event came from. `event_id` is the same for every delivery of one event."""

    id: str
    event_id: str
    state: ConnectionState


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a command is answered with, and the state to remember from now on (None keeps it)."""

    event: EventBase
    state: ConnectionState | None = None


class HubHandler(Protocol):
    """What a hub does with its connections; `chat` is one, `group_chat` another."""

    async def connected(self, connection: Connection) -> None: ...

    async def command(self, connection: Connection, command: Command) -> Answer: ...
