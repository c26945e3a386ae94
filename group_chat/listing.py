"""A person's groups: those they belong to and those they are invited to, the last active first.

Entries of the person's own partition say which groups to look at; what the person is in them, and whether they are, say
the groups. So nothing is written per message, and a list never shows what is not so.
"""

import asyncio
from dataclasses import dataclass

from group_chat.dependencies import GroupDependencies
from group_chat.group_state import group_of
from shared import ids
from shared.audience import reader_of
from shared.event_log.documents import MemberDocument
from shared.event_log.head import Head
from shared.event_log.log import conversation_not_found
from shared.protocol.group import GroupMember, GroupRole, GroupSettings
from shared.protocol.shapes import Participant, Shape

_AT_ONCE = 5


class GroupSummary(Shape):
    """One line of the list. `people` counts who belongs; of an invitation, `invited_by` is the name of who made it.

    `read_seq` is how far they have read, `unread` counts messages of others the person may see beyond it and up to
    `seq`, 100 at most.
    """

    group_id: str
    title: str
    updated_at: str
    role: GroupRole
    invited: bool
    invited_by: str | None
    people: int
    unread: int
    seq: int
    read_seq: int
    archived: bool


class GroupPage(Shape):
    """Groups, the last active first; `next` continues with others."""

    groups: tuple[GroupSummary, ...]
    next: str | None


class GroupDetails(GroupSummary):
    """A group as it is known to somebody who belongs to it or is invited."""

    description: str
    settings: GroupSettings
    created_at: str
    epoch: int


class GroupMembers(Shape):
    """Who belongs to the group or is invited, as it is in that epoch."""

    epoch: int
    members: tuple[GroupMember, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mine:
    """A group of a person, as it is and with what they are in it."""

    group_id: str
    head: Head
    member: MemberDocument
    read_seq: int

    @property
    def order(self) -> str:
        return f"{self.head.updated_at}.{self.group_id}"


async def list_groups(
    deps: GroupDependencies, principal: str, *, before: str | None, limit: int, archived: bool = False
) -> GroupPage:
    """Return the person's groups that are archived, or those that are not."""
    mine = [group for group in await groups_of(deps, principal) if group.head.archived == archived]
    rest = [group for group in mine if before is None or group.order < before]
    room = asyncio.Semaphore(_AT_ONCE)

    async def told(group: Mine) -> GroupSummary:
        async with room:
            return await _summary(deps, group)

    return GroupPage(
        groups=tuple(await asyncio.gather(*(told(group) for group in rest[:limit]))),
        next=rest[limit - 1].order if len(rest) > limit else None,
    )


async def groups_of(deps: GroupDependencies, principal: str) -> list[Mine]:
    """Return all groups of the person, the last active first."""
    marks = await deps.memberships.groups(principal)
    listed = list(marks)
    heads, places = await asyncio.gather(deps.log.heads(listed), deps.gate.members.of_person(principal, listed))
    found = [
        Mine(group_id=group_id, head=heads[group_id], member=member, read_seq=max(marks[group_id], member.joined_seq))
        for group_id, member in places.items()
        if group_id in heads and member.state in {"member", "invited"}
    ]
    return sorted(found, key=lambda group: group.order, reverse=True)


async def group_details(deps: GroupDependencies, principal: str, group_id: str) -> GroupDetails:
    """Return what is known of the group to somebody who belongs to it or is invited.

    Raises:
        CommandRefused: there is no such group for them.

    """
    if not ids.is_group(group_id):
        raise conversation_not_found()
    head = (await deps.log.head(group_id)).head
    member = await deps.gate.members.one(group_id, principal, head.epoch)
    if member is None or member.state not in {"member", "invited"}:
        raise conversation_not_found()
    mark = max(await deps.memberships.read_seq(principal, group_id), member.joined_seq)
    mine = Mine(group_id=group_id, head=head, member=member, read_seq=mark)
    group = group_of(head)
    return GroupDetails(
        **(await _summary(deps, mine)).model_dump(),
        description=group.description,
        settings=group.settings,
        created_at=head.created_at,
        epoch=head.epoch,
    )


async def list_members(deps: GroupDependencies, principal: str, group_id: str) -> GroupMembers:
    """Return who belongs to the group, for those who do.

    Raises:
        CommandRefused: there is no such group of theirs.

    """
    access = await deps.gate.access(principal, group_id)
    epoch = access.known.head.epoch
    people = await deps.gate.members.all(group_id, epoch)
    return GroupMembers(
        epoch=epoch, members=tuple(member_told(member) for member in people if member.state in {"member", "invited"})
    )


def member_told(member: MemberDocument) -> GroupMember:
    """Return somebody's place as it is told."""
    person = Participant(kind="person", id=member.principal, name=member.name)
    return GroupMember(participant=person, role=member.role, invited=member.state == "invited")


async def _summary(deps: GroupDependencies, mine: Mine) -> GroupSummary:
    head, member, group = mine.head, mine.member, group_of(mine.head)
    invited = member.state == "invited"
    unread = 0
    if not invited:
        unread = await deps.unread.count(mine.group_id, reader_of(member, group), mine.read_seq, head.seq)
    return GroupSummary(
        group_id=mine.group_id,
        title=head.title,
        updated_at=head.updated_at,
        role=member.role,
        invited=invited,
        invited_by=await _name(deps, mine) if invited else None,
        people=group.people,
        unread=unread,
        seq=head.seq,
        read_seq=mine.read_seq,
        archived=head.archived,
    )


async def _name(deps: GroupDependencies, mine: Mine) -> str | None:
    by = mine.member.invited_by
    inviter = await deps.gate.members.one(mine.group_id, by, mine.head.epoch) if by else None
    return inviter.name if inviter else by
