"""Serialized history events and requests, built in one place."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import durabletask.internal.orchestrator_service_pb2 as pb
from google.protobuf.timestamp_pb2 import Timestamp
from google.protobuf.wrappers_pb2 import StringValue

_PAST_EVENTS = 3
_NEW_EVENTS = 4
_LENGTH_DELIMITED = 2
_SEVEN_BITS = 0x7F


def text(value: str | None) -> StringValue | None:
    return None if value is None else StringValue(value=value)


def stamp(seconds: float) -> Timestamp:
    result = Timestamp()
    result.FromNanoseconds(int(seconds * 1_000_000) * 1000)
    return result


def seconds_of(value: Timestamp) -> float:
    return value.ToNanoseconds() / 1e9


def moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def event(now: float, event_id: int = -1, **kind: Any) -> bytes:
    """Return one serialized HistoryEvent, e.g. `event(now, timerFired=...)`."""
    return pb.HistoryEvent(eventId=event_id, timestamp=stamp(now), **kind).SerializeToString()


def kind_of(serialized: bytes) -> str | None:
    """Return the name of the event's kind, e.g. `timerFired`."""
    return pb.HistoryEvent.FromString(serialized).WhichOneof("eventType")


def failure(error_type: str, message: str, *, stack: str = "", final: bool = False) -> pb.TaskFailureDetails:
    """Return failure details; the message is never empty, because an empty one reads as success."""
    details = pb.TaskFailureDetails(
        errorType=error_type,
        errorMessage=message,
        stackTrace=text(stack) if stack else None,
        isNonRetriable=final,
    )
    return explained(details)


def explained(details: pb.TaskFailureDetails) -> pb.TaskFailureDetails:
    """Return the details with a message in any case."""
    details.errorMessage = details.errorMessage or details.errorType or "error"
    return details


def failure_from_exception(message: str, stack: str, *, final: bool = False) -> pb.TaskFailureDetails:
    """Split the worker's text as the production host does: at the first `": "`, first line only."""
    error_type, separator, rest = message.partition(": ")
    if not separator:
        error_type, rest = message.rstrip(":").strip(), ""
    line = rest.splitlines()[0] if rest else ""
    return failure(error_type.splitlines()[0] if error_type else "Exception", line, stack=stack, final=final)


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > _SEVEN_BITS:
        out.append((value & _SEVEN_BITS) | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _repeated(number: int, items: Iterable[bytes]) -> Iterable[bytes]:
    tag = _varint(number << 3 | _LENGTH_DELIMITED)
    for item in items:
        yield tag + _varint(len(item))
        yield item


def orchestrator_request(instance_id: str, execution_id: str, past: Iterable[bytes], new: Iterable[bytes]) -> bytes:
    """Return a serialized OrchestratorRequest put together from events that are serialized already."""
    head = pb.OrchestratorRequest(instanceId=instance_id, executionId=text(execution_id))
    return b"".join((head.SerializeToString(), *_repeated(_PAST_EVENTS, past), *_repeated(_NEW_EVENTS, new)))
