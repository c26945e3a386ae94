"""What is still to be said when a turn ends: pure functions from the log to the events of its last batch."""

from dataclasses import dataclass, replace

from orchestration.context_sources import told_sources
from orchestration.end_errors import code_of, end_error, limit_of
from orchestration.handover import following, handover_events
from orchestration.messages import LIMIT_TIME, EndStatus, FinishRequest
from orchestration.narrowing import is_hidden, of_turn, step_of_call
from shared import ids
from shared.cards.closing import closed_card
from shared.event_log import floor
from shared.event_log.documents import LiveDocument
from shared.event_log.head import GroupState, Head
from shared.event_log.shapes import Draft, NewEvent, Record
from shared.protocol.codes import ErrorCode
from shared.protocol.durable import (
    ChatResponse,
    MessageCompleted,
    ToolCallCompleted,
    ToolCallStarted,
)
from shared.protocol.shapes import COACH, SYSTEM, TextPart, ToolCallPart, ToolFeedback, Usage
from shared.whispers import Narrow, hidden

OUTCOME_CHARACTERS = 160
CANCELLED = "Cancelled: the turn was stopped before this call finished."
UNFINISHED = "This call did not finish. Whether it took effect is unknown."
SENT = "This call had been sent when the turn was stopped. Whether it took effect is unknown."


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnFacts:
    """What the log says of the turn."""

    steps: tuple[MessageCompleted, ...]
    started: tuple[ToolCallStarted, ...]
    results: tuple[ToolCallCompleted, ...]
    end: ChatResponse | None
    live: LiveDocument | None = None
    """Of the step it was writing, which is not stored."""


def facts_of(record: Record, turn_id: str) -> TurnFacts:
    mine = [event for event in record.events if getattr(event, "turn_id", None) == turn_id]
    steps = tuple(event for event in mine if isinstance(event, MessageCompleted))
    live = record.live.live if record.live else None
    if live is not None and (live.turn_id != turn_id or any(step.step == live.step for step in steps)):
        live = None
    return TurnFacts(
        steps=steps,
        live=live,
        started=tuple(event for event in mine if isinstance(event, ToolCallStarted)),
        results=tuple(event for event in mine if isinstance(event, ToolCallCompleted)),
        end=next((event for event in mine if isinstance(event, ChatResponse)), None),
    )


def whole_answer(record: Record, facts: TurnFacts, turn_id: str) -> MessageCompleted | None:
    """Return the step with which the turn came to its answer; None where another was to follow, be it for the room."""
    last = facts.steps[-1] if facts.steps else None
    if last is None or last.finish not in {"stop", "length"}:
        return None
    return None if is_hidden(last) and not of_turn(record, turn_id) else last


def as_answered(request: FinishRequest, record: Record, facts: TurnFacts) -> FinishRequest:
    """Return how the turn ends: with the answer that is stored, also for who gave it up without having seen that."""
    given_up = request.status == "failed" or request.error == LIMIT_TIME
    answer = whole_answer(record, facts, request.turn_id) if given_up else None
    if answer is None:
        return request
    limit = limit_of(answer)
    return replace(request, status="exhausted" if limit else "completed", error=limit)


def closing_events(record: Record, facts: TurnFacts, request: FinishRequest) -> tuple[NewEvent, ...]:
    """Return the partial text of a running step, and an end for every open call."""
    events = [_narrowed(_open_call(part, facts, request.status), record, part) for part in _open_calls(facts)]
    partial = _partial(record, facts, request)
    return (*events, *([partial] if partial else []))


def steps_of(facts: TurnFacts, closing: tuple[NewEvent, ...]) -> tuple[MessageCompleted, ...]:
    return (*facts.steps, *(e.event for e in closing if isinstance(e.event, MessageCompleted)))


def ending(
    head: Head,
    facts: TurnFacts,
    closing: tuple[NewEvent, ...],
    request: FinishRequest,
    now: float,
    narrow: Narrow,
) -> Draft:
    """Return the turn's last batch: what is closed, the terminal event, and what the free floor is given to.

    `narrow`: who sees the end whole, where the question was whispered.
    """
    after = floor.end(head, request.turn_id, now)
    end = _end(request, facts, closing, following(head, after), narrow)
    own = (card.question_id for card in head.cards if card.turn_id == request.turn_id)
    cards = [closed_card(question_id, SYSTEM, hidden(narrow.get("audience"))) for question_id in own]
    events = [*closing, *cards, NewEvent(id=ids.end(request.turn_id), event=end), *handover_events(head, after)]
    after = after.model_copy(update={"usage": head.usage + end.usage, "group": _spoken(head, request, end, now)})
    return Draft(events=tuple(events), head=after, key=ids.end(request.turn_id))


