"""The part of the fold that concerns turns side by side: who runs, and who waits at which place."""

from collections.abc import Callable
from dataclasses import replace

from shared.protocol.ephemeral import SnapshotFields
from tests.support.folded import Folded, Turn


def floor(state: Folded, event: SnapshotFields) -> Folded:
    """Take who runs and who waits from the head's word."""
    places = {queued.turn_id: queued.position for queued in event.queue}

    def placed(turn: Turn) -> Turn:
        if turn.phase == "ended":
            return turn
        if event.active_turn is not None and turn.turn_id == event.active_turn.turn_id:
            return replace(turn, phase="stopping" if event.active_turn.stopping else "running", position=0)
        if turn.turn_id in event.parked and turn.phase != "stopping":
            return replace(turn, phase="parked", position=0)
        place = places.get(turn.turn_id)
        return turn if place is None else replace(turn, phase="queued", position=place)

    return replace(state, turns=tuple(placed(turn) for turn in state.turns))


def granted(state: Folded, turn_id: str | None) -> Folded:
    """Let the next turn leave the queue and run."""
    if turn_id is None or not any(turn.turn_id == turn_id for turn in state.turns):
        return state
    moved = leave_queue(state, turn_id)
    return in_turn(moved, turn_id, lambda turn: replace(turn, phase="running", position=0))


def leave_queue(state: Folded, turn_id: str) -> Folded:
    """Move everyone up who waits behind a turn that leaves the queue."""
    leaving = next((turn for turn in state.turns if turn.turn_id == turn_id), None)
    if leaving is None or leaving.phase != "queued":
        return state
    turns = tuple(
        replace(turn, position=turn.position - 1)
        if turn.phase == "queued" and turn.position > leaving.position
        else turn
        for turn in state.turns
    )
    return replace(state, turns=turns)


def in_turn(state: Folded, turn_id: str, change: Callable[[Turn], Turn]) -> Folded:
    """Change one turn, made at the end if this is the first word of it."""
    if not any(turn.turn_id == turn_id for turn in state.turns):
        return replace(state, turns=(*state.turns, change(Turn(turn_id=turn_id))))
    return replace(state, turns=tuple(change(turn) if turn.turn_id == turn_id else turn for turn in state.turns))
