"""A person's connection as Web PubSub would speak for it, and what it is answered."""

import hashlib
import hmac
import itertools
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from shared.clock import iso
from shared.connection import StateSeal
from shared.upstream import HttpReply
from tests.support.doubles import ACCESS_KEY

if TYPE_CHECKING:
    from tests.support.world import World

_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the webhook answered: the event for the sender, and the raw reply."""

    reply: HttpReply
    event: dict[str, Any]

    @property
    def code(self) -> str | None:
        return self.event.get("code")

    def timeless(self) -> tuple[int, dict[str, str], dict[str, Any]]:
        """Return all that was answered but when, and in which trace."""
        return self.reply.status, dict(self.reply.headers), self.event | {"at": "", "trace_id": None}


@dataclass(slots=True)
class Client:
    """A client connection as Web PubSub would speak for it; keeps the connection state between events."""

    world: "World"
    principal: str
    id: str = field(default_factory=lambda: f"connection-{next(_numbers)}")
    state: str = ""

    def headers(self, event: str = "command", **changes: str) -> dict[str, str]:
        signature = hmac.new(ACCESS_KEY.encode(), self.id.encode(), hashlib.sha256).hexdigest()
        kind = f"sys.{event}" if event in {"connect", "connected", "disconnected"} else f"user.{event}"
        usual = {
            "ce-type": f"azure.webpubsub.{kind}",
            "ce-eventname": event,
            "ce-hub": "chat",
            "ce-id": f"event-{next(_numbers)}",
            "ce-time": iso(self.world.clock()),
            "ce-userid": self.principal,
            "ce-connectionid": self.id,
            "ce-connectionstate": self.state,
            "ce-signature": f"sha256={signature}",
        }
        return usual | {f"ce-{name.replace('_', '')}": value for name, value in changes.items()}

    async def connect(self) -> "Client":
        reply = await self.world.upstream.handle("POST", self.headers("connect"), b"{}")
        assert reply.status == 204, reply
        self.state = reply.headers["ce-connectionState"]
        return self

    async def send(self, frame: object, event: str = "command", **changes: str) -> Told:
        """Send one frame (bytes as they are, anything else as JSON) and return the answer."""
        body = frame if isinstance(frame, bytes) else json.dumps(frame).encode()
        reply = await self.world.upstream.handle("POST", self.headers(event, **changes), body)
        assert reply.status == 200, (reply.status, reply.body)
        self.state = reply.headers.get("ce-connectionState", self.state)
        return Told(reply=reply, event=json.loads(reply.body))

    async def open(self, **fields: Any) -> str:
        """Open a session and return its id."""
        told = await self.send({"type": "session.update", "capabilities": ["streaming"], **fields})
        assert told.event["type"] == "session.created", told.event
        return told.event["session_id"]

    async def ask(self, content: str = "How is my pipeline?", **fields: Any) -> dict[str, Any]:
        """Ask and return `command.accepted`."""
        message_id = f"m{next(_numbers)}"
        told = await self.send({"type": "query", "content": content, "client_message_id": message_id, **fields})
        assert told.event["type"] == "command.accepted", told.event
        return told.event

    @property
    def session_id(self) -> str | None:
        state = StateSeal((ACCESS_KEY.encode(),)).open(self.state, self.id)
        return state.session_id if state else None
