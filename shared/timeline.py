"""Why this answer: the steps and calls of one turn, how long each took and what it used, folded from the log. Pure.

How long a step took is measured between the log's own times: from what it had to wait for (the turn's beginning, the
last result it read, the end of waiting for a person) to its completion.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from shared.protocol.beside import AnswerChecked, ChartCreated
from shared.protocol.durable import (
    ChatResponse,
    MessageCompleted,
    MessageCreated,
    ToolCallCompleted,
    ToolCallStarted,
    TurnStarted,
)
from shared.protocol.events import VisibleEvent
from shared.protocol.shapes import ErrorInfo, Shape, ToolCallPart, ToolStatus, Trust, TurnStatus, Usage


class TimelineCall(Shape):
    """A tool call: when it began and ended (None while it has not), `ms` as the call itself took."""

    call_id: str
    server: str
    tool: str
    status: ToolStatus | Literal["open"]
    started_at: str | None
    ended_at: str | None
    ms: int | None
    trust: Trust
    charted: bool


class TimelineStep(Shape):
    """A model step: `ms` from what it waited for to its completion. `untrusted_from`: whose text it had been told."""

    message_id: str
    step: int
    attempt: int
    ended_at: str
    ms: int
    finish: str
    usage: Usage
    manifest_id: str | None
    memory_version: int | None
    untrusted_from: tuple[str, ...]
    steered_by: tuple[str, ...]
    calls: tuple[TimelineCall, ...]


class Timeline(Shape):
    """One turn. `status` is None while it runs; `waited_ms` is how long it waited in line before it began.

    `unmatched` are figures of its answer that no tool's result holds.
    """

    turn_id: str
    asked_at: str | None
    started_at: str | None
    ended_at: str | None
    waited_ms: int | None
    ms: int | None
    status: TurnStatus | None
    error: ErrorInfo | None
    usage: Usage
    steps: tuple[TimelineStep, ...]
    unmatched: tuple[str, ...]


def timeline(events: Sequence[VisibleEvent], turn_id: str) -> Timeline | None:
    """Return the turn's timeline, of the events as their reader may see them; None where there is no such turn."""
    mine = [event for event in events if getattr(event, "turn_id", None) == turn_id]
    begun = next((event for event in mine if isinstance(event, TurnStarted)), None)
    asked = next((event for event in mine if isinstance(event, MessageCreated)), None)
    if begun is None and asked is None:
        return None
    end = next((event for event in mine if isinstance(event, ChatResponse)), None)
    checked = (event for event in mine if isinstance(event, AnswerChecked))
    steps = tuple(_steps(mine))
    return Timeline(
        turn_id=turn_id,
        asked_at=asked.at if asked else None,
        started_at=begun.at if begun else None,
        ended_at=end.at if end else None,
        waited_ms=_between(asked.at, begun.at) if asked and begun else None,
        ms=_between(begun.at, end.at) if begun and end else None,
        status=end.status if end else None,
        error=end.error if end else None,
        usage=end.usage if end else sum((step.usage for step in steps), start=Usage()),
        steps=steps,
        unmatched=tuple(text for event in checked for text in event.unmatched),
    )


def _steps(mine: Sequence[VisibleEvent]) -> list[TimelineStep]:
    found: list[TimelineStep] = []
    for place, event in enumerate(mine):
        if isinstance(event, MessageCompleted):
            since = next((before.at for before in reversed(mine[:place]) if not _is_beside(before)), event.at)
            found.append(_step(event, since, mine))
    return found


def _is_beside(event: VisibleEvent) -> bool:
    """Tell whether a step did not wait for it: a message put in while it was made, another step's chart."""
    return isinstance(event, AnswerChecked | ChartCreated) or (isinstance(event, MessageCreated) and bool(event.steers))


def _step(event: MessageCompleted, since: str, mine: Sequence[VisibleEvent]) -> TimelineStep:
    return TimelineStep(
        message_id=event.message_id,
        step=event.step,
        attempt=event.attempt,
        ended_at=event.at,
        ms=_between(since, event.at),
        finish=event.finish,
        usage=event.usage or Usage(),
        manifest_id=event.manifest_id,
        memory_version=event.memory_version,
        untrusted_from=event.untrusted_from,
        steered_by=event.steered_by,
        calls=tuple(_call(part, mine) for part in event.parts if isinstance(part, ToolCallPart)),
    )


def _call(part: ToolCallPart, mine: Sequence[VisibleEvent]) -> TimelineCall:
    begun = next((e for e in mine if isinstance(e, ToolCallStarted) and e.call_id == part.call_id), None)
    ended = next((e for e in mine if isinstance(e, ToolCallCompleted) and e.call_id == part.call_id), None)
    return TimelineCall(
        call_id=part.call_id,
        server=part.server,
        tool=part.tool,
        status=ended.status if ended else "open",
        started_at=begun.at if begun else None,
        ended_at=ended.at if ended else None,
        ms=ended.ms if ended else None,
        trust=ended.trust if ended else "trusted",
        charted=any(isinstance(event, ChartCreated) and event.call_id == part.call_id for event in mine),
    )


def _between(first: str, last: str) -> int:
    return max(0, round((datetime.fromisoformat(last) - datetime.fromisoformat(first)).total_seconds() * 1000))
