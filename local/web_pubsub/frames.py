"""Frames a PubSub client may send (`json.webpubsub.azure.v1` and its reliable sibling), parsed and checked."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from local.web_pubsub.fields import MAX_UINT64, Fields, FrameError
from local.web_pubsub.payload import Payload, PayloadError, load_json
from local.web_pubsub.settings import MAX_TTL_SECONDS

_DEFAULT_IDLE_MS = 300_000


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinGroup:
    group: str
    ack_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveGroup:
    group: str
    ack_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SendToGroup:
    group: str
    payload: Payload
    no_echo: bool
    ttl: int
    ack_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SendEvent:
    event: str
    payload: Payload
    ack_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoke:
    invocation_id: str
    event: str
    payload: Payload


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelInvocation:
    invocation_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StartStream:
    group: str
    stream_id: str
    idle_seconds: float
    no_echo: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamData:
    """A fragment, or a keep-alive when `sequence_id` and `payload` are None."""

    stream_id: str
    sequence_id: int | None
    payload: Payload | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EndStream:
    """`error` is the publisher's (message, user error code), None for a normal end."""

    stream_id: str
    error: tuple[str, str | None] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SequenceAck:
    sequence_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ping:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupState:
    """A group-state request, which this service refuses."""

    ack_id: int | None


type Frame = (
    JoinGroup
    | LeaveGroup
    | SendToGroup
    | SendEvent
    | Invoke
    | CancelInvocation
    | StartStream
    | StreamData
    | EndStream
    | SequenceAck
    | Ping
    | GroupState
)


def _send_to_group(fields: Fields) -> Frame:
    group, no_echo = fields.text("group"), fields.flag("noEcho")
    stream = fields.child("stream")
    if stream is not None:
        if fields.has("data") or fields.has("dataType"):
            raise FrameError("the start of a stream has no data")
        idle = stream.integer("idleTimeoutMs", 1, 2**31) or _DEFAULT_IDLE_MS
        return StartStream(group=group, stream_id=_stream_id(stream), idle_seconds=idle / 1000, no_echo=no_echo)
    ttl = fields.integer("ttlSeconds", 0, MAX_TTL_SECONDS) or 0
    return SendToGroup(group=group, payload=fields.payload(), no_echo=no_echo, ttl=ttl, ack_id=fields.ack_id())


def _invoke(fields: Fields) -> Frame:
    if fields.text("target", "event") != "event":
        raise FrameError("the only target of an invocation is event")
    return Invoke(invocation_id=fields.text("invocationId"), event=fields.text("event"), payload=fields.payload())


def _stream_id(fields: Fields) -> str:
    stream_id = fields.text("streamId")
    if not stream_id:
        raise FrameError("streamId must not be empty")
    return stream_id


def _stream_data(fields: Fields) -> Frame:
    """Read a fragment, which has all of number, type and data, or a keep-alive, which has none of them."""
    sequence_id = fields.integer("streamSequenceId", 1, MAX_UINT64)
    given = {fields.has(name) for name in ("streamSequenceId", "dataType", "data")}
    if len(given) > 1:
        raise FrameError("a fragment has streamSequenceId, dataType and data, a keep-alive none of them")
    payload = fields.payload() if sequence_id is not None else None
    return StreamData(stream_id=_stream_id(fields), sequence_id=sequence_id, payload=payload)


def _end_stream(fields: Fields) -> Frame:
    error = fields.child("error")
    if error is None:
        return EndStream(stream_id=_stream_id(fields), error=None)
    if error.has("name"):
        raise FrameError("the name of a stream's error is the service's to give")
    code = error.text("userErrorCode") if error.has("userErrorCode") else None
    return EndStream(stream_id=_stream_id(fields), error=(error.text("message", ""), code))


def _group_state(fields: Fields) -> Frame:
    return GroupState(ack_id=fields.ack_id())


_READERS: dict[str, Callable[[Fields], Frame]] = {
    "joingroup": lambda fields: JoinGroup(group=fields.text("group"), ack_id=fields.ack_id()),
    "leavegroup": lambda fields: LeaveGroup(group=fields.text("group"), ack_id=fields.ack_id()),
    "sendtogroup": _send_to_group,
    "event": lambda fields: SendEvent(event=fields.text("event"), payload=fields.payload(), ack_id=fields.ack_id()),
    "invoke": _invoke,
    "cancelinvocation": lambda fields: CancelInvocation(invocation_id=fields.text("invocationId")),
    "streamdata": _stream_data,
    "streamend": _end_stream,
    "sequenceack": lambda fields: SequenceAck(sequence_id=fields.integer("sequenceId", 0, MAX_UINT64) or 0),
    "ping": lambda _: Ping(),
    "setgroupstate": _group_state,
    "subscribegroupstate": _group_state,
    "unsubscribegroupstate": _group_state,
}


def parse_frame(text: str) -> Frame:
    """Return the frame in a text message; its type is matched without regard to case.

    Raises:
        FrameError: not JSON, not an object, an unknown type, or a member that does not fit.

    """
    try:
        value = load_json(text)
        if not isinstance(value, dict):
            raise FrameError("a frame is a JSON object")
        fields = Fields(cast("dict[str, Any]", value))
        reader = _READERS.get(fields.text("type").lower())
        if reader is None:
            raise FrameError(f"unknown frame type {fields.text('type')!r}")
        return reader(fields)
    except PayloadError as error:
        raise FrameError(str(error)) from error
