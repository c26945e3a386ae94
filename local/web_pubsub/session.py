"""The reading side of a client socket: one loop per socket, for PubSub and for plain WebSocket clients."""

import logging
from dataclasses import dataclass
from functools import partial

from aiohttp import WebSocketError, WSMessage, WSMsgType, web

from local.web_pubsub import messages
from local.web_pubsub.backlog import Backlog
from local.web_pubsub.connection import Connection, message_to
from local.web_pubsub.fields import FrameError
from local.web_pubsub.frames import (
    CancelInvocation,
    Frame,
    Invoke,
    Ping,
    SequenceAck,
    parse_frame,
)
from local.web_pubsub.lifecycle import POLICY, Lifecycle
from local.web_pubsub.payload import DataType, Payload
from local.web_pubsub.permissions import Permission
from local.web_pubsub.requests import Requests, ask_handler
from local.web_pubsub.upstream import Upstream, UpstreamError

_log = logging.getLogger(__name__)
_WRONG_TYPE, _WRONG_DATA, _FAILED = 1003, 1007, 1011
_FINAL_CODES = (0, 1000)


@dataclass(frozen=True, slots=True, kw_only=True)
class RawMode:
    """Where a plain WebSocket client's frames go: to the handler as event `message`, or to a group."""

    group: str | None = None
    no_echo: bool = False


class Sessions:
    """Reads sockets until they are gone."""

    def __init__(self, requests: Requests, upstream: Upstream, lifecycle: Lifecycle) -> None:
        self._requests = requests
        self._upstream = upstream
        self._lifecycle = lifecycle

    async def read(self, connection: Connection, socket: web.WebSocketResponse, raw: RawMode) -> "SocketEnd":
        """Handle what the client sends; returns how the socket ended.

        Only a close frame with code 1000 or without a code is the client's wish to end the session: the SDKs'
        own tests close with 1001 and expect to recover.
        """
        while True:
            message = await socket.receive()
            match message.type:
                case WSMsgType.TEXT | WSMsgType.BINARY if connection.ended:
                    continue  # the close frame is on its way
                case WSMsgType.TEXT | WSMsgType.BINARY:
                    self._take(connection, message, raw)
                    if connection.backlog is not None:
                        await connection.backlog.wait_for_room()
                case WSMsgType.CLOSE:
                    code = int(message.data or 0)
                    return SocketEnd(final=code in _FINAL_CODES, reason=str(message.extra or ""), close_frame=True)
                case WSMsgType.ERROR if isinstance(message.data, WebSocketError):
                    return SocketEnd(final=True, reason=str(message.data))
                case _:
                    return SocketEnd(final=False, reason="The connection was lost.")

    def _take(self, connection: Connection, message: WSMessage, raw: RawMode) -> None:
        if not connection.is_pubsub:
            self._take_raw(connection, message, raw)
        elif message.type is WSMsgType.BINARY:
            self._lifecycle.end(connection, "Binary frames are not part of this subprotocol.", _WRONG_TYPE)
        else:
            try:
                frame = parse_frame(message.data)
            except FrameError as error:
                self._lifecycle.end(connection, f"Invalid frame: {error}", _WRONG_DATA)
            else:
                self._take_frame(connection, frame, len(message.data))

    def _take_frame(self, connection: Connection, frame: Frame, size: int) -> None:
        """Answer at once what must not wait behind an event; queue the rest."""
        match frame:
            case Ping():
                connection.send_control(messages.PONG)
            case SequenceAck():
                if connection.unacked is not None:
                    connection.unacked.acknowledge(frame.sequence_id)
            case CancelInvocation():
                if connection.invocations is not None:
                    connection.invocations.discard(frame.invocation_id)
            case _:
                if isinstance(frame, Invoke):
                    connection.invocations = (connection.invocations or set()) | {frame.invocation_id}
                _backlog(connection).add(partial(self._requests.handle, connection, frame), size)

    def _take_raw(self, connection: Connection, message: WSMessage, raw: RawMode) -> None:
        if message.type is WSMsgType.TEXT:
            payload = Payload(data_type=DataType.TEXT, content=message.data.encode())
        else:
            payload = Payload(data_type=DataType.BINARY, content=bytes(message.data))
        job = partial(self._raw_event, connection, payload)
        if raw.group is not None:
            job = partial(self._raw_publish, connection, payload, raw)
        _backlog(connection).add(job, len(payload.content))

    async def _raw_event(self, connection: Connection, payload: Payload) -> None:
        try:
            answer = await ask_handler(self._upstream, connection, "message", payload)
        except UpstreamError as error:
            _log.warning("raw client %s is closed: %s", connection.id, error)
            self._lifecycle.end(connection, "The event handler failed.", _FAILED)
        else:
            if answer is not None:
                connection.send(message_to(answer))

    async def _raw_publish(self, connection: Connection, payload: Payload, raw: RawMode) -> None:
        if raw.group is not None and connection.permissions.allows(Permission.SEND, raw.group):
            self._requests.publish(connection, raw.group, payload, no_echo=raw.no_echo)
        else:
            self._lifecycle.end(connection, f"No permission to send to group {raw.group}.", POLICY)


@dataclass(frozen=True, slots=True, kw_only=True)
class SocketEnd:
    """`final` means that the client does not want to come back, `close_frame` that it waits for an answer."""

    final: bool
    reason: str
    close_frame: bool = False


def _backlog(connection: Connection) -> Backlog:
    if connection.backlog is None:
        connection.backlog = Backlog()
    return connection.backlog
