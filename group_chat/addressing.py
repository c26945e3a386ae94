"""Whether a message in a group is for the coach: pure. The coach answers when it is spoken to, and never itself."""

from dataclasses import dataclass

from group_chat.spoken_to import names_coach
from shared.event_log.head import GroupState
from shared.protocol.shapes import COACH

FOLLOW_UP_SECONDS = 120.0
"""How long the coach goes on listening to whom it answered, where the group wants that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """What somebody says: `mentions` are principals or `coach`, `to` likewise; `replies_to` wrote what it answers."""

    author: str
    text: str
    mentions: tuple[str, ...] = ()
    to: tuple[str, ...] = ()
    replies_to: str | None = None
    query: bool = False
    """Sent as a question to the coach, by a client that knows no other messages."""


def addressed(said: Spoken, group: GroupState, now: float) -> bool:
    """Tell whether the coach is to answer. A whisper to people is theirs alone, whatever stands in it."""
    if said.author == COACH.id:
        return False
    if said.to:
        return COACH.id in said.to
    if said.query or COACH.id in said.mentions or said.replies_to == COACH.id:
        return True
    return names_coach(said.text) or group.members == 1 or follows_up(said, group, now)


def follows_up(said: Spoken, group: GroupState, now: float) -> bool:
    """Tell whether it goes on with what the coach just answered the same person, with nobody else in between."""
    if not group.settings.follow_up or group.coach_spoke_at is None or group.coach_spoke_to != said.author:
        return False
    return now - group.coach_spoke_at <= FOLLOW_UP_SECONDS and not speaks_to_people(said)


def speaks_to_people(said: Spoken) -> bool:
    """Tell whether it is addressed to some person."""
    to_people = any(name != COACH.id for name in (*said.mentions, *said.to))
    return to_people or said.replies_to not in {None, COACH.id, said.author}
