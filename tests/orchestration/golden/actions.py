"""What an orchestrator decides, in the one form in which recorded and produced decisions are compared.

Compared are the kind, the place (`number`, by which the engine pairs a decision with its outcome), an activity's
name, its input, and how the orchestration ends. Not compared is when a timer is due: the engine does not either, so
a longer pause or another deadline breaks no running turn.

An activity's input is compared with tolerance, because activities read it by name: every field that was recorded
must still be there with the same value; fields may be added.
"""

import json
from dataclasses import dataclass
from typing import Any, cast

import durabletask.internal.orchestrator_service_pb2 as pb

_LONGEST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One decision. `number` is 0 for the end; `data` is JSON text as the engine carries it."""

    kind: str
    number: int = 0
    name: str = ""
    data: str = ""

    def __str__(self) -> str:
        place = f" #{self.number}" if self.number else ""
        return " ".join(part for part in (f"{self.kind}{place}", self.name, _shortened(self.data)) if part)

    def fits(self, produced: "Action") -> bool:
        """Tell whether `produced` may stand in for this recorded one."""
        same = (self.kind, self.number, self.name) == (produced.kind, produced.number, produced.name)
        return same and _contained(_fields(self.data), _fields(produced.data))


def made(event: pb.HistoryEvent) -> Action:
    """Return the decision a history event records."""
    match event.WhichOneof("eventType"):
        case "taskScheduled":
            scheduled = event.taskScheduled
            return Action(kind="activity", number=event.eventId, name=scheduled.name, data=scheduled.input.value)
        case "timerCreated":
            return Action(kind="timer", number=event.eventId)
        case "executionCompleted":
            return _end(event.executionCompleted)
        case other:
            raise ValueError(f"{other} records no decision this module knows")


def wanted(action: pb.OrchestratorAction) -> Action:
    """Return the decision an orchestrator has just made; one of an unknown kind fits nothing."""
    kind = str(action.WhichOneof("orchestratorActionType"))
    match kind:
        case "scheduleTask":
            task = action.scheduleTask
            return Action(kind="activity", number=action.id, name=task.name, data=task.input.value)
        case "createTimer":
            return Action(kind="timer", number=action.id)
        case "completeOrchestration":
            return _end(action.completeOrchestration)
        case _:
            return Action(kind=kind, number=action.id)


def _end(ended: pb.ExecutionCompletedEvent | pb.CompleteOrchestrationAction) -> Action:
    name = pb.OrchestrationStatus.Name(ended.orchestrationStatus).removeprefix("ORCHESTRATION_STATUS_")
    failed = ended.failureDetails
    return Action(
        kind="end",
        name=name,
        data=f"{failed.errorType}: {failed.errorMessage}" if name == "FAILED" else ended.result.value,
    )


def _fields(data: str) -> object:
    """Return what the text stands for: messages cross as JSON text inside JSON text."""
    try:
        value: object = json.loads(data)
    except ValueError:
        return data
    return _fields(value) if isinstance(value, str) else value


def _contained(recorded: object, produced: object) -> bool:
    if not isinstance(recorded, dict) or not isinstance(produced, dict):
        return recorded == produced
    old, new = cast("dict[str, Any]", recorded), cast("dict[str, Any]", produced)
    return all(name in new and _contained(value, new[name]) for name, value in old.items())


def _shortened(data: str) -> str:
    value = _fields(data)
    text = value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "..."
