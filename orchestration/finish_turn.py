"""The `finish_turn` activity: close what is open, append the terminal event, release the floor, start the next."""

from collections.abc import Sequence
from dataclasses import dataclass

from orchestration.dependencies import TurnDependencies
from orchestration.end_errors import code_of, end_error
from orchestration.messages import EndStatus, FinishRequest
from orchestration.streaming import interruption
from shared import ids
from shared.answers import filled
from shared.errors import StoreUnavailable
from shared.event_log import floor
from shared.event_log.head import Head
from shared.event_log.shapes import Appended, Decide, Draft, NewEvent, Record
from shared.protocol.codes import ErrorCode
from shared.protocol.durable import (
    ChatResponse,
    MessageCompleted,
    ToolCallCompleted,
    ToolCallStarted,
    TurnStarted,
)
from shared.protocol.events import StoredEvent
from shared.protocol.shapes import COACH, SYSTEM, TextPart, ToolCallPart, ToolFeedback, Usage
from shared.turns import TurnEngine, TurnRequest

OUTCOME_CHARACTERS = 160
_MAX_RACES = 10
CANCELLED = "Cancelled: the turn was stopped before this call finished."
UNFINISHED = "This call did not finish. Whether it took effect is unknown."


@dataclass(frozen=True, slots=True, kw_only=True)
class _TurnFacts:
    """What the log says of the turn."""

    steps: tuple[MessageCompleted, ...]
    started: tuple[ToolCallStarted, ...]
    results: tuple[ToolCallCompleted, ...]
    end: ChatResponse | None


async def finish_turn(deps: TurnDependencies, engine: TurnEngine, request: FinishRequest) -> str:
    """End the turn if it has not ended, publish its end, and start the turn that follows; returns the status.

    Raises:
        StoreUnavailable, PublishFailed: the engine runs it again; every part of it may be repeated.

    """
    for _ in range(_MAX_RACES):
        record = await deps.log.record(request.conversation_id, after=request.question_seq - 1)
        facts = _facts(record, request.turn_id)
        if facts.end is not None:
            return await _hand_over(deps, engine, request, _appended_with(facts.end, record), facts.steps)
        if interruption(record.head.head, request.turn_id) == "over":
            return "over"
        closing = _closing(record, facts, request)
        decide = _ending(deps, record, facts, closing, request)
        result = await deps.log.append(request.conversation_id, decide, known=record.head)
        if isinstance(result, Appended):
            return await _hand_over(deps, engine, request, result.events, _steps(facts, closing))
    raise StoreUnavailable("The conversation is very busy. Its turn will be ended in a moment.")


def _ending(
    deps: TurnDependencies,
    record: Record,
    facts: _TurnFacts,
    closing: tuple[NewEvent, ...],
    request: FinishRequest,
) -> Decide:
    """Return the decision to end the turn. It holds only for the log it was made on, so that nothing stays open."""
    results = (*facts.results, *(e.event for e in closing if isinstance(e.event, ToolCallCompleted)))
    end = _end(request, _steps(facts, closing), results)

    def decide(head: Head) -> Draft | None:
        if head.seq != record.head.seq or interruption(head, request.turn_id) == "over":
            return None
        after = floor.end(head, request.turn_id, deps.now().timestamp())
        return _draft(closing, end, request.turn_id, after)

    return decide


def _steps(facts: _TurnFacts, closing: tuple[NewEvent, ...]) -> tuple[MessageCompleted, ...]:
    return (*facts.steps, *(e.event for e in closing if isinstance(e.event, MessageCompleted)))


def _draft(closing: tuple[NewEvent, ...], end: ChatResponse, turn_id: str, after: Head) -> Draft:
    following = after.active_turn
    ending = end.model_copy(update={"next_turn_id": following.turn_id if following else None})
    events = [*closing, NewEvent(id=ids.end(turn_id), event=ending)]
    if following is not None:
        begun = TurnStarted(actor=SYSTEM, turn_id=following.turn_id)
        events.append(NewEvent(id=ids.started(following.turn_id), event=begun))
    return Draft(events=tuple(events), head=after, key=ids.end(turn_id))


async def _hand_over(
    deps: TurnDependencies,
    engine: TurnEngine,
    request: FinishRequest,
    events: Sequence[StoredEvent],
    steps: tuple[MessageCompleted, ...],
) -> str:
    """Publish, then start the turn the terminal event names; also when another execution appended it."""
    conversation_id = request.conversation_id
    told = [_filled(event, steps) if isinstance(event, ChatResponse) else event for event in events]
    await deps.publisher.to_conversation(conversation_id, told)
    end = next(event for event in events if isinstance(event, ChatResponse))
    if end.next_turn_id is not None:
        head = (await deps.log.head(conversation_id)).head
        active = head.active_turn
        if active is not None and active.turn_id == end.next_turn_id:
            await engine.start(
                TurnRequest(
                    conversation_id=conversation_id,
                    turn_id=active.turn_id,
                    asker=active.asker,
                    question_seq=active.question_seq,
                    manifest_id=head.manifest_id,
                )
            )
    return end.status


