"""Stopping: what a `turn.stop` appends, and what it sets in motion."""

import asyncio

from shared import ids, whispers
from shared.cards.closing import closed_card
from shared.clock import iso
from shared.commands.desk import CommandDesk
from shared.commands.door import Door
from shared.connection import Answer
from shared.errors import CommandRefused
from shared.event_log import floor, parking
from shared.event_log.head import Head
from shared.event_log.shapes import AlreadyHappened, Appended, Draft, NewEvent
from shared.protocol.cards import CardClosed
from shared.protocol.codes import ErrorCode
from shared.protocol.commands import TurnStop
from shared.protocol.durable import ChatResponse, TurnStopping
from shared.protocol.ephemeral import CommandAccepted
from shared.protocol.events import StoredEvent
from shared.protocol.shapes import Participant
from shared.turns import TurnEngine


async def stop(desk: CommandDesk, engine: TurnEngine, door: Door, command: TurnStop) -> Answer:
    """Stop a turn that runs or waits for a person, or take one out of the line that waits; an ended one stays.

    Raises:
        CommandRefused: there is no such conversation or turn.
        Transient: the webhook is delivered again; stopping twice is stopping once.

    """
    conversation_id, turn_id = door.conversation_id, command.turn_id
    _, grant = await asyncio.gather(door.enter(), desk.people.grant(door.principal, desk.now()))
    now = desk.now().timestamp()
    result = await door.append(lambda head: stopped(head, turn_id, grant.participant(), now))
    match result:
        case Appended(events=events):
            seq = events[0].seq
        case AlreadyHappened(event=event):
            closed = await closed_with(desk, event)
            events, seq = (event, *closed), event.seq
        case _:
            end = await _end(desk, conversation_id, turn_id)
            # A waiting turn is ended right here, so whether its end was told is ours to see to.
            stopped_here = end.status == "stopped" and end.message_id is None
            events, seq = ((end,) if stopped_here else ()), end.seq
    await asyncio.gather(engine.stop(turn_id), desk.publisher.to_conversation(conversation_id, events))
    accepted = CommandAccepted(
        conversation_id=conversation_id, at=iso(desk.now()), command_id=command.command_id, turn_id=turn_id, seq=seq
    )
    return Answer(event=accepted)


def stopped(head: Head, turn_id: str, actor: Participant, now: float) -> Draft | None:
    """Return what stops the turn where it stands; None when it is over, or never was."""
    if floor.is_active(head, turn_id):
        return Draft(events=(stopping_event(head, turn_id, actor),), head=floor.stop(head, turn_id))
    if parking.standing(head, turn_id) != "over":
        events = (stopping_event(head, turn_id, actor), *cancelled_cards(head, turn_id, actor))
        return Draft(events=events, head=parking.abandon(head, turn_id, now))
    if not any(waiting.turn_id == turn_id for waiting in (*head.queue, *head.steers)):
        return None
    narrow = whispers.of_turn(whispers.found(head, turn_id))
    end = ChatResponse(actor=actor, turn_id=turn_id, status="stopped", **narrow)
    return Draft(events=(NewEvent(id=ids.end(turn_id), event=end),), head=floor.end(head, turn_id, 0))


def stopping_event(head: Head, turn_id: str, actor: Participant) -> NewEvent:
    narrow = whispers.of_turn(whispers.found(head, turn_id))
    return NewEvent(id=ids.stopping(turn_id), event=TurnStopping(actor=actor, turn_id=turn_id, **narrow))


def cancelled_cards(head: Head, turn_id: str, actor: Participant) -> tuple[NewEvent, ...]:
    """Return what closes the open cards of a parked turn that `actor` stops."""
    only = whispers.of_turn(whispers.found(head, turn_id)).get("audience")
    own = (card.question_id for card in head.cards if card.turn_id == turn_id)
    return tuple(closed_card(question_id, actor, whispers.hidden(only)) for question_id in own)


async def closed_with(desk: CommandDesk, stopping: StoredEvent) -> list[StoredEvent]:
    """Return the cards that were closed in the batch of the stop."""
    near = await desk.log.events_after(stopping.conversation_id, stopping.seq, parking.MAX_CARDS)
    return [event for event in near if isinstance(event, CardClosed) and event.at == stopping.at]


async def _end(desk: CommandDesk, conversation_id: str, turn_id: str) -> ChatResponse:
    end = await desk.log.event(conversation_id, ids.end(turn_id))
    if not isinstance(end, ChatResponse):
        raise CommandRefused("There is no such turn in this conversation.", code=ErrorCode.TURN_NOT_FOUND)
    return end
