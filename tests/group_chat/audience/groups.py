"""Groups and what happens in them, appended as the contract of the log demands."""

import itertools

from group_chat import membership
from shared import group_ids, ids
from shared.clock import iso
from shared.event_log.documents import MemberDocument
from shared.event_log.head import GroupState, Head
from shared.event_log.log import EventLog
from shared.event_log.shapes import Appended, Decide, Draft, NewEvent
from shared.protocol.durable import MessageCreated
from shared.protocol.group import (
    GroupRole,
    GroupSettings,
    History,
    ParticipantJoined,
    ParticipantRemoved,
    ParticipantRole,
)
from shared.protocol.shapes import Participant, TextPart
from tests.group_chat.audience.hall import Instance
from tests.support.world import World

_numbers = itertools.count(1)
KEPT = 8


def person(principal: str) -> Participant:
    return Participant(kind="person", id=principal, name=principal.rsplit(".", 1)[-1].title())


def belongs(principal: str, role: GroupRole = "member", epoch: int = 1, joined_seq: int = 0) -> MemberDocument:
    return MemberDocument(
        principal=principal, name=person(principal).name, role=role, state="member", epoch=epoch, joined_seq=joined_seq
    )


async def begin(world: World, owner: str, *others: str, history: History = "all") -> str:
    """Create a group of these people and return its id."""
    group_id = ids.group_id(owner, f"test-{next(_numbers)}")
    at = iso(world.clock())
    people = 1 + len(others)
    state = GroupState(members=people, people=people, settings=GroupSettings(history=history))
    head = Head(owner=owner, title="Deals", created_at=at, updated_at=at, group=state)
    members = [belongs(owner, "owner"), *(belongs(principal) for principal in others)]
    assert await world.log.create(group_id, head, members)
    return group_id


def _state(head: Head) -> GroupState:
    assert head.group is not None
    return head.group


async def say(
    instance: Instance, group_id: str, principal: str, text: str = "Hello", to: tuple[str, ...] | None = None
) -> int:
    """Append a message of a member, a whisper with `to`, publish it, and return its `seq`."""
    message_id = f"m-{next(_numbers)}"

    def decide(head: Head, member: MemberDocument) -> Draft:
        author = person(member.principal)
        said = MessageCreated(
            actor=author,
            message_id=message_id,
            author=author,
            parts=(TextPart(text=text),),
            audience=None if to is None else (principal, *to),
        )
        return Draft(events=(NewEvent(id=ids.created(message_id), event=said),), head=head)

    result = await instance.deps.gate.append(principal, group_id, decide)
    assert isinstance(result, Appended)
    await instance.deps.publisher.to_conversation(group_id, result.events)
    return result.events[0].seq


async def join(instance: Instance, group_id: str, principal: str) -> int:
    """Let somebody join, and return the `seq` of that."""

    def decide(head: Head) -> Draft:
        epoch = head.epoch + 1
        joined = ParticipantJoined(actor=person(principal), participant=person(principal), epoch=epoch, role="member")
        member = belongs(principal, epoch=epoch, joined_seq=head.seq + 1)
        group = _state(head)
        rest = tuple(name for name in group.expelled if name != principal)
        after = group.model_copy(update={"members": group.members + 1, "expelled": rest})
        return Draft(
            events=(NewEvent(id=group_ids.membership_event(principal, epoch), event=joined),),
            head=head.model_copy(update={"epoch": epoch, "group": after}),
            members=(member,),
        )

    return await _appended(instance, group_id, decide)


async def remove(instance: Instance, group_id: str, by: str, principal: str) -> int:
    """Remove somebody as the app does, and return the `seq` of the removal."""
    await membership.remove(instance.deps, person(by), group_id, principal, admin=False)
    epoch = (await instance.deps.log.head(group_id)).head.epoch
    gone = await instance.deps.gate.members.one(group_id, principal, epoch)
    assert gone is not None
    assert gone.left_seq is not None
    return gone.left_seq


async def expel(log: EventLog, group_id: str, by: str, principal: str) -> int:
    """Append the removal of somebody, no more than that, and return its `seq`: as a process does that then dies."""

    def decide(head: Head) -> Draft:
        epoch, group = head.epoch + 1, _state(head)
        removed = ParticipantRemoved(actor=person(by), participant=person(principal), epoch=epoch)
        gone = belongs(principal, epoch=epoch).model_copy(update={"state": "removed", "left_seq": head.seq + 1})
        rest = (name for name in group.expelled if name != principal)
        after = group.model_copy(update={"members": group.members - 1, "expelled": (principal, *rest)[:KEPT]})
        return Draft(
            events=(NewEvent(id=group_ids.membership_event(principal, epoch), event=removed),),
            head=head.model_copy(update={"epoch": epoch, "group": after}),
            members=(gone,),
        )

    result = await log.append(group_id, decide)
    assert isinstance(result, Appended)
    return result.events[0].seq


async def give_role(log: EventLog, group_id: str, principal: str, role: GroupRole) -> None:
    """Give somebody another role."""

    def decide(head: Head) -> Draft:
        epoch = head.epoch + 1
        told = ParticipantRole(actor=person(head.owner), participant=person(principal), epoch=epoch, role=role)
        return Draft(
            events=(NewEvent(id=group_ids.membership_event(principal, epoch), event=told),),
            head=head.model_copy(update={"epoch": epoch}),
            members=(belongs(principal, role, epoch),),
        )

    assert isinstance(await log.append(group_id, decide), Appended)


async def _appended(instance: Instance, group_id: str, decide: Decide) -> int:
    result = await instance.deps.log.append(group_id, decide)
    assert isinstance(result, Appended)
    await instance.deps.publisher.to_conversation(group_id, result.events)
    return result.events[0].seq
