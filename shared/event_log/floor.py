"""Who holds the floor of a conversation: pure transitions of the head, all compare-and-set through its ETag.

::

    free ──ask──► active ──end──► free, or the next of the queue becomes active
                    │ask by another turn
                    └──► queued ──stop──► gone
"""

from dataclasses import dataclass

from shared.event_log.head import Claim, Head, TurnInQueue, TurnOnFloor

MAX_QUEUED = 5
TURN_SECONDS = 120.0
"""Running time a turn may take before it ends as `exhausted`."""
CHECK_SECONDS = 30.0
"""How long the sweeper leaves a turn alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a turn stands: 0 is active, from 1 on it waits."""

    position: int


def place_of(head: Head, turn_id: str) -> Place | None:
    """Return where the turn stands, or None when it is neither active nor queued."""
    if head.active_turn is not None and head.active_turn.turn_id == turn_id:
        return Place(position=0)
    for position, waiting in enumerate(head.queue, start=1):
        if waiting.turn_id == turn_id:
            return Place(position=position)
    return None


def is_full(head: Head) -> bool:
    return head.active_turn is not None and len(head.queue) >= MAX_QUEUED


def ask(head: Head, *, turn_id: str, asker: str, question_seq: int, now: float) -> Head:
    """Give the turn the floor, or a place in the queue. The caller checked `is_full` first."""
    waiting = TurnInQueue(turn_id=turn_id, asker=asker, question_seq=question_seq)
    if head.active_turn is not None:
        return head.model_copy(update={"queue": (*head.queue, waiting)})
    return _activate(head, waiting, now)


def end(head: Head, turn_id: str, now: float) -> Head:
    """Release the floor the turn holds and give it to the next in the queue, or take the turn out of the queue."""
    if head.active_turn is None or head.active_turn.turn_id != turn_id:
        rest = tuple(waiting for waiting in head.queue if waiting.turn_id != turn_id)
        return head.model_copy(update={"queue": rest})
    if not head.queue:
        return head.model_copy(update={"active_turn": None, "claim": None})
    following, *rest = head.queue
    return _activate(head.model_copy(update={"queue": tuple(rest)}), following, now)


def stop(head: Head, turn_id: str) -> Head:
    """Set the stop flag of the active turn; the flag is never taken back."""
    active = head.active_turn
    if active is None or active.turn_id != turn_id:
        return head
    return head.model_copy(update={"active_turn": active.model_copy(update={"stopping": True})})


def check_again(head: Head, now: float) -> Head:
    """Let the sweeper look again later."""
    return head.model_copy(update={"claim": Claim(check_after=now + CHECK_SECONDS)})


def _activate(head: Head, turn: TurnInQueue, now: float) -> Head:
    active = TurnOnFloor(
        turn_id=turn.turn_id,
        asker=turn.asker,
        question_seq=turn.question_seq,
        started=now,
        deadline=now + TURN_SECONDS,
    )
    return head.model_copy(update={"active_turn": active, "claim": Claim(check_after=now + CHECK_SECONDS)})