def _narrowed(new: NewEvent, record: Record, part: ToolCallPart) -> NewEvent:
    """Hide the end of a call where the step that asked for it is hidden."""
    step = step_of_call(record, part.call_id)
    if step is None or not is_hidden(step):
        return new
    return replace(new, event=new.event.model_copy(update=dict(hidden(step.audience))))


def _open_calls(facts: TurnFacts) -> list[ToolCallPart]:
    closed = {result.call_id for result in facts.results}
    parts = (part for step in facts.steps for part in step.parts if isinstance(part, ToolCallPart))
    return [part for part in parts if part.call_id not in closed]


def _open_call(part: ToolCallPart, facts: TurnFacts, status: EndStatus) -> NewEvent:
    begun = next((started for started in facts.started if started.call_id == part.call_id), None)
    stopped = status == "stopped"
    known = begun is None or (stopped and begun.idempotent)
    text = CANCELLED if known else SENT if stopped else UNFINISHED
    completed = ToolCallCompleted(
        actor=SYSTEM,
        call_id=part.call_id,
        turn_id=ids.parse_call(part.call_id).turn_id,
        server=part.server,
        tool=part.tool,
        status="cancelled" if known else "unknown",
        preview=text,
        ms=0,
    )
    return NewEvent(id=ids.completed(part.call_id), event=completed, private_text=text)


def _partial(record: Record, facts: TurnFacts, request: FinishRequest) -> NewEvent | None:
    live = facts.live
    if live is None or not live.text.strip() or code_of(request.error) is ErrorCode.CONTENT_FILTERED:
        return None
    message_id = ids.step_message(live.turn_id, live.step)
    completed = MessageCompleted(
        actor=COACH,
        message_id=message_id,
        turn_id=live.turn_id,
        step=live.step,
        author=COACH,
        parts=(TextPart(text=live.text),),
        finish="failed" if request.status == "failed" else "stopped",
        usage=live.used,
        attempt=live.attempt,
        untrusted_from=told_sources(record, request.turn_id),
        **hidden(live.audience),
    )
    return NewEvent(id=ids.completed(message_id), event=completed)


def _end(
    request: FinishRequest,
    facts: TurnFacts,
    closing: tuple[NewEvent, ...],
    next_turn_id: str | None,
    narrow: Narrow,
) -> ChatResponse:
    steps = steps_of(facts, closing)
    results = (*facts.results, *(e.event for e in closing if isinstance(e.event, ToolCallCompleted)))
    # What the asker alone was answered is not the room's answer; in a whispered turn there is no other.
    spoken = [s for s in steps if any(isinstance(p, TextPart) for p in s.parts) and (narrow or not is_hidden(s))]
    return ChatResponse(
        actor=COACH,
        turn_id=request.turn_id,
        status=request.status,
        message_id=spoken[-1].message_id if spoken else None,
        tool_feedback=tuple(_feedback(result) for result in results),
        usage=_used(facts, steps),
        error=end_error(request),
        next_turn_id=next_turn_id,
        **narrow,
    )


def _used(facts: TurnFacts, steps: tuple[MessageCompleted, ...]) -> Usage:
    """Return what the turn used: what its steps tell, and of one that is not stored what its attempts left behind."""
    used = [step.usage for step in steps if step.usage is not None]
    live = facts.live
    if live is not None and live.used is not None and all(step.step != live.step for step in steps):
        used.append(live.used)
    return sum(used, start=Usage())


def _spoken(head: Head, request: FinishRequest, end: ChatResponse, now: float) -> GroupState | None:
    """Remember in a group whom the coach answered and when; what it said to one alone is no word to the room."""
    if head.group is None or end.message_id is None or end.audience is not None:
        return head.group
    return head.group.model_copy(update={"coach_spoke_at": now, "coach_spoke_to": request.asker})


def _feedback(result: ToolCallCompleted) -> ToolFeedback:
    return ToolFeedback(
        call_id=result.call_id,
        server=result.server,
        tool=result.tool,
        status=result.status,
        ms=result.ms,
        outcome="" if result.audience else " ".join(result.preview.split())[:OUTCOME_CHARACTERS],
    )
