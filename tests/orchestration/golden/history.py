"""A recorded history: the file it is kept in, and the episodes it is made of."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import durabletask.internal.orchestrator_service_pb2 as pb
from google.protobuf.json_format import MessageToDict, ParseDict

from tests.orchestration.golden.actions import Action, made

VERSIONS = Path(__file__).resolve().parent
_DECIDED = frozenset({"taskScheduled", "timerCreated", "executionCompleted"})
_DELIVERED = frozenset({"executionStarted", "taskCompleted", "taskFailed", "timerFired", "eventRaised"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """One run of the orchestrator: the history before it, what was delivered, what it decided.

    `at` is the index of the event that opened it.
    """

    at: int
    past: tuple[pb.HistoryEvent, ...]
    new: tuple[pb.HistoryEvent, ...]
    actions: tuple[Action, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Golden:
    """One finished turn. `about` tells the story in a sentence."""

    story: str
    about: str
    events: tuple[pb.HistoryEvent, ...]

    @property
    def orchestrator(self) -> str:
        return next(event.executionStarted.name for event in self.events if kind(event) == "executionStarted")

    def episodes(self) -> Iterator[Episode]:
        """Return the episodes in order.

        Raises:
            ValueError: the history has an event of a kind this module cannot place.

        """
        starts = [at for at, event in enumerate(self.events) if kind(event) == "orchestratorStarted"]
        for start, end in zip(starts, [*starts[1:], len(self.events)], strict=True):
            inside = [event for event in self.events[start + 1 : end] if kind(event) != "orchestratorCompleted"]
            strange = {kind(event) for event in inside} - _DECIDED - _DELIVERED
            if strange:
                raise ValueError(f"{self.story}: events of kind {sorted(strange)} are neither delivered nor decided")
            yield Episode(
                at=start,
                past=self.events[:start],
                new=(self.events[start], *(event for event in inside if kind(event) in _DELIVERED)),
                actions=tuple(made(event) for event in inside if kind(event) in _DECIDED),
            )

    def summary(self) -> list[str]:
        """Tell each episode in a line: when, what was delivered, what was decided."""
        first = self.events[0].timestamp.ToMilliseconds()
        return [
            f"{(episode.new[0].timestamp.ToMilliseconds() - first) / 1000:.1f} s: "
            f"{', '.join(_told(event) for event in episode.new[1:])} -> "
            f"{', '.join(str(action) for action in episode.actions) or 'nothing'}"
            for episode in self.episodes()
        ]

    def text(self) -> str:
        """Return the file's content: JSON, one event a line."""
        head = {"story": self.story, "about": self.about, "summary": self.summary()}
        lines = ",\n".join("  " + json.dumps(document, separators=(",", ":")) for document in documents(self.events))
        return f'{json.dumps(head, indent=1)[:-2]},\n "events": [\n{lines}\n ]\n}}\n'

    @classmethod
    def read(cls, path: Path) -> "Golden":
        document = cast("dict[str, Any]", json.loads(path.read_text(encoding="utf-8")))
        return cls(story=document["story"], about=document["about"], events=parsed(document["events"]))


def files(version: str) -> list[Path]:
    return sorted((VERSIONS / version).glob("*.json"))


def kind(event: pb.HistoryEvent) -> str:
    return str(event.WhichOneof("eventType"))


def documents(events: Iterable[pb.HistoryEvent]) -> list[dict[str, Any]]:
    return [MessageToDict(event) for event in events]


def parsed(found: Iterable[dict[str, Any]]) -> tuple[pb.HistoryEvent, ...]:
    return tuple(ParseDict(document, pb.HistoryEvent()) for document in found)


def _told(event: pb.HistoryEvent) -> str:
    match kind(event):
        case "taskCompleted":
            return f"#{event.taskCompleted.taskScheduledId} gave {event.taskCompleted.result.value}"
        case "taskFailed":
            failed = event.taskFailed
            return f"#{failed.taskScheduledId} failed ({failed.failureDetails.errorType})"
        case "timerFired":
            return f"timer #{event.timerFired.timerId} fired"
        case "eventRaised":
            return f"event {event.eventRaised.name}"
        case _:
            return "started"
