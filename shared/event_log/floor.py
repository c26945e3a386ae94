"""Who holds the floor of a conversation: pure transitions of the head, all compare-and-set through its ETag.

::

    free ──ask──► active ──end──► free, or the next of the line becomes active
                    │ask by another turn        ▲
                    ├──► queued ──stop──► gone  │ unused
                    │steer                      │
                    ├──► steer ─────────────────┘ ──used by a model step, or stopped──► gone
                    │park
                    └──► parked ──last card closed──► active, or first of the line

Parking hands the floor over as an end does; `parking.py` has what concerns cards.
"""

from collections.abc import Collection
from dataclasses import dataclass

from shared.event_log.head import Claim, Head, Steer, TurnInQueue, TurnOnFloor, TurnParked, Waiting

MAX_QUEUED = 5
MAX_STEERS = 10
MAX_STEER_CHARACTERS = 16_000
"""What all waiting steers may have together; what goes beyond queues as a turn of its own."""
MAX_UNTOLD = 5
"""Ends that are kept in mind because they may not have been told; the head has to hold them."""
TURN_SECONDS = 120.0
"""Running time a turn may take before it ends as `exhausted`."""
LEAST_SECONDS = 60.0
"""Running time a turn has at least when it goes on after a person's answer: more than its last words take."""
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
    for position, waiting in enumerate(queued(head), start=1):
        if waiting.turn_id == turn_id:
            return Place(position=position)
    return None


def queued(head: Head) -> tuple[TurnInQueue, ...]:
    """Return the turns that have not run yet, in order; those that come back from a card are ahead of them."""
    return tuple(waiting for waiting in head.queue if waiting.left is None)


def returning(head: Head) -> tuple[TurnInQueue, ...]:
    """Return the turns that have their answers and wait to go on, in order."""
    return tuple(waiting for waiting in head.queue if waiting.left is not None)


def is_active(head: Head, turn_id: str) -> bool:
    return head.active_turn is not None and head.active_turn.turn_id == turn_id


def is_full(head: Head) -> bool:
    return head.active_turn is not None and len(queued(head)) >= MAX_QUEUED


def ask(head: Head, turn: TurnInQueue, now: float) -> Head:
    """Give the turn the floor, or a place in the queue. The caller checked `is_full` first."""
    if head.active_turn is not None:
        return head.model_copy(update={"queue": (*head.queue, turn)})
    return activate(head, turn, now)


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
    """Release the floor the turn holds and give it to the next, or take a turn that waits, for whatever, away.

    Steers the turn did not use become turns of their own, ahead of the queue. Its open cards go with it.
    """
    head = head.model_copy(update={"cards": tuple(card for card in head.cards if card.turn_id != turn_id)})
    parked = next((turn for turn in head.parked if turn.turn_id == turn_id), None)
    if parked is not None:
        rest = tuple(turn for turn in head.parked if turn.turn_id != turn_id)
        return watched(_ended(head.model_copy(update={"parked": rest}), parked), now)
    active = head.active_turn
    if active is None or active.turn_id != turn_id:
        line = tuple(waiting for waiting in head.queue if waiting.turn_id != turn_id)
        return used(head.model_copy(update={"queue": line}), {turn_id})
    return hand_over(_ended(head, active), now)


def untold(head: Head, turn: Waiting, now: float) -> Head:
    """Keep in mind that the turn's end still has to be told."""
    kept = (*(other for other in head.untold if other.turn_id != turn.turn_id), turn)
    return watched(head.model_copy(update={"untold": kept[-MAX_UNTOLD:]}), now)


def told(head: Head, turn_id: str, now: float) -> Head:
    rest = tuple(turn for turn in head.untold if turn.turn_id != turn_id)
    return watched(head.model_copy(update={"untold": rest}), now)


def is_untold(head: Head, turn_id: str) -> bool:
    return any(turn.turn_id == turn_id for turn in head.untold)


def hand_over(head: Head, now: float) -> Head:
    """Take the floor from who holds it and give it to the next in line, unused steers ahead of the queue."""
    line = (*returning(head), *(_queued(steer) for steer in head.steers), *queued(head))
    free = head.model_copy(update={"active_turn": None, "steers": (), "queue": ()})
    if not line:
        return watched(free, now)
    following, *rest = line
    return activate(free.model_copy(update={"queue": tuple(rest)}), following, now)


def stop(head: Head, turn_id: str) -> Head:
    """Set the stop flag of the active turn; the flag is never taken back."""
    active = head.active_turn
    if active is None or active.turn_id != turn_id:
        return head
    return head.model_copy(update={"active_turn": active.model_copy(update={"stopping": True})})


def watched(head: Head, now: float) -> Head:
    """Say when the sweeper should look: soon at what runs, has to end or be told, after their time at cards."""
    if head.active_turn is not None or head.untold or any(turn.stopping for turn in head.parked):
        return head.model_copy(update={"claim": Claim(check_after=now + CHECK_SECONDS)})
    if not head.parked:
        return head.model_copy(update={"claim": None})
    soonest = min((card.expires for card in head.cards), default=now)
    return head.model_copy(update={"claim": Claim(check_after=max(now, soonest) + CHECK_SECONDS)})


def activate(head: Head, turn: TurnInQueue, now: float) -> Head:
    """Give the free floor to the turn, for what it has left to run."""
    seconds = TURN_SECONDS if turn.left is None else max(turn.left, LEAST_SECONDS)
    active = TurnOnFloor(
        **turn.known(),
        started=now,
        deadline=now + seconds,
        parkings=turn.parkings,
    )
    return watched(head.model_copy(update={"active_turn": active}), now)


def _ended(head: Head, turn: TurnOnFloor | TurnParked) -> Head:
    """Remember the turn as the last, unless it was parked and that of a later question has ended meanwhile."""
    last = head.last_turn
    if turn.parkings and last is not None and last.question_seq > turn.question_seq:
        return head
    return head.model_copy(update={"last_turn": _queued(turn)})


def _queued(turn: Waiting) -> TurnInQueue:
    return TurnInQueue(
        **turn.known(),
    )
