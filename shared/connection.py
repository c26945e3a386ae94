"""A client connection as this app knows it: what Web PubSub says of it, and what we remember about it."""

import base64
import json
from dataclasses import dataclass
from typing import Protocol, cast

from shared.protocol.commands import Command
from shared.protocol.durable import EventBase


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionState:
    """What this app remembers of a connection; the service stores it and sends it back with every event."""

    principal: str
    session_id: str | None = None
    streaming: bool = False

    def header(self) -> str:
        values = {"principal": self.principal, "session_id": self.session_id, "streaming": self.streaming}
        return base64.b64encode(json.dumps(values).encode()).decode()

    @classmethod
    def from_header(cls, header: str) -> "ConnectionState | None":
        """Read the header back; None when it is not one of ours."""
        try:
            values: object = json.loads(base64.b64decode(header, validate=True))
        except ValueError:
            return None
        if not isinstance(values, dict):
            return None
        fields = cast("dict[str, object]", values)
        principal, session = fields.get("principal"), fields.get("session_id")
        if not isinstance(principal, str) or not (session is None or isinstance(session, str)):
            return None
        return cls(principal=principal, session_id=session, streaming=fields.get("streaming") is True)


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
