"""Opening a call's cards: stored before they are shown, in the batch in which the turn leaves the floor."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from orchestration.call_cards import Kept
from orchestration.dependencies import TurnDependencies
from orchestration.handover import following, handover_events, return_steers
from orchestration.messages import CallRequest
from shared import ids
from shared.cards.fence import fence_of
from shared.clock import iso
from shared.event_log import parking
from shared.event_log.head import Head, OpenCard, Steer
from shared.event_log.shapes import Appended, Draft, NewEvent, Record
from shared.protocol.cards import CardKind, CardOpened, TurnParked
from shared.protocol.events import StoredEvent
from shared.protocol.shapes import COACH, SYSTEM, ToolCallPart
from shared.tools.catalog_document import ExpiryName
from shared.turns import TurnEngine, set_going
from shared.whispers import Narrow

_HOUR = 3600.0
EXPIRY_S: dict[ExpiryName, float] = {"read": 24 * _HOUR, "write": 24 * _HOUR, "external_send": _HOUR}
INPUT_EXPIRY_S = 24 * _HOUR
SIGN_IN_EXPIRY_S = 600.0
LIVE_EXPIRY_S = 60.0

type Opening = Literal["opened", "no_room", "not_now"]
"""No room: for so many questions. Not now: the turn is over, or another execution opened them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A card to open: what is asked, for how many seconds, and what is kept for the call."""

    question_id: str
    kind: CardKind
    message: str
    expires_s: float
    kept: Kept
    arguments: str | None = None
    schema: str | None = None
    url: str | None = None
    because: tuple[str, ...] | None = None


def card_event(request: CallRequest, part: ToolCallPart, ask: Ask, now: datetime, narrow: Narrow) -> NewEvent:
    """Return the event that opens the card; `narrow` says who else than its owner sees what of it."""
    opened = CardOpened(
        actor=COACH,
        question_id=ask.question_id,
        turn_id=ids.parse_call(request.call_id).turn_id,
        call_id=request.call_id,
        kind=ask.kind,
        owner=request.asker,
        server=part.server,
        tool=part.tool,
        message=ask.message,
        arguments=ask.arguments,
        schema=ask.schema,
        url=ask.url,
        fence=fence_of(ask.question_id, ask.arguments, ask.schema),
        expires_at=iso(now + timedelta(seconds=ask.expires_s)),
        because=ask.because,
        **narrow,
    )
    return NewEvent(id=ids.opened(ask.question_id), event=opened, private_text=ask.kept.model_dump_json())


def entry_of(request: CallRequest, ask: Ask, now: datetime) -> OpenCard:
    """Return the card as the head lists it."""
    turn_id = ids.parse_call(request.call_id).turn_id
    return OpenCard(question_id=ask.question_id, turn_id=turn_id, expires=now.timestamp() + ask.expires_s)


async def open_cards(
    deps: TurnDependencies,
    engine: TurnEngine,
    request: CallRequest,
    part: ToolCallPart,
    asks: Sequence[Ask],
    narrow: Narrow,
) -> Opening:
    """Open the cards, park the turn, tell both, and start what has the floor now.

    Raises:
        StoreUnavailable, PublishFailed: the engine runs the call again, which finds the cards and tells them.

    """
    now = deps.now()
    turn_id = ids.parse_call(request.call_id).turn_id
    events = [card_event(request, part, ask, now, narrow) for ask in asks]
    entries = [entry_of(request, ask, now) for ask in asks]
    refused = False
    steers: tuple[Steer, ...] = ()

    def decide(head: Head) -> Draft | None:
        nonlocal refused, steers
        refused = not parking.may_wait(head, turn_id, len(asks))
        if refused or parking.standing(head, turn_id) != "runs":
            return None
        after = parking.park(head, turn_id, entries, now.timestamp())
        steers = head.steers if not after.steers else ()
        return Draft(events=(*events, *_parking_events(head, after, turn_id)), head=after)

    result = await deps.log.append(request.conversation_id, decide)
    if isinstance(result, Appended):
        await tell_parking(deps, engine, request, result.events, result.head.head)
        await return_steers(deps.publisher, request.conversation_id, turn_id, steers)
        return "opened"
    return "no_room" if refused else "not_now"


async def tell_again(
    deps: TurnDependencies, engine: TurnEngine, request: CallRequest, record: Record, opened: CardOpened
) -> None:
    """Tell what was appended with a card that is open: whoever appended it may not have come to that."""
    batch = [event for event in record.events if event.at == opened.at and event.seq >= opened.seq]
    await tell_parking(deps, engine, request, batch, record.head.head)


async def tell_parking(
    deps: TurnDependencies, engine: TurnEngine, request: CallRequest, events: Sequence[StoredEvent], head: Head
) -> None:
    """Publish the batch, and start the turn that got the floor in it if it still has it."""
    await deps.publisher.to_conversation(request.conversation_id, events)
    next_turn_id = next((event.next_turn_id for event in events if isinstance(event, TurnParked)), None)
    await set_going(engine, request.conversation_id, head, only=next_turn_id)


def _parking_events(before: Head, after: Head, turn_id: str) -> list[NewEvent]:
    turn = parking.parked_turn(after, turn_id)
    if turn is None or turn == parking.parked_turn(before, turn_id):
        return []
    parked = TurnParked(actor=SYSTEM, turn_id=turn_id, next_turn_id=following(before, after))
    return [NewEvent(id=ids.parked(turn_id, turn.parkings), event=parked), *handover_events(before, after)]
