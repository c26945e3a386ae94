"""The `finish_turn` activity: close what is open, append the terminal event, release the floor, start the next."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from orchestration.closing import TurnFacts, as_answered, closing_events, ending, facts_of, steps_of, whole_answer
from orchestration.context import HISTORY_EVENTS
from orchestration.dependencies import TurnDependencies
from orchestration.handover import return_steers
from orchestration.messages import FinishRequest
from orchestration.narrowing import of_turn
from orchestration.telling import turn_ended
from shared.answers import filled
from shared.errors import CommandRefused, StoreUnavailable, Transient
from shared.event_log import floor, parking
from shared.event_log.head import Head, Steer, Waiting
from shared.event_log.shapes import Appended, Decide, Draft, NewEvent, Record
from shared.protocol.beside import AnswerChecked, ChartCreated
from shared.protocol.cards import CardClosed, TurnResumed
from shared.protocol.durable import (
    ChatResponse,
    MessageCompleted,
    TitleUpdated,
    ToolCallCompleted,
    TurnQueued,
    TurnStarted,
)
from shared.protocol.events import StoredEvent
from shared.protocol.shapes import SYSTEM, Usage
from shared.turns import TurnEngine, set_going

_MAX_RACES = 10


async def finish_turn(
    deps: TurnDependencies, engine: TurnEngine, request: FinishRequest, *, swept: bool = False
) -> str:
    """End the turn if it has not ended, publish its end, and start the turn that follows; returns the status.

    `swept`: the engine does not run this again, so the end counts as untold until the sweeper says otherwise.

    Raises:
        StoreUnavailable, PublishFailed: the engine runs it again; every part of it may be repeated.

    """
    for race in range(_MAX_RACES):
        record = await _record(deps, request, as_last_seen=race == 0 and request.status == "completed")
        facts = facts_of(record, request.turn_id)
        if facts.end is not None:
            behind = _told_behind(facts.end, record)
            told = _in_order((*_told_before(record, request), *_appended_with(facts.end, record), *behind))
            return await _tell(deps, engine, request, told, facts.steps)
        if parking.standing(record.head.head, request.turn_id) == "over":
            return "over"
        ended = as_answered(request, record, facts)
        closing = closing_events(record, facts, ended)
        decide = _decision(record, facts, closing, ended, deps.now().timestamp(), swept=swept)
        result = await deps.log.append(request.conversation_id, decide, known=record.head)
        if isinstance(result, Appended):
            turn_ended(ended, record, result.events)
            told = (*_told_before(record, request), *result.events)
            returned = record.head.head.steers if not result.head.head.steers else ()
            return await _tell(deps, engine, request, told, steps_of(facts, closing), returned)
    raise StoreUnavailable("The conversation is very busy. Its turn will be ended in a moment.")


async def _record(deps: TurnDependencies, request: FinishRequest, *, as_last_seen: bool) -> Record:
    """Return the conversation since the question; what the turn's context held, where it did not come to its answer.

    For a turn that came to its answer, as last seen is enough where that holds the answer: there is no text that only
    the live document has, and if somebody else appended since, the ending is not taken. Of text that only the live
    document has must be said what the model had been told when it wrote it.
    """
    answered = request.status == "completed"
    after = request.question_seq - 1 if answered else max(0, request.question_seq - HISTORY_EVENTS)
    known = deps.log.memory.record(request.conversation_id, after, None) if as_last_seen else None
    if known is not None and _holds_answer(known, request.turn_id):
        return known
    return await deps.log.record(request.conversation_id, after=after)


def _holds_answer(record: Record, turn_id: str) -> bool:
    runs = parking.standing(record.head.head, turn_id) != "over"
    return runs and whole_answer(record, facts_of(record, turn_id), turn_id) is not None


def _decision(
    record: Record, facts: TurnFacts, closing: tuple[NewEvent, ...], request: FinishRequest, now: float, *, swept: bool
) -> Decide:
    """Return the decision to end the turn. It holds only for the log it was made on, so that nothing stays open."""

    def decide(head: Head) -> Draft | None:
        if head.seq != record.head.seq or parking.standing(head, request.turn_id) == "over":
            return None
        draft = ending(head, facts, closing, request, now, of_turn(record, request.turn_id))
        return replace(draft, head=floor.untold(draft.head, _waiting(request), now)) if swept else draft

    return decide


async def _tell(
    deps: TurnDependencies,
    engine: TurnEngine,
    request: FinishRequest,
    events: Sequence[StoredEvent],
    steps: tuple[MessageCompleted, ...],
    returned: tuple[Steer, ...] = (),
) -> str:
    """Publish, start the turn that follows, write down what was used; have the sweeper do it where that fails."""
    try:
        status = await _hand_over(deps, engine, request, events, steps)
        await return_steers(deps.publisher, request.conversation_id, request.turn_id, returned)
        await deps.spending.record(request, _usage(events))
    except Exception:
        # The floor is free by now, so without a mark nobody would look here again once the engine has given up.
        with suppress(Transient, CommandRefused):
            await deps.log.append(request.conversation_id, _marking(request, deps.now().timestamp()))
        raise
    return status


def _marking(request: FinishRequest, now: float) -> Decide:
    def decide(head: Head) -> Draft | None:
        if floor.is_untold(head, request.turn_id):
            return None
        return Draft(events=(), head=floor.untold(head, _waiting(request), now))

    return decide


def _waiting(request: FinishRequest) -> Waiting:
    return Waiting(
        turn_id=request.turn_id,
        asker=request.asker,
        team=request.team,
        question_seq=request.question_seq,
        trace=request.trace,
    )


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
        await set_going(engine, conversation_id, (await deps.log.head(conversation_id)).head, only=end.next_turn_id)
    return end.status


def _told_before(record: Record, request: FinishRequest) -> list[StoredEvent]:
    """Return what a turn that was cut off stored before its end: whoever stored it may not have come to tell it."""
    if request.status == "completed":
        return []
    return [event for event in record.events if getattr(event, "turn_id", None) == request.turn_id]


def _in_order(events: Sequence[StoredEvent]) -> list[StoredEvent]:
    """Return each of the events once, as the log has them."""
    return [event for _, event in sorted({event.seq: event for event in events}.items())]


def _appended_with(end: ChatResponse, record: Record) -> list[StoredEvent]:
    """Return what the terminal event's batch held, in order: the execution that wrote it may not have published it."""

    def belongs(event: StoredEvent) -> bool:
        match event:
            case ToolCallCompleted():
                return event.turn_id == end.turn_id and event.actor == SYSTEM
            case MessageCompleted():
                return event.turn_id == end.turn_id and event.finish in {"stopped", "failed"}
            case TurnStarted() | TurnResumed():
                return event.turn_id == end.next_turn_id and event.seq > end.seq
            case CardClosed():
                return event.turn_id == end.turn_id and event.at == end.at
            case TurnQueued():
                return event.actor == SYSTEM and event.at == end.at
            case _:
                return event is end

    return [event for event in record.events if belongs(event)]


def _told_behind(end: ChatResponse, record: Record) -> list[StoredEvent]:
    """Return what was made behind this end: whoever stored it may not have come to tell it."""

    def belongs(event: StoredEvent) -> bool:
        match event:
            case TitleUpdated():
                return event.source == "model" and event.seq > end.seq
            case ChartCreated() | AnswerChecked():
                return event.turn_id == end.turn_id
            case _:
                return False

    return [event for event in record.events if belongs(event)]


def _usage(events: Sequence[StoredEvent]) -> Usage:
    return sum((event.usage for event in events if isinstance(event, ChatResponse)), start=Usage())


def _filled(end: ChatResponse, steps: tuple[MessageCompleted, ...]) -> ChatResponse:
    return filled(end, next((step for step in steps if step.message_id == end.message_id), None))
