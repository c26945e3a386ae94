"""When the coach may speak in a group without being asked: the limits, and who waits for a quiet moment.

The wait is a durable timer, one for each message after which the coach might speak; only the one after the last message
comes to anything.
"""

from dataclasses import dataclass
from typing import Protocol

from shared.event_log.head import Head
from shared.turns import Message, TurnEngine

AMBIENT = "ambient"
QUIET_SECONDS = 8.0
"""How long nobody has written before the coach thinks of speaking."""
COOL_DOWN_SECONDS = 90.0
"""How long it is silent after it spoke, asked or not."""
MESSAGES_BETWEEN = 6
"""How many messages people write before it speaks unasked again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListenRequest(Message):
    """Wait for quiet in the group after the message at `seq`.

    `role` is the app role to which its author narrowed theirs, `time_zone` (IANA) where they are: what the coach says
    to them unasked, it says with these.
    """

    group_id: str
    seq: int
    role: str | None = None
    time_zone: str | None = None


class GroupEngine(TurnEngine, Protocol):
    """Runs turns, and waits for quiet."""

    async def listen(self, request: ListenRequest) -> None:
        """Begin to wait, unless that was begun.

        Raises:
            StoreUnavailable: the engine could not be reached.

        """
        ...


def may_listen(head: Head, now: float) -> bool:
    """Tell whether the coach might speak once it has been quiet: if not even then, nobody need wait for it."""
    return may_speak_by(head, now + QUIET_SECONDS)


def may_speak_by(head: Head, now: float) -> bool:
    """Tell whether the group wants it, nothing is being answered, and it neither spoke lately nor too often."""
    group = head.group
    if group is None or not group.settings.ambient or head.archived or group.members <= 1:
        return False
    if head.active_turn is not None or head.queue:
        return False
    rested = group.coach_spoke_at is None or now - group.coach_spoke_at >= COOL_DOWN_SECONDS
    return rested and group.spoken_since >= MESSAGES_BETWEEN
