"""How connections come, lose their socket, and go; and what is said to the handler about it."""

import asyncio
import logging

from local.web_pubsub import messages
from local.web_pubsub.cloud_events import connected_event, disconnected_event
from local.web_pubsub.connection import Connection
from local.web_pubsub.hub import Hubs
from local.web_pubsub.outbox import Outbox
from local.web_pubsub.settings import Settings
from local.web_pubsub.tokens import Tokens
from local.web_pubsub.traffic import Traffic
from local.web_pubsub.unacked import Unacked
from local.web_pubsub.upstream import Upstream

_log = logging.getLogger(__name__)
NORMAL, GOING_AWAY, POLICY = 1000, 1001, 1008


class Lifecycle:
    """The only place that adds connections to hubs and takes them out."""

    def __init__(self, settings: Settings, hubs: Hubs, upstream: Upstream, tokens: Tokens, traffic: Traffic) -> None:
        self._settings = settings
        self._hubs = hubs
        self._upstream = upstream
        self._tokens = tokens
        self._traffic = traffic
        self._closing: set[asyncio.Task[None]] = set()

    def open(self, connection: Connection, groups: frozenset[str], outbox: Outbox) -> None:
        """Admit a connection whose socket is ready: `connected` is its first frame."""
        if connection.is_reliable:
            connection.unacked = Unacked(self._settings.unacked_messages, self._settings.unacked_bytes)
        connection.attach(outbox, self._connected_frame(connection))
        hub = self._hubs.get(connection.hub)
        hub.add(connection)
        for group in groups:
            hub.join(connection, group)
        self._note(connection, "connected")
        self._upstream.notify(connected_event(connection))

    def find_recoverable(self, hub: str, connection_id: str, token: str) -> Connection | None:
        """Return the session that this reconnection token opens, if it still lives."""
        connection = self._hubs.get(hub).connections.get(connection_id)
        if connection is None or not connection.is_reliable:
            return None
        return connection if self._tokens.reconnects(token, connection_id) else None

    def recover(self, connection: Connection, outbox: Outbox) -> None:
        """Continue a session on a new socket; an old one still open is cut."""
        old = connection.outbox
        if connection.expiry is not None:
            connection.expiry.cancel()
            connection.expiry = None
        connection.attach(outbox, self._connected_frame(connection))
        if old is not None:
            old.abort()
        self._note(connection, "recovered")

    def lost(self, connection: Connection, outbox: Outbox, *, final: bool, reason: str) -> None:
        """Note that a socket is gone: the end of the connection, unless it may still be recovered."""
        if connection.outbox is not outbox or connection.ended:
            return
        connection.outbox = None
        if final or not connection.is_reliable:
            self.end(connection, reason)
            return
        self._note(connection, "socket lost")
        loop = asyncio.get_running_loop()
        window = self._settings.recovery_window
        connection.expiry = loop.call_later(window, self.end, connection, "The recovery window has passed.")

    def drop_socket(self, connection: Connection, close_code: int | None = None) -> None:
        """Take a connection's socket away: cut as by the network, or closed with a code as by a restart."""
        outbox = connection.outbox
        if outbox is None:
            return
        self.lost(connection, outbox, final=False, reason="The socket was dropped on purpose.")
        if close_code is None:
            outbox.abort()
        else:
            self._close(outbox, close_code, "dropped on purpose", None)

    def end(self, connection: Connection, reason: str, code: int = NORMAL) -> None:
        """End a connection for good; the client is told when it has a socket. Ending twice is harmless."""
        if connection.ended:
            return
        if connection.streams is not None:
            connection.streams.cancel_all()
        connection.ended = True
        self._hubs.get(connection.hub).remove(connection)
        if connection.expiry is not None:
            connection.expiry.cancel()
            connection.expiry = None
        if connection.backlog is not None:
            connection.backlog.discard()
        if connection.outbox is not None:
            last = messages.disconnected(reason) if connection.is_pubsub else None
            self._close(connection.outbox, code, reason, last)
            connection.outbox = None
        connection.unacked = None
        self._note(connection, f"ended: {reason}")
        self._upstream.notify(disconnected_event(connection, reason))

    def overflow(self, connection: Connection, reason: str) -> None:
        """End a connection that fell too far behind."""
        _log.warning("connection %s of hub %s ended: %s", connection.id, connection.hub, reason)
        self.end(connection, reason, POLICY)

    async def close_all(self) -> None:
        """End every connection, at shutdown."""
        for connection in self._hubs.connections():
            self.end(connection, "The service is shutting down.", GOING_AWAY)
        if self._closing:
            await asyncio.wait(self._closing)

    def _close(self, outbox: Outbox, code: int, reason: str, last: bytes | None) -> None:
        task = asyncio.create_task(outbox.close(code, reason, last))
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    def _connected_frame(self, connection: Connection) -> bytes:
        token = self._tokens.reconnection(connection.id) if connection.is_reliable else None
        return messages.connected(connection.id, connection.user_id, token)

    def _note(self, connection: Connection, outcome: str) -> None:
        self._traffic.note("connection", connection.hub, connection.id, outcome)
