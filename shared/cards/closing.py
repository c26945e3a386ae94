"""Closing cards together with their turn: nobody's answer can count any more."""

from shared import ids
from shared.event_log.shapes import NewEvent
from shared.protocol.cards import CardClosed
from shared.protocol.shapes import Participant
from shared.whispers import Narrow


def closed_card(question_id: str, by: Participant, narrow: Narrow) -> NewEvent:
    """Return the event that cancels a card whose turn `by` has stopped, or that ended; `narrow`: who sees it."""
    call_id = ids.call_of(question_id)
    closed = CardClosed(
        actor=by,
        question_id=question_id,
        turn_id=ids.parse_call(call_id).turn_id,
        call_id=call_id,
        outcome="cancelled",
        **narrow,
    )
    return NewEvent(id=ids.closed(question_id), event=closed)
