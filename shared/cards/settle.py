"""Closing a card: whoever comes first counts, and the turn goes on when it waits for no other."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from shared import ids
from shared.errors import CommandRefused
from shared.event_log import floor, parking
from shared.event_log.head import Head
from shared.event_log.log import EventLog
from shared.event_log.shapes import AlreadyHappened, Appended, Declined, Draft, NewEvent
from shared.protocol.cards import CardClosed, CardOpened, CardOutcome, TurnResumed
from shared.protocol.codes import ErrorCode
from shared.protocol.events import StoredEvent
from shared.protocol.shapes import SYSTEM, Participant
from shared.publisher import Publisher
from shared.turns import TurnEngine, set_going
from shared.whispers import told_actor

NO_SUCH_CARD = "There is no such question in this conversation."
TOO_LATE = "Nobody answered this question in time. Ask the coach again."


@dataclass(frozen=True, slots=True, kw_only=True)
class CardDesk:
    """What closing a card works with."""

    log: EventLog
    publisher: Publisher
    now: Callable[[], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What became of a card, and by whom. `values` (JSON text of what a form was filled in with) stay private."""

    outcome: CardOutcome
    by: Participant
    arguments: str | None = None
    values: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """The card as it was closed. `first`: by this decision, not by one before it."""

    closed: CardClosed
    first: bool


async def answer_card(
    desk: CardDesk, engine: TurnEngine, conversation_id: str, question_id: str, decision: Decision
) -> Settled:
    """Close an open card of `decision.by`, as accepted say; the caller checked what the decision is made of.

    Raises:
        CommandRefused: there is no such card, it is somebody else's, or its time is over.
        Transient: try again; a card is closed once.

    """
    card = await card_of(desk.log, conversation_id, question_id)
    if card.owner != decision.by.id:
        raise CommandRefused(NO_SUCH_CARD, code=ErrorCode.QUESTION_NOT_FOUND)
    return await close_card(desk, engine, card, decision)


async def expire_card(desk: CardDesk, engine: TurnEngine, conversation_id: str, question_id: str) -> Settled:
    """Close a card nobody answered; nothing happens to one that was.

    Raises:
        CommandRefused: there is no such card.
        Transient: try again.

    """
    card = await card_of(desk.log, conversation_id, question_id)
    return await close_card(desk, engine, card, Decision(outcome="expired", by=SYSTEM))


async def card_of(log: EventLog, conversation_id: str, question_id: str) -> CardOpened:
    """Return the card.

    Raises:
        CommandRefused: there is none.

    """
    card = await log.event(conversation_id, ids.opened(question_id))
    if not isinstance(card, CardOpened):
        raise CommandRefused(NO_SUCH_CARD, code=ErrorCode.QUESTION_NOT_FOUND)
    return card


async def close_card(desk: CardDesk, engine: TurnEngine, card: CardOpened, decision: Decision) -> Settled:
    """Close the card if it is open, tell it, and move its turn on; else return how it was closed."""
    conversation_id = card.conversation_id
    closed = CardClosed(
        actor=decision.by,
        question_id=card.question_id,
        turn_id=card.turn_id,
        call_id=card.call_id,
        outcome=decision.outcome,
        arguments=decision.arguments,
        note=decision.note,
        audience=card.audience,
        others_see=card.others_see,
    )
    now = desk.now().timestamp()
    result = await desk.log.append(conversation_id, lambda head: _close(head, closed, decision.values, now))
    match result:
        case Appended(events=events, head=head):
            settled = Settled(closed=_closed_in(events), first=True)
        case AlreadyHappened(head=head) | Declined(head=head):
            events = await _told_before(desk.log, card, head.head)
            settled = Settled(closed=_closed_in(events), first=False)
    going = set_going(engine, conversation_id, head.head, only=card.turn_id)
    await asyncio.gather(going, desk.publisher.to_conversation(conversation_id, events))
    return settled


def _close(head: Head, closed: CardClosed, values: str | None, now: float) -> Draft | None:
    card = next((card for card in head.cards if card.question_id == closed.question_id), None)
    if card is None:
        return None
    if closed.outcome != "expired" and card.expires <= now:
        raise CommandRefused(TOO_LATE, code=ErrorCode.QUESTION_CLOSED)
    after = parking.close(head, closed.question_id, now)
    events = [NewEvent(id=ids.closed(closed.question_id), event=closed, private_text=values)]
    active = after.active_turn
    if active is not None and active != head.active_turn:
        resumed = TurnResumed(actor=told_actor(active, closed.actor), turn_id=active.turn_id)
        events.append(NewEvent(id=ids.resumed(active.turn_id, active.parkings), event=resumed))
    return Draft(events=tuple(events), head=after)


async def _told_before(log: EventLog, card: CardOpened, head: Head) -> tuple[StoredEvent, ...]:
    """Return what closing the card stored when it was closed: whoever did may not have come to tell it."""
    closed = await log.event(card.conversation_id, ids.closed(card.question_id))
    active = head.active_turn
    resumed = None
    if active is not None and floor.is_active(head, card.turn_id) and active.parkings:
        resumed = await log.event(card.conversation_id, ids.resumed(card.turn_id, active.parkings))
    return tuple(event for event in (closed, resumed) if event is not None)


def _closed_in(events: tuple[StoredEvent, ...]) -> CardClosed:
    closed = next((event for event in events if isinstance(event, CardClosed)), None)
    if closed is None:
        raise CommandRefused(NO_SUCH_CARD, code=ErrorCode.QUESTION_NOT_FOUND)
    return closed
