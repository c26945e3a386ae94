"""A member's way into their group, and what each role may do there."""

from collections.abc import Callable

from group_chat.group_state import group_of
from group_chat.roles import WRITERS
from shared.access import GroupAccess, GroupGate
from shared.audience import for_reader, reader_of
from shared.errors import CommandRefused
from shared.event_log.documents import MemberDocument
from shared.event_log.head import Head, VersionedHead
from shared.event_log.shapes import AppendResult, Decide, Draft
from shared.protocol.codes import ErrorCode
from shared.protocol.durable import Withheld
from shared.protocol.events import StoredEvent

OBSERVES = "You observe this group: you can read, but not write or react. Its owner can make you a member."
ARCHIVED = "This group is archived: it can be read, but nobody writes in it any more."

type Check = Callable[[Head, MemberDocument], None]
"""Raises `CommandRefused` where somebody may not."""


def may_belong(head: Head, member: MemberDocument) -> None:
    """Let everyone through who belongs to the group."""
    del head, member


def may_write(head: Head, member: MemberDocument) -> None:
    if member.role not in WRITERS:
        raise CommandRefused(OBSERVES, code=ErrorCode.FORBIDDEN)
    if head.archived:
        raise CommandRefused(ARCHIVED, code=ErrorCode.GROUP_ARCHIVED)


class GroupDoor:
    """One member at the door of a group; `check` says what they must be allowed for what they do."""

    def __init__(self, gate: GroupGate, principal: str, group_id: str, check: Check = may_belong) -> None:
        self._gate = gate
        self._check = check
        self._access: GroupAccess | None = None
        self.principal = principal
        self.conversation_id = group_id

    async def enter(self) -> VersionedHead:
        return (await self.access()).known

    async def access(self, *, anew: bool = False) -> GroupAccess:
        """Return what the person is in the group, on the head this process saw last, or on one just read.

        Raises:
            CommandRefused: with `conversation_not_found`.

        """
        gate, principal, group_id = self._gate, self.principal, self.conversation_id
        found = await (gate.access(principal, group_id) if anew else gate.access_to_append(principal, group_id))
        self._access = found
        return found

    async def append(self, decide: Decide) -> AppendResult:
        def allowed(head: Head, member: MemberDocument) -> Draft | None:
            self._check(head, member)
            return decide(head)

        return await self._gate.append(self.principal, self.conversation_id, allowed)

    def sees(self, event: StoredEvent) -> bool:
        if self._access is None:
            return False
        reader = reader_of(self._access.member, group_of(self._access.known.head))
        return not isinstance(for_reader(event, reader), Withheld)
