"""What somebody may do in a group is decided in the epoch in which it is written."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any, cast

import pytest

from shared.access import DecideAsMember, GroupGate
from shared.cosmos import BatchFailed, Document, Operation
from shared.errors import CommandRefused, StoreUnavailable
from shared.event_log.documents import MemberDocument
from shared.event_log.head import Head
from shared.event_log.log import EventLog
from shared.event_log.shapes import Draft
from shared.members import Members
from shared.protocol.codes import ErrorCode
from shared.settings import ServiceAddress
from tests.conftest import DATABASE
from tests.group_chat.audience.groups import begin, expel, give_role
from tests.shared.event_log.logs import HookedStore, title
from tests.support.world import World


@pytest.fixture
async def hooked(cosmos_address: ServiceAddress) -> AsyncIterator[HookedStore]:
    store = HookedStore(cosmos_address, cast("Any", None), DATABASE)
    yield store
    await store.close()


@pytest.fixture
def gate(hooked: HookedStore) -> GroupGate:
    return GroupGate(EventLog(hooked), Members(hooked))


def _writing(seen: list[str]) -> Any:
    def decide(head: Head, member: MemberDocument) -> Draft:
        seen.append(f"{member.role} in {head.epoch}")
        if member.role == "observer":
            raise CommandRefused("You only read here.", code=ErrorCode.FORBIDDEN)
        return Draft(events=(title(f"title.{len(seen)}"),), head=head)

    return decide


async def test_a_role_that_changes_before_the_write_decides(world: World, hooked: HookedStore, gate: GroupGate) -> None:
    ada, bob = world.person("tenant.ada"), world.person("tenant.bob")
    group_id = await begin(world, ada, bob)

    async def demoted() -> None:
        await give_role(world.log, group_id, bob, "observer")

    hooked.before_batch = demoted
    seen: list[str] = []
    with pytest.raises(CommandRefused, match="You only read here"):
        await gate.append(bob, group_id, _writing(seen))
    assert (seen[0], set(seen[1:])) == ("member in 1", {"observer in 2"})
    assert await world.types(group_id) == ["participant.role"]


async def test_who_is_removed_before_the_write_writes_nothing(
    world: World, hooked: HookedStore, gate: GroupGate
) -> None:
    ada, bob = world.person("tenant.ada"), world.person("tenant.bob")
    group_id = await begin(world, ada, bob)

    async def removed() -> None:
        await expel(world.log, group_id, ada, bob)

    hooked.before_batch = removed
    with pytest.raises(CommandRefused) as refused:
        await gate.append(bob, group_id, _writing([]))
    assert refused.value.code is ErrorCode.CONVERSATION_NOT_FOUND
    assert await world.types(group_id) == ["participant.removed"]


async def test_a_change_of_somebody_else_only_makes_the_decision_again(
    world: World, hooked: HookedStore, gate: GroupGate
) -> None:
    ada, bob = world.person("tenant.ada"), world.person("tenant.bob")
    group_id = await begin(world, ada, bob)

    async def removed() -> None:
        await expel(world.log, group_id, ada, bob)

    hooked.before_batch = removed
    seen: list[str] = []
    result = await gate.append(ada, group_id, _writing(seen))
    assert (result.status, seen) == ("appended", ["owner in 1", "owner in 2"])
    assert await world.types(group_id) == ["participant.removed", "title.updated"]


async def test_a_right_this_process_remembers_is_not_used_once_it_is_lost(world: World, gate: GroupGate) -> None:
    ada, bob = world.person("tenant.ada"), world.person("tenant.bob")
    group_id = await begin(world, ada, bob)
    seen: list[str] = []
    await gate.append(bob, group_id, _writing(seen))
    await expel(world.log, group_id, ada, bob)
    with pytest.raises(CommandRefused):
        await gate.append(bob, group_id, _writing(seen))
    with pytest.raises(CommandRefused):
        await gate.access(bob, group_id)
    assert await world.types(group_id) == ["title.updated", "participant.removed"]


async def test_members_that_change_all_the_time_end_in_words(
    world: World, hooked: HookedStore, gate: GroupGate
) -> None:
    ada, bob = world.person("tenant.ada"), world.person("tenant.bob")
    group_id = await begin(world, ada, bob)
    roles = ("facilitator", "member")
    changes = 0

    async def changed() -> None:
        nonlocal changes
        await give_role(world.log, group_id, bob, roles[changes % 2])
        changes += 1
        hooked.before_batch = changed

    hooked.before_batch = changed
    with pytest.raises(StoreUnavailable, match="Nothing was changed"):
        await gate.append(ada, group_id, _writing([]))
    assert changes > 1
    assert set(await world.types(group_id)) == {"participant.role"}


class CountingStore(HookedStore):
    """The real store; counts the transactions it is asked for."""

    batches = 0

    async def batch(
        self, container: str, partition: str, operations: Sequence[Operation]
    ) -> list[Document] | BatchFailed:
        self.batches += 1
        return await super().batch(container, partition, operations)


async def test_what_one_process_appends_at_once_does_not_race_with_itself(
    world: World, cosmos_address: ServiceAddress
) -> None:
    ada = world.person("tenant.ada")
    group_id = await begin(world, ada)
    store = CountingStore(cosmos_address, cast("Any", None), DATABASE)
    gate = GroupGate(EventLog(store), Members(store))

    def numbered(number: int) -> DecideAsMember:
        return lambda head, member: Draft(events=(title(f"title.{number}", member.name),), head=head)

    await asyncio.gather(*(gate.append(ada, group_id, numbered(number)) for number in range(20)))
    await store.close()
    assert store.batches == 20
    assert len(await world.events(group_id)) == 20


async def test_who_waits_in_line_and_gives_up_holds_nobody_up(world: World, hooked: HookedStore) -> None:
    ada = world.person("tenant.ada")
    group_id = await begin(world, ada)
    gate = GroupGate(EventLog(hooked), Members(hooked))
    reached = asyncio.Event()

    async def stuck() -> None:
        reached.set()
        await asyncio.Event().wait()

    hooked.before_batch = stuck
    first = asyncio.create_task(gate.append(ada, group_id, _writing([])))
    second = asyncio.create_task(gate.append(ada, group_id, _writing([])))
    await reached.wait()
    second.cancel()
    with pytest.raises(asyncio.CancelledError):
        await second
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    assert (await gate.append(ada, group_id, _writing([]))).status == "appended"
