"""What follows from a change of a group: lists, live sockets, and who is told. All of it may be done again."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from typing import Literal

from group_chat.dependencies import GroupDependencies
from shared import ids
from shared.clock import iso
from shared.errors import PublishFailed
from shared.protocol.durable import EventBase
from shared.protocol.ephemeral import ListUpdated

_AT_ONCE = 10

type ListChange = Literal["created", "changed", "deleted"]


async def enlist(deps: GroupDependencies, group_id: str, people: Iterable[str]) -> None:
    """Note the group in people's lists.

    Called before what makes them belong is stored, so that a crash loses no group from a list, and again behind it,
    for somebody who is removed meanwhile takes the entry away; a list shows only what the group itself says.
    """
    at = iso(deps.now())
    await _each(people, lambda person: deps.memberships.belong(person, group_id, at))


async def show_out(deps: GroupDependencies, group_id: str, principal: str) -> None:
    """Take the connections of somebody who no longer belongs out of the audience, and the group out of their list.

    Raises:
        PublishFailed, StoreUnavailable: doing it again is harmless.

    """
    for group in (ids.audience_group(group_id), ids.delta_group(group_id)):
        await deps.web_pubsub.dismiss_user(principal, group)
    await deps.memberships.leave(principal, group_id)
    head = (await deps.log.head(group_id)).head
    member = await deps.gate.members.one(group_id, principal, head.epoch)
    if member is not None and member.state in {"member", "invited"}:
        await enlist(deps, group_id, [principal])


async def publish(deps: GroupDependencies, group_id: str, events: Iterable[EventBase]) -> None:
    """Send what was appended to who may see it.

    Raises:
        PublishFailed: what was not sent, clients find by the gap in `seq`.

    """
    await deps.publisher.to_conversation(group_id, events)


async def tell_lists(deps: GroupDependencies, group_id: str, people: Iterable[str], change: ListChange) -> None:
    """Tell people's devices that their list has changed; one that does not hear it sees it when it reads the list."""
    told = ListUpdated(conversation_id=group_id, change=change)

    async def tell(person: str) -> None:
        with suppress(PublishFailed):
            await deps.publisher.to_person(person, told)

    await _each(people, tell)


async def concerned(deps: GroupDependencies, group_id: str, epoch: int) -> tuple[str, ...]:
    """Return who has the group in their list."""
    members = await deps.gate.members.all(group_id, epoch)
    return tuple(member.principal for member in members if member.state in {"member", "invited"})


async def _each(people: Iterable[str], do: Callable[[str], Awaitable[None]]) -> None:
    room = asyncio.Semaphore(_AT_ONCE)

    async def one(person: str) -> None:
        async with room:
            await do(person)

    await asyncio.gather(*(one(person) for person in people))
