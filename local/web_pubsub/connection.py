"""One client as the service knows it; a reliable one outlives its sockets."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Protocol

from local.web_pubsub import messages
from local.web_pubsub.cookies import Cookies
from local.web_pubsub.frames import EndStream, StartStream, StreamData
from local.web_pubsub.outbox import Outbox, OutboxFullError, Outgoing
from local.web_pubsub.payload import Payload
from local.web_pubsub.permissions import Permissions
from local.web_pubsub.unacked import Unacked, UnackedFullError

if TYPE_CHECKING:
    from local.web_pubsub.backlog import Backlog

JSON = "json.webpubsub.azure.v1"
RELIABLE = "json.reliable.webpubsub.azure.v1"
PUBSUB = (RELIABLE, JSON)
_REMEMBERED_ACKS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message to any number of clients: `frame` for PubSub clients, the bare payload for raw ones."""

    frame: bytes
    payload: Payload
    expires_at: float | None


def message_to(
    payload: Payload,
    *,
    ttl: int = 0,
    group: str | None = None,
    from_user: str | None = None,
    stream: Mapping[str, object] | None = None,
) -> Message:
    """Return a message from the server, or (with a group) from a member; `ttl` seconds, 0 = no expiry."""
    frame = messages.message(payload, group=group, from_user=from_user, stream=dict(stream) if stream else None)
    return Message(frame=frame, payload=payload, expires_at=monotonic() + ttl if ttl else None)


class PublishedStreams(Protocol):
    """The streams a connection publishes: `Streams`, which is made of the connection and so cannot be named here."""

    def start(self, frame: StartStream) -> None: ...

    def data(self, frame: StreamData) -> None: ...

    def finish(self, frame: EndStream) -> None: ...

    def cancel_all(self) -> None: ...


class Connection:
    """State of one logical connection; `outbox` is None while its socket is lost."""

    __slots__ = (
        "_event_count",
        "_handled",
        "_overflowed",
        "backlog",
        "cookies",
        "ended",
        "expiry",
        "groups",
        "hub",
        "id",
        "invocations",
        "outbox",
        "permissions",
        "state",
        "streams",
        "subprotocol",
        "unacked",
        "user_id",
    )

    def __init__(
        self,
        *,
        connection_id: str,
        hub: str,
        user_id: str | None,
        subprotocol: str | None,
        permissions: Permissions,
        on_overflow: "Callable[[Connection, str], None]",
        cookies: Cookies | None = None,
    ) -> None:
        """`on_overflow(connection, reason)` is called when the client falls too far behind."""
        self.cookies = Cookies() if cookies is None else cookies
        self.id = connection_id
        self.hub = hub
        self.user_id = user_id
        self.subprotocol = subprotocol
        self.permissions = permissions
        self.groups: frozenset[str] = frozenset()
        self.state: str | None = None
        self.outbox: Outbox | None = None
        self.unacked: Unacked | None = None
        self.backlog: Backlog | None = None
        self.streams: PublishedStreams | None = None
        self.invocations: set[str] | None = None
        self.expiry: asyncio.TimerHandle | None = None
        self.ended = False
        self._event_count = 0
        self._handled: dict[int, None] | None = None
        self._overflowed = on_overflow

    @property
    def is_pubsub(self) -> bool:
        return self.subprotocol in PUBSUB

    @property
    def is_reliable(self) -> bool:
        return self.subprotocol == RELIABLE

    def next_event_id(self) -> int:
        """Return the `ce-id` of the next event; the connect event was 0."""
        self._event_count += 1
        return self._event_count

    def handled(self, ack_id: int) -> bool:
        return self._handled is not None and ack_id in self._handled

    def remember(self, ack_id: int) -> None:
        """Note a success, so that the same ack id is a duplicate; the latest 10,000 are kept."""
        if self._handled is None:
            self._handled = {}
        self._handled[ack_id] = None
        if len(self._handled) > _REMEMBERED_ACKS:
            del self._handled[next(iter(self._handled))]

    def send_control(self, frame: bytes) -> None:
        """Send a frame that is not a message; it is lost when there is no socket."""
        if self.is_pubsub:
            self._put(Outgoing(frame))

    def send(self, message: Message) -> None:
        """Send a message; a reliable client without a socket gets it when it recovers."""
        if self.ended:
            return
        if not self.is_pubsub:
            self._put(Outgoing(message.payload.content, message.payload.is_binary, message.expires_at))
        elif self.unacked is None:
            self._put(Outgoing(message.frame, False, message.expires_at))
        else:
            try:
                item = self.unacked.add(message.frame, message.expires_at)
            except UnackedFullError:
                self._overflowed(self, "The reliable message buffer is full.")
            else:
                self._put(item)

    def _put(self, item: Outgoing) -> None:
        if self.outbox is None:
            return
        try:
            self.outbox.put(item)
        except OutboxFullError:
            self._overflowed(self, "The outbound message queue is full.")

    def attach(self, outbox: Outbox, connected: bytes) -> None:
        """Make `outbox` the way to the client: `connected` first, then what it has not acknowledged."""
        self.outbox = outbox
        self.send_control(connected)
        for item in self.unacked.replay() if self.unacked else ():
            self._put(item)
