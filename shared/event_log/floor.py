"""Who holds the floor of a conversation: pure transitions of the head, all compare-and-set through its ETag.

::

    free ──ask──► active ──end──► free, or the next of the queue becomes active
                    │ask by another turn        ▲
                    ├──► queued ──stop──► gone  │ unused
                    │steer                      │
                    └──► steer ─────────────────┘ ──used by a model step, or stopped──► gone
"""

from collections.abc import Collection
from dataclasses import dataclass

from shared.event_log.head import Claim, Head, Steer, TurnInQueue, TurnOnFloor, Waiting

MAX_QUEUED = 5
MAX_STEERS = 10
MAX_STEER_CHARACTERS = 16_000
"""What all waiting steers may have together; what goes beyond queues as a turn of its own."""
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
    if is_active(head, turn_id):
        return Place(position=0)
    for position, waiting in enumerate(head.queue, start=1):
        if waiting.turn_id == turn_id:
            return Place(position=position)
    return None


def is_active(head: Head, turn_id: str) -> bool:
    return head.active_turn is not None and head.active_turn.turn_id == turn_id


def is_full(head: Head) -> bool:
    return head.active_turn is not None and len(head.queue) >= MAX_QUEUED


def ask(head: Head, turn: TurnInQueue, now: float) -> Head:
    """Give the turn the floor, or a place in the queue. The caller checked `is_full` first."""
    if head.active_turn is not None:
        return head.model_copy(update={"queue": (*head.queue, turn)})
    return _activate(head, turn, now)


def takes_steer(head: Head, characters: int) -> bool:
    """Tell whether the active turn can still take a message of that length."""
    active = head.active_turn
    if active is None or active.stopping or len(head.steers) >= MAX_STEERS:
        return False
    return sum(steer.characters for steer in head.steers) + characters <= MAX_STEER_CHARACTERS


def steer(head: Head, message: Steer) -> Head:
    """Leave a message for the active turn. The caller checked `takes_steer` first."""
    return head.model_copy(update={"steers": (*head.steers, message)})


def used(head: Head, turn_ids: Collection[str]) -> Head:
    """Take the steers away that a model step has read; each is named by the turn it would have become."""
    rest = tuple(steer for steer in head.steers if steer.turn_id not in turn_ids)
    return head.model_copy(update={"steers": rest})


def end(head: Head, turn_id: str, now: float) -> Head:
    """Release the floor the turn holds and give it to the next, or take a turn that waits out of the line.

    Steers the turn did not use become turns of their own, ahead of the queue.
    """
    active = head.active_turn
    if active is None or active.turn_id != turn_id:
        rest = tuple(waiting for waiting in head.queue if waiting.turn_id != turn_id)
        return used(head.model_copy(update={"queue": rest}), {turn_id})
    line = (*(_queued(steer) for steer in head.steers), *head.queue)
    ended = head.model_copy(update={"steers": (), "last_turn": _queued(active)})
    if not line:
        return ended.model_copy(update={"active_turn": None, "claim": None})
    following, *rest = line
    return _activate(ended.model_copy(update={"queue": tuple(rest)}), following, now)


def stop(head: Head, turn_id: str) -> Head:
    """Set the stop flag of the active turn; the flag is never taken back."""
    active = head.active_turn
    if active is None or active.turn_id != turn_id:
        return head
    return head.model_copy(update={"active_turn": active.model_copy(update={"stopping": True})})


def check_again(head: Head, now: float) -> Head:
    """Let the sweeper look again later."""
    return head.model_copy(update={"claim": Claim(check_after=now + CHECK_SECONDS)})


def _queued(turn: Waiting) -> TurnInQueue:
    return TurnInQueue(turn_id=turn.turn_id, asker=turn.asker, team=turn.team, question_seq=turn.question_seq)


def _activate(head: Head, turn: Waiting, now: float) -> Head:
    active = TurnOnFloor(
        turn_id=turn.turn_id,
        asker=turn.asker,
        team=turn.team,
        question_seq=turn.question_seq,
        started=now,
        deadline=now + TURN_SECONDS,
    )
    return head.model_copy(update={"active_turn": active, "claim": Claim(check_after=now + CHECK_SECONDS)})
