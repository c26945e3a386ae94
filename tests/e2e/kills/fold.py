"""A client's state, folded from what it is sent: the rules of `docs/protocol.md`, and nothing else."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

type Event = dict[str, Any]


@dataclass(slots=True)
class LiveMessage:
    """The bubble of a message that is still being written."""

    attempt: int = 0
    text: str = ""


@dataclass(slots=True)
class Fold:
    """Durable events in `seq` order without a gap, early ones held back; live text of messages under way."""

    durable: list[Event] = field(default_factory=list[Event])
    early: dict[int, Event] = field(default_factory=dict[int, Event])
    live: dict[str, LiveMessage] = field(default_factory=dict[str, LiveMessage])
    misread: list[str] = field(default_factory=list[str])
    """Messages whose live text was not how the message then read."""

    @property
    def through(self) -> int:
        return len(self.durable)

    @property
    def gap(self) -> bool:
        return bool(self.early)

    def take(self, event: Event) -> None:
        if is_durable(event):
            self._durable(event)
        elif event["type"] in {"session.created", "snapshot"}:
            self._snapshot(event)
        elif event["type"] == "message.started":
            self._started(event)
        elif event["type"] == "message.delta":
            self._delta(event)

    def _snapshot(self, event: Event) -> None:
        for told in event["events"]:
            self._durable(told)
        live = event.get("live")
        if live is not None:
            self.live[live["message_id"]] = LiveMessage(attempt=live["attempt"], text=live["text"])

    def _durable(self, event: Event) -> None:
        if event["seq"] > self.through:
            self.early[event["seq"]] = event
        while (following := self.early.pop(self.through + 1, None)) is not None:
            self.durable.append(following)
            if following["type"] == "message.completed":
                self._completed(following)

    def _started(self, event: Event) -> None:
        bubble = self.live.setdefault(event["message_id"], LiveMessage())
        if event["attempt"] > bubble.attempt:
            self.live[event["message_id"]] = LiveMessage(attempt=event["attempt"])

    def _delta(self, event: Event) -> None:
        bubble = self.live.setdefault(event["message_id"], LiveMessage())
        if event["attempt"] > bubble.attempt:
            bubble.attempt, bubble.text = event["attempt"], ""
        if event["attempt"] == bubble.attempt and event["offset"] == len(bubble.text):
            bubble.text += event["text"]

    def _completed(self, event: Event) -> None:
        bubble = self.live.get(event["message_id"], LiveMessage())
        if not text_of(event).startswith(bubble.text):
            self.misread.append(event["message_id"])


def is_durable(event: Event) -> bool:
    """An answer to a command names the `seq` of what it led to, and is itself nothing durable."""
    return event.get("seq") is not None and event["type"] != "command.accepted"


def text_of(event: Event) -> str:
    return "".join(part["text"] for part in event["parts"] if part["type"] == "text")


def fold(events: Iterable[Event]) -> Fold:
    folded = Fold()
    for event in events:
        folded.take(event)
    return folded
