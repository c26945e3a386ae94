"""Turns that were asked for in a whisper: others see that one runs and ends, not whose it is, nor anything of it. Pure.

What is told of such a turn is for its asker alone (`audience`); others get it in outline, or not at all.
"""

from typing import TypedDict

from shared.event_log.head import Head, Waiting
from shared.protocol.shapes import SYSTEM, OthersSee, Participant


class Narrow(TypedDict, total=False):
    """The fields of a `NarrowEvent`; empty for an event everyone sees whole."""

    audience: tuple[str, ...]
    others_see: OthersSee


def hidden(only: tuple[str, ...] | None) -> Narrow:
    """Return the fields of an event that `only` may see."""
    return Narrow() if only is None else Narrow(audience=only, others_see="nothing")


def found(head: Head, turn_id: str) -> Waiting | None:
    """Return a turn that runs, waits or is parked; None when it is over, or never was."""
    turns = (head.active_turn, *head.queue, *head.parked, *head.steers)
    return next((turn for turn in turns if turn is not None and turn.turn_id == turn_id), None)


def of_turn(turn: Waiting | None) -> Narrow:
    """Return the fields of what is told of a turn: for others in outline where it was whispered."""
    if turn is None or not turn.whispered:
        return Narrow()
    return Narrow(audience=(turn.asker,), others_see="outline")


def told_actor(turn: Waiting, actor: Participant) -> Participant:
    """Return who is said to have moved the turn, in what everyone is told."""
    return SYSTEM if turn.whispered else actor


def asker_told(turn: Waiting, reader: str | None) -> str:
    """Return the asker as the reader (a principal; None: whoever owns the session) may know them; else nothing."""
    return "" if turn.whispered and reader not in {None, turn.asker} else turn.asker
