"""Histories as the durable extension's HTTP API shows them.

What was scheduled is not listed by itself: its name and time stand with its outcome, once there is one.
"""

from collections.abc import Callable, Iterable
from typing import Any

import durabletask.internal.orchestrator_service_pb2 as pb
from google.protobuf.json_format import MessageToDict
from google.protobuf.wrappers_pb2 import StringValue

from local.functions_host.http.durable_values import STATUS_NAMES, decoded

_BOOKENDS = frozenset({"orchestratorStarted", "orchestratorCompleted"})
_SCHEDULING = frozenset({"taskScheduled", "subOrchestrationInstanceCreated"})
_OUTCOMES = frozenset(
    {"taskCompleted", "taskFailed", "subOrchestrationInstanceCompleted", "subOrchestrationInstanceFailed"}
)


def described(events: Iterable[pb.HistoryEvent], *, show_output: bool) -> list[dict[str, Any]]:
    """Return one document per event; results and inputs only with `show_output`."""
    scheduled: dict[int, pb.HistoryEvent] = {}
    documents: dict[int, dict[str, Any]] = {}
    for number, event in enumerate(events):
        kind = event.WhichOneof("eventType") or ""
        if kind in _BOOKENDS:
            continue
        document = {"EventType": kind[:1].upper() + kind[1:], "Timestamp": event.timestamp.ToJsonString()}
        documents[number] = document | _details(kind, event, show_output=show_output)
        if kind in _SCHEDULING:
            scheduled[event.eventId] = event
            documents[-1 - event.eventId] = documents.pop(number)
        elif kind in _OUTCOMES:
            cause = scheduled.get(getattr(event, kind).taskScheduledId)
            if cause is not None:
                documents.pop(-1 - cause.eventId, None)
                name = cause.taskScheduled.name or cause.subOrchestrationInstanceCreated.name
                documents[number] |= {"FunctionName": name, "ScheduledTime": cause.timestamp.ToJsonString()}
    return list(documents.values())


def _details(kind: str, event: pb.HistoryEvent, *, show_output: bool) -> dict[str, Any]:
    value = getattr(event, kind)
    if kind in _SPECIAL:
        return _SPECIAL[kind](value, show_output)
    if kind in {"taskFailed", "subOrchestrationInstanceFailed"}:
        return {"Reason": value.failureDetails.errorMessage, "Details": value.failureDetails.stackTrace.value}
    if kind in {"taskCompleted", "subOrchestrationInstanceCompleted"}:
        return _shown("Result", value.result, show_output=show_output)
    return {name[:1].upper() + name[1:]: each for name, each in MessageToDict(value).items() if name != "input"}


def _shown(name: str, value: StringValue, *, show_output: bool) -> dict[str, Any]:
    return {name: decoded(value)} if show_output else {}


def _completed(value: pb.ExecutionCompletedEvent, show_output: bool) -> dict[str, Any]:  # noqa: FBT001 - table entry
    status = {"OrchestrationStatus": STATUS_NAMES[value.orchestrationStatus]}
    if value.HasField("failureDetails"):
        return status | {"Reason": value.failureDetails.errorMessage}
    return status | _shown("Result", value.result, show_output=show_output)


_SPECIAL: dict[str, Callable[[Any, bool], dict[str, Any]]] = {
    "executionStarted": lambda value, shown: {
        "FunctionName": value.name,
        **_shown("Input", value.input, show_output=shown),
    },
    "executionCompleted": _completed,
    "taskScheduled": lambda value, _shown: {"FunctionName": value.name},
    "subOrchestrationInstanceCreated": lambda value, _shown: {
        "FunctionName": value.name,
        "InstanceId": value.instanceId,
    },
    "timerCreated": lambda value, _shown: {"FireAt": value.fireAt.ToJsonString()},
    "timerFired": lambda value, _shown: {"FireAt": value.fireAt.ToJsonString(), "TimerId": value.timerId},
    "eventRaised": lambda value, shown: {"Name": value.name, **_shown("Input", value.input, show_output=shown)},
}
