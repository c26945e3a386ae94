"""A client's state, folded from what it is sent: the rules of `docs/protocol.md`, and nothing else."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

type Event = dict[str, Any]

_WHOLE = frozenset({"stop", "tools", "length"})


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
    heard: dict[tuple[str, int], str] = field(default_factory=dict[tuple[str, int], str])
    """What came of each attempt without a gap from its beginning, by message and attempt."""

    @property
    def through(self) -> int:
        return len(self.durable)

    @property
    def gap(self) -> bool:
        return bool(self.early)

    def unheard(self, principal: str) -> list[str]:
        """Tell which messages that this person may read were not heard whole, from the attempt that wrote them."""
        missed: list[str] = []
        for event in self.durable:
            if event["type"] != "message.completed" or event["finish"] not in _WHOLE:
                continue
            audience, text = event.get("audience"), text_of(event)
            heard = self.heard.get((event["message_id"], event["attempt"]), "")
            if heard != text and (audience is None or principal in audience):
                missed.append(f"{event['message_id']} attempt {event['attempt']}: heard {heard!r} of {text!r}")
        return missed

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
        self._hear(event)
        bubble = self.live.setdefault(event["message_id"], LiveMessage())
        if event["attempt"] > bubble.attempt:
            bubble.attempt, bubble.text = event["attempt"], ""
        if event["attempt"] == bubble.attempt and event["offset"] == len(bubble.text):
            bubble.text += event["text"]

    def _hear(self, event: Event) -> None:
        """Take a piece that goes on where the last one ended; one sent again may say the same and more."""
        key = (event["message_id"], event["attempt"])
        heard, offset = self.heard.get(key, ""), event["offset"]
        if offset <= len(heard) < offset + len(event["text"]) and event["text"].startswith(heard[offset:]):
            self.heard[key] = heard[:offset] + event["text"]

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
