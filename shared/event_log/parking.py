"""Turns that wait for a person: pure transitions of the head, beside those of `floor.py`.

A turn that opens a card leaves the floor to others. When its last card is closed it takes the free floor, or comes
first in line. Of its calls, those that need nobody's word may go on meanwhile.
"""

from collections.abc import Sequence
from typing import Literal

from shared.event_log import floor
from shared.event_log.head import Head, OpenCard, TurnInQueue, TurnParked, Waiting

MAX_PARKED = 5
MAX_CARDS = 20
"""Open cards of one conversation; the head has to hold them."""


def standing(head: Head, turn_id: str) -> Literal["runs", "stopping", "over"]:
    """Tell whether what a call of the turn does still counts: the turn is active, parked, or about to go on."""
    if floor.is_active(head, turn_id):
        return "stopping" if head.active_turn and head.active_turn.stopping else "runs"
    parked = parked_turn(head, turn_id)
    if parked is not None:
        return "stopping" if parked.stopping else "runs"
    return "runs" if any(turn.turn_id == turn_id for turn in floor.returning(head)) else "over"


def parked_turn(head: Head, turn_id: str) -> TurnParked | None:
    return next((turn for turn in head.parked if turn.turn_id == turn_id), None)


def times_parked(head: Head, turn_id: str) -> int:
    """Return how often the turn has waited for a person so far; 0 too when it is over."""
    turns = (head.active_turn, *head.parked, *floor.returning(head))
    return next((turn.parkings for turn in turns if turn is not None and turn.turn_id == turn_id), 0)


def may_wait(head: Head, turn_id: str, cards: int) -> bool:
    """Tell whether the turn may open so many cards; there is a limit to what a person is asked at once."""
    more = 0 if parked_turn(head, turn_id) else 1
    return len(head.parked) + more <= MAX_PARKED and has_room(head, cards)


def has_room(head: Head, cards: int) -> bool:
    return len(head.cards) + cards <= MAX_CARDS


def park(head: Head, turn_id: str, cards: Sequence[OpenCard], now: float) -> Head:
    """Have the turn wait for the cards' answers; if it held the floor, the next in line gets it.

    The caller checked `standing` and `may_wait` first.
    """
    head = head.model_copy(update={"cards": (*head.cards, *cards)})
    active = head.active_turn
    if active is not None and active.turn_id == turn_id:
        waiting = _parked(active, active.deadline - now, active.parkings)
        return floor.hand_over(head.model_copy(update={"parked": (*head.parked, waiting)}), now)
    return floor.watched(_aside(head, turn_id), now)


def show(head: Head, card: OpenCard) -> Head:
    """Note a card whose call waits for the answer without leaving the floor."""
    return head.model_copy(update={"cards": (*head.cards, card)})


def close(head: Head, question_id: str, now: float) -> Head:
    """Take the card away; a parked turn that waits for no other goes on as soon as it can have the floor."""
    card = next((card for card in head.cards if card.question_id == question_id), None)
    if card is None:
        return head
    head = head.model_copy(update={"cards": tuple(other for other in head.cards if other != card)})
    turn = parked_turn(head, card.turn_id)
    if turn is None or turn.stopping or any(other.turn_id == card.turn_id for other in head.cards):
        return floor.watched(head, now)
    back = TurnInQueue(
        **turn.known(),
        left=turn.left,
        parkings=turn.parkings,
    )
    head = head.model_copy(update={"parked": tuple(other for other in head.parked if other != turn)})
    if head.active_turn is None:
        return floor.activate(head, back, now)
    return head.model_copy(update={"queue": (*floor.returning(head), back, *floor.queued(head))})


def abandon(head: Head, turn_id: str, now: float) -> Head:
    """Set the stop flag of a turn that is parked or about to go on; it never gets the floor again, and ends off it."""
    head = _aside(head, turn_id)
    parked = tuple(
        turn.model_copy(update={"stopping": True}) if turn.turn_id == turn_id else turn for turn in head.parked
    )
    cards = tuple(card for card in head.cards if card.turn_id != turn_id)
    return floor.watched(head.model_copy(update={"parked": parked, "cards": cards}), now)


def _aside(head: Head, turn_id: str) -> Head:
    """Take a turn that is about to go on out of the line again."""
    back = next((turn for turn in floor.returning(head) if turn.turn_id == turn_id), None)
    if back is None:
        return head
    waiting = _parked(back, back.left or 0.0, back.parkings)
    line = tuple(turn for turn in head.queue if turn != back)
    return head.model_copy(update={"queue": line, "parked": (*head.parked, waiting)})


def _parked(turn: Waiting, left: float, parkings: int) -> TurnParked:
    return TurnParked(
        **turn.known(),
        left=max(0.0, left),
        parkings=parkings + 1,
    )