def _appended_with(end: ChatResponse, record: Record) -> list[StoredEvent]:
    """Return what the terminal event's batch held, in order: the execution that wrote it may not have published it."""

    def belongs(event: StoredEvent) -> bool:
        match event:
            case ToolCallCompleted():
                return event.turn_id == end.turn_id and event.actor == SYSTEM
            case MessageCompleted():
                return event.turn_id == end.turn_id and event.finish in {"stopped", "failed"}
            case TurnStarted():
                return event.turn_id == end.next_turn_id
            case _:
                return event is end

    return [event for event in record.events if belongs(event)]


def _facts(record: Record, turn_id: str) -> _TurnFacts:
    mine = [event for event in record.events if getattr(event, "turn_id", None) == turn_id]
    return _TurnFacts(
        steps=tuple(event for event in mine if isinstance(event, MessageCompleted)),
        started=tuple(event for event in mine if isinstance(event, ToolCallStarted)),
        results=tuple(event for event in mine if isinstance(event, ToolCallCompleted)),
        end=next((event for event in mine if isinstance(event, ChatResponse)), None),
    )


def _closing(record: Record, facts: _TurnFacts, request: FinishRequest) -> tuple[NewEvent, ...]:
    """Return what still has to be said: the partial text of a running step, and an end for every open call."""
    events = [_open_call(part, facts, request.status) for part in _open_calls(facts)]
    partial = _partial(record, facts, request)
    return (*events, *([partial] if partial else []))


def _open_calls(facts: _TurnFacts) -> list[ToolCallPart]:
    closed = {result.call_id for result in facts.results}
    parts = (part for step in facts.steps for part in step.parts if isinstance(part, ToolCallPart))
    return [part for part in parts if part.call_id not in closed]


def _open_call(part: ToolCallPart, facts: _TurnFacts, status: EndStatus) -> NewEvent:
    begun = any(started.call_id == part.call_id for started in facts.started)
    stopped = status == "stopped"
    text = CANCELLED if stopped or not begun else UNFINISHED
    completed = ToolCallCompleted(
        actor=SYSTEM,
        call_id=part.call_id,
        turn_id=ids.parse_call(part.call_id).turn_id,
        server=part.server,
        tool=part.tool,
        status="cancelled" if stopped or not begun else "unknown",
        preview=text,
        ms=0,
    )
    return NewEvent(id=ids.completed(part.call_id), event=completed, private_text=text)


def _partial(record: Record, facts: _TurnFacts, request: FinishRequest) -> NewEvent | None:
    live = record.live.live if record.live else None
    if live is None or live.turn_id != request.turn_id or not live.text.strip():
        return None
    message_id = ids.step_message(live.turn_id, live.step)
    if (
        any(step.message_id == message_id for step in facts.steps)
        or code_of(request.error) is ErrorCode.CONTENT_FILTERED
    ):
        return None
    completed = MessageCompleted(
        actor=COACH,
        message_id=message_id,
        turn_id=live.turn_id,
        step=live.step,
        author=COACH,
        parts=(TextPart(text=live.text),),
        finish="failed" if request.status == "failed" else "stopped",
    )
    return NewEvent(id=ids.completed(message_id), event=completed)


def _end(
    request: FinishRequest, steps: tuple[MessageCompleted, ...], results: tuple[ToolCallCompleted, ...]
) -> ChatResponse:
    answer = _answer(steps)
    return ChatResponse(
        actor=COACH,
        turn_id=request.turn_id,
        status=request.status,
        message_id=answer.message_id if answer else None,
        tool_feedback=tuple(_feedback(result) for result in results),
        usage=sum((step.usage for step in steps if step.usage), start=Usage()),
        error=end_error(request),
    )


def _answer(steps: tuple[MessageCompleted, ...]) -> MessageCompleted | None:
    spoken = [step for step in steps if any(isinstance(part, TextPart) for part in step.parts)]
    return spoken[-1] if spoken else None


def _filled(end: ChatResponse, steps: tuple[MessageCompleted, ...]) -> ChatResponse:
    return filled(end, next((step for step in steps if step.message_id == end.message_id), None))


def _feedback(result: ToolCallCompleted) -> ToolFeedback:
    return ToolFeedback(
        call_id=result.call_id,
        server=result.server,
        tool=result.tool,
        status=result.status,
        ms=result.ms,
        outcome=" ".join(result.preview.split())[:OUTCOME_CHARACTERS],
    )
