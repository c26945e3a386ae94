"""Group streams: ordered publishing in fragments, with gap detection and an idle limit."""

import asyncio
from dataclasses import dataclass

from local.web_pubsub import messages
from local.web_pubsub.connection import Connection, message_to
from local.web_pubsub.frames import EndStream, StartStream, StreamData
from local.web_pubsub.hub import Hub
from local.web_pubsub.payload import DataType, Payload
from local.web_pubsub.permissions import Permission

_MAX_STREAMS = 1000
# The JavaScript client (1.1.0) fails `end()` when this answer overtakes its own report of the write, which only a
# service without network latency can make happen.
_CLOSED_AFTER_SECONDS = 0.005
_NOTHING = Payload(data_type=DataType.TEXT, content=b"")


@dataclass(slots=True)
class _Stream:
    group: str
    no_echo: bool
    idle_seconds: float
    expected: int = 1
    timer: asyncio.TimerHandle | None = None


class Streams:
    """The streams one connection publishes."""

    def __init__(self, connection: Connection, hub: Hub) -> None:
        self._connection = connection
        self._hub = hub
        self._open: dict[str, _Stream] = {}

    def start(self, frame: StartStream) -> None:
        """Open a stream; starting an open one of the same group again reports what it expects next."""
        stream = self._open.get(frame.stream_id)
        if stream is not None and stream.group == frame.group:
            self._ack(frame.stream_id, stream)
        elif stream is not None:
            self._refuse(frame.stream_id, "BadRequest", "A stream of this id is open to another group.")
        elif not self._connection.permissions.allows(Permission.SEND, frame.group):
            self._refuse(frame.stream_id, "Forbidden", f"No permission to send to group {frame.group}.")
        elif len(self._open) >= _MAX_STREAMS:
            self._refuse(frame.stream_id, "BadRequest", "Too many streams are open.")
        else:
            stream = _Stream(group=frame.group, no_echo=frame.no_echo, idle_seconds=frame.idle_seconds)
            self._open[frame.stream_id] = stream
            self._touch(frame.stream_id, stream)
            self._ack(frame.stream_id, stream)

    def data(self, frame: StreamData) -> None:
        """Publish the expected fragment; acknowledge one seen before; refuse one that comes too early."""
        stream = self._find(frame.stream_id)
        if stream is None:
            return
        if frame.sequence_id is not None and frame.sequence_id > stream.expected:
            text = f"Fragment {stream.expected} is expected, not {frame.sequence_id}."
            nack = messages.stream_nack(frame.stream_id, stream.expected, "InvalidSequenceId", text)
            self._connection.send_control(nack)
            return
        self._touch(frame.stream_id, stream)
        if frame.payload is not None and frame.sequence_id == stream.expected:
            self._publish(frame.stream_id, stream, frame.payload, {})
            stream.expected += 1
        self._ack(frame.stream_id, stream)

    def finish(self, frame: EndStream) -> None:
        """Close a stream; its subscribers are told the publisher's error if there is one."""
        stream = self._find(frame.stream_id)
        if stream is None:
            return
        error: dict[str, object] | None = None
        if frame.error is not None:
            message, code = frame.error
            error = {"name": "UserError", "message": message}
            if code is not None:
                error["userErrorCode"] = code
        self._close(frame.stream_id, stream, error)
        closed = messages.stream_closed(frame.stream_id)
        asyncio.get_running_loop().call_later(_CLOSED_AFTER_SECONDS, self._connection.send_control, closed)

    def cancel_all(self) -> None:
        """Close every stream because its publisher is gone."""
        error: dict[str, object] = {"name": "Cancelled", "message": "The publisher has disconnected."}
        for stream_id, stream in list(self._open.items()):
            self._close(stream_id, stream, error)

    def _find(self, stream_id: str) -> _Stream | None:
        stream = self._open.get(stream_id)
        if stream is None:
            self._refuse(stream_id, "StreamNotFound", "No such stream is open.")
        return stream

    def _refuse(self, stream_id: str, name: str, message: str) -> None:
        self._connection.send_control(messages.stream_closed(stream_id, name, message))

    def _ack(self, stream_id: str, stream: _Stream) -> None:
        self._connection.send_control(messages.stream_ack(stream_id, stream.expected))

    def _touch(self, stream_id: str, stream: _Stream) -> None:
        if stream.timer is not None:
            stream.timer.cancel()
        loop = asyncio.get_running_loop()
        stream.timer = loop.call_later(stream.idle_seconds, self._expire, stream_id, stream)

    def _expire(self, stream_id: str, stream: _Stream) -> None:
        message = f"Nothing was sent for {stream.idle_seconds:g} s."
        self._close(stream_id, stream, {"name": "IdleTimeout", "message": message})
        self._refuse(stream_id, "IdleTimeout", message)

    def _close(self, stream_id: str, stream: _Stream, error: dict[str, object] | None) -> None:
        del self._open[stream_id]
        if stream.timer is not None:
            stream.timer.cancel()
        end: dict[str, object] = {"endOfStream": True}
        self._publish(stream_id, stream, _NOTHING, end if error is None else {**end, "error": error})

    def _publish(self, stream_id: str, stream: _Stream, payload: Payload, extra: dict[str, object]) -> None:
        info: dict[str, object] = {"streamId": stream_id, "streamSequenceId": stream.expected, **extra}
        sender = self._connection
        message = message_to(payload, group=stream.group, from_user=sender.user_id, stream=info)
        members = self._hub.in_group(stream.group).values()
        raw_end = "endOfStream" in extra
        self._hub.send(
            (
                member
                for member in members
                if not (stream.no_echo and member is sender) and (member.is_pubsub or not raw_end)
            ),
            message,
        )
