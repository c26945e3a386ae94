"""Who types and who is here: told to the others at once, throttled per person, and never stored."""

import math
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from group_chat.dependencies import GroupDependencies
from group_chat.door import GroupDoor
from group_chat.group_state import group_of
from group_chat.roles import WRITERS
from shared.clock import iso
from shared.connection import Answer, Connection
from shared.errors import PublishFailed
from shared.protocol.ephemeral import CommandAccepted
from shared.protocol.group import Presence, Typing
from shared.protocol.group_commands import PresenceCommand, TypingCommand

TYPING_SECONDS = 3.0
MAX_TYPING_MEMBERS = 12
"""In larger groups nobody is told who types."""
PRESENCE_SECONDS = 10.0
"""Less than the 20 s in which a client says it again, so that none of those is lost; a lease holds 60 s."""
PEOPLE_KEPT = 20_000


class Throttle:
    """Lets the same thing of one person through once in so many seconds, in this process."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._last: OrderedDict[tuple[str, str, str], tuple[str, float]] = OrderedDict()

    def lets(self, kind: str, group_id: str, principal: str, state: str, seconds: float) -> bool:
        """Tell whether it may pass: another `state` than the last always may."""
        key, now = (kind, group_id, principal), self._now().timestamp()
        last_state, last_at = self._last.get(key, ("", -math.inf))
        if last_state == state and now - last_at < seconds:
            return False
        self._last[key] = (state, now)
        self._last.move_to_end(key)
        if len(self._last) > PEOPLE_KEPT:
            self._last.popitem(last=False)
        return True


async def typing(deps: GroupDependencies, throttle: Throttle, connection: Connection, command: TypingCommand) -> Answer:
    """Tell the others that somebody types, or no longer; nobody is told of observers or in large groups.

    Raises:
        CommandRefused, NotAllowed: it is not their group, or their sign-in is too old.

    """
    principal, group_id = connection.state.principal, command.conversation_id
    access = await GroupDoor(deps.gate, principal, group_id).access()
    group = group_of(access.known.head)
    writes = access.member.role in WRITERS and not access.known.head.archived
    if writes and group.members <= MAX_TYPING_MEMBERS:
        state = "on" if command.on else "off"
        if throttle.lets("typing", group_id, principal, state, TYPING_SECONDS):
            grant = await deps.people.recent_grant(principal, deps.now())
            told = Typing(conversation_id=group_id, participant=grant.participant(), on=command.on)
            with suppress(PublishFailed):
                await deps.publisher.to_others(group_id, principal, told)
    return _accepted(deps, group_id, command.command_id)


async def presence(
    deps: GroupDependencies, throttle: Throttle, connection: Connection, command: PresenceCommand
) -> Answer:
    """Tell the others that somebody is here, or away.

    Raises:
        CommandRefused, NotAllowed: it is not their group, or their sign-in is too old.

    """
    principal, group_id = connection.state.principal, command.conversation_id
    await GroupDoor(deps.gate, principal, group_id).access()
    if throttle.lets("presence", group_id, principal, command.state, PRESENCE_SECONDS):
        grant = await deps.people.recent_grant(principal, deps.now())
        told = Presence(conversation_id=group_id, participant=grant.participant(), state=command.state)
        with suppress(PublishFailed):
            await deps.publisher.to_others(group_id, principal, told)
    return _accepted(deps, group_id, command.command_id)


def _accepted(deps: GroupDependencies, group_id: str, command_id: str | None) -> Answer:
    return Answer(event=CommandAccepted(conversation_id=group_id, at=iso(deps.now()), command_id=command_id))
