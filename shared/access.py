"""The one gate to a conversation. Its answer holds only for the head it was made on."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from weakref import WeakValueDictionary

from shared import ids
from shared.errors import StoreUnavailable
from shared.event_log.documents import MemberDocument
from shared.event_log.head import Head, VersionedHead
from shared.event_log.log import EventLog, conversation_not_found
from shared.event_log.shapes import AppendResult, Draft
from shared.members import Members

_MAX_EPOCHS = 10


async def access_session(log: EventLog, principal: str, session_id: str) -> VersionedHead:
    """Return the head of a session that belongs to `principal`.

    Raises:
        CommandRefused: with `conversation_not_found`, alike for a foreign and a missing session.

    """
    if not ids.is_session(session_id):
        raise conversation_not_found()
    head = await log.head(session_id)
    if head.head.owner != principal:
        raise conversation_not_found()
    return head


async def access_to_append(log: EventLog, principal: str, session_id: str) -> VersionedHead:
    """Return the head of a session of `principal` to append on: as this process saw it last, if it did.

    Whoever appends on it checks the owner again in their decision, which is made anew when the head has changed.

    Raises:
        CommandRefused: with `conversation_not_found`, alike for a foreign and a missing session.

    """
    known = log.memory.head(session_id) if ids.is_session(session_id) else None
    if known is not None and known.head.owner == principal:
        return known
    return await access_session(log, principal, session_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupAccess:
    """Somebody may read, and by their `member.role` write, a group; the answer holds in the head's epoch only."""

    known: VersionedHead
    member: MemberDocument

    def holds_for(self, head: Head) -> bool:
        return head.epoch == self.known.head.epoch


type DecideAsMember = Callable[[Head, MemberDocument], Draft | None]


class GroupGate:
    """The one gate to groups. Foreign groups, and those one no longer belongs to, look like missing ones."""

    def __init__(self, log: EventLog, members: Members) -> None:
        self._log = log
        self._lines: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self.members = members

    async def access(self, principal: str, group_id: str) -> GroupAccess:
        """Return what `principal` is in the group, on a head just read.

        Raises:
            CommandRefused: with `conversation_not_found`.
            StoreUnavailable: try again.

        """
        if not ids.is_group(group_id):
            raise conversation_not_found()
        return await self._on(principal, group_id, await self._log.head(group_id))

    async def access_to_append(self, principal: str, group_id: str) -> GroupAccess:
        """Return the same on the head this process saw last; whoever appends has it checked again by `append`.

        Raises:
            CommandRefused: with `conversation_not_found`.
            StoreUnavailable: try again.

        """
        known = self._log.memory.head(group_id) if ids.is_group(group_id) else None
        if known is not None:
            member = self.members.known(group_id, principal, known.head.epoch)
            if member is not None and member.state == "member":
                return GroupAccess(known=known, member=member)
        return await self.access(principal, group_id)

    async def append(self, principal: str, group_id: str, decide: DecideAsMember) -> AppendResult:
        """Append what `decide` makes of the newest head and of what the person is in its epoch.

        What this process appends to a group stands in line, for it would only race with itself: each appends on the
        head the one before left, and meets 412 only for what other processes append.

        Raises:
            CommandRefused: from `decide`, or with `conversation_not_found`.
            StoreUnavailable: try again.

        """
        async with self._lines.setdefault(group_id, asyncio.Lock()):
            return await self._append(principal, group_id, decide)

    async def _append(self, principal: str, group_id: str, decide: DecideAsMember) -> AppendResult:
        access = await self.access_to_append(principal, group_id)
        for _ in range(_MAX_EPOCHS):
            on = _OnEpoch(access, decide)
            result = await self._log.append(group_id, on.decide, known=access.known)
            if not on.moved:
                return result
            access = await self.access(principal, group_id)
        raise StoreUnavailable("The members of the group change all the time. Nothing was changed; try again.")

    async def _on(self, principal: str, group_id: str, known: VersionedHead) -> GroupAccess:
        member = await self.members.one(group_id, principal, known.head.epoch)
        if member is None or member.state != "member":
            raise conversation_not_found()
        return GroupAccess(known=known, member=member)


@dataclass(slots=True)
class _OnEpoch:
    """Decides only on heads of the epoch in which the access was given."""

    access: GroupAccess
    wrapped: DecideAsMember
    moved: bool = False

    def decide(self, head: Head) -> Draft | None:
        self.moved = not self.access.holds_for(head)
        return None if self.moved else self.wrapped(head, self.access.member)
