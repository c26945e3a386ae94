"""Changes of a group that meet: the real store, and somebody who is quicker at the worst moment."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from typing import Any, cast

import pytest

from shared.event_log.appending import Appending
from shared.event_log.head import GroupState
from shared.event_log.shapes import Draft
from shared.members import MAX_MEMBERS
from shared.settings import ServiceAddress
from tests.api.groups import Room, Somebody
from tests.api.sessions import Reply
from tests.conftest import DATABASE
from tests.shared.event_log.logs import HookedStore
from tests.support.world import World, world_on

type Racer = Callable[[], Awaitable[Reply]]


class GroupStore(HookedStore):
    """The real store, which lets `before_batch` run before the next write to a group."""

    async def batch(self, container: str, partition: str, operations: Any) -> Any:
        if container != "groups":
            hook, self.before_batch = self.before_batch, None
            result = await super().batch(container, partition, operations)
            self.before_batch = self.before_batch or hook
            return result
        return await super().batch(container, partition, operations)


@pytest.fixture
async def room(cosmos_address: ServiceAddress) -> AsyncIterator[Room]:
    store = GroupStore(cosmos_address, cast("Any", None), DATABASE)
    world = World(store)
    yield Room(world)
    await world.close()
    await store.close()


async def _overtaken(room: Room, slower: Racer, quicker: Racer) -> tuple[Reply, Reply]:
    """Let `slower` decide, then `quicker` do all of its own, then `slower` write; return how both were answered."""
    replies: list[Reply] = []

    async def between() -> None:
        # As another process would: what one process appends to a conversation stands in line.
        log = room.world.log
        line, log.appending = log.appending, Appending(room.world.cosmos, log.memory, log, room.world.clock)
        replies.append(await quicker())
        log.appending = line

    cast("GroupStore", room.world.cosmos).before_batch = between
    slow = await slower()
    assert replies, "nothing was written in between"
    return slow, replies[0]


async def _state(room: Room, group_id: str) -> GroupState:
    """Return what the head counts, checked against the members themselves."""
    head = await room.world.head(group_id)
    assert head.group is not None
    members = await room.world.members.all(group_id, head.epoch)
    belong = [member for member in members if member.state == "member"]
    counted = (
        len([member for member in belong if member.role != "observer"]),
        len(belong),
        len([member for member in belong if member.role == "owner"]),
        len([member for member in members if member.state == "invited"]),
    )
    assert (head.group.members, head.group.people, head.group.owners, head.group.invited) == counted
    return head.group


async def test_of_two_owners_who_remove_each_other_one_stays(room: Room) -> None:
    ada, bob = room.person("Ada"), room.person("Bob")
    group_id = await room.group(ada, bob, role="owner")
    slow, quick = await _overtaken(room, lambda: ada.removes(group_id, bob), lambda: bob.removes(group_id, ada))
    assert (slow.code, quick.status) == ("conversation_not_found", 204)
    state = await _state(room, group_id)
    assert (state.owners, state.people, state.expelled) == (1, 1, (ada.id,))
    assert (await bob.asks_for("read_group", group_id)).json["role"] == "owner"


async def test_of_two_owners_who_leave_at_once_one_is_told_they_are_the_last(room: Room) -> None:
    ada, bob = room.person("Ada"), room.person("Bob")
    group_id = await room.group(ada, bob, role="owner")

    def leaves(person: Somebody) -> Racer:
        return lambda: person.asks_for("remove_member", group_id, principal="me")

    slow, quick = await _overtaken(room, leaves(ada), leaves(bob))
    assert (slow.code, quick.status) == ("last_owner", 204)
    assert (await _state(room, group_id)).owners == 1


async def test_an_invitation_that_is_taken_back_first_cannot_be_accepted(room: Room) -> None:
    ada, bob = room.person("Ada"), room.person("Bob")
    group_id = await room.group(ada)
    await ada.asks_for("invite_to_group", group_id, body={"principal": bob.id})
    slow, quick = await _overtaken(
        room, lambda: bob.asks_for("accept_invitation", group_id), lambda: ada.removes(group_id, bob)
    )
    assert (slow.code, quick.status) == ("conversation_not_found", 204)
    assert (await _state(room, group_id)).people == 1
    assert await bob.groups() == []


async def test_who_accepts_before_their_invitation_is_taken_back_is_removed_as_a_member(room: Room) -> None:
    ada, bob = room.person("Ada"), room.person("Bob")
    group_id = await room.group(ada)
    await ada.asks_for("invite_to_group", group_id, body={"principal": bob.id})
    slow, quick = await _overtaken(
        room, lambda: ada.removes(group_id, bob), lambda: bob.asks_for("accept_invitation", group_id)
    )
    assert (slow.status, quick.status) == (204, 200)
    assert (await _state(room, group_id)).expelled == (bob.id,)
    assert [person for person, _ in room.world.group_hub.dismissed] == [bob.id, bob.id]


async def test_two_roles_given_to_one_person_at_once_are_both_given_one_after_the_other(room: Room) -> None:
    ada, bob, eve = room.person("Ada"), room.person("Bob"), room.person("Eve")
    group_id = await room.group(ada, bob, eve)
    await ada.asks_for("change_member", group_id, body={"role": "owner"}, principal=bob.id)

    def gives(person: Somebody, role: str) -> Racer:
        return lambda: person.asks_for("change_member", group_id, body={"role": role}, principal=eve.id)

    slow, quick = await _overtaken(room, gives(ada, "observer"), gives(bob, "facilitator"))
    assert (slow.json["role"], quick.json["role"]) == ("observer", "facilitator")
    assert (await room.world.types(group_id))[-2:] == ["participant.role", "participant.role"]
    member = await room.member(group_id, eve)
    assert member is not None
    assert member.role == "observer"
    await _state(room, group_id)


async def test_two_names_given_at_once_are_both_given_one_after_the_other(
    room: Room, cosmos_address: ServiceAddress
) -> None:
    ada, bob = room.person("Ada"), room.person("Bob")
    group_id = await room.group(ada, bob, role="facilitator")

    def renames(person: Somebody, title: str) -> Racer:
        return lambda: person.asks_for("change_group", group_id, body={"title": title})

    # In another process: in one, appends to a group stand in line.
    async with world_on(cosmos_address, DATABASE) as elsewhere:
        elsewhere.tokens.known |= room.world.tokens.known
        there = replace(bob, room=Room(elsewhere))
        slow, quick = await _overtaken(room, renames(ada, "Mine"), renames(there, "No, mine"))
    assert (slow.json["title"], quick.json["title"]) == ("Mine", "No, mine")
    assert (await room.world.types(group_id))[-2:] == ["title.updated", "title.updated"]


async def test_who_is_removed_while_they_invite_has_invited_nobody(room: Room) -> None:
    ada, bob, eve = room.person("Ada"), room.person("Bob"), room.person("Eve")
    group_id = await room.group(ada, bob, role="facilitator")
    slow, _ = await _overtaken(
        room,
        lambda: bob.asks_for("invite_to_group", group_id, body={"principal": eve.id}),
        lambda: ada.removes(group_id, bob),
    )
    assert slow.code == "conversation_not_found"
    assert await room.member(group_id, eve) is None
    assert await eve.groups() == []


async def test_the_last_use_of_a_link_goes_to_one(room: Room) -> None:
    ada, bob, eve = room.person("Ada"), room.person("Bob"), room.person("Eve")
    group_id = await room.group(ada)
    token = await ada.makes_link(group_id, max_uses=1)
    slow, quick = await _overtaken(room, lambda: bob.joins(token), lambda: eve.joins(token))
    assert (slow.code, quick.status) == ("invitation_invalid", 200)
    assert (await _state(room, group_id)).people == 2
    assert await bob.groups() == []


async def test_a_link_that_is_taken_back_while_somebody_joins_lets_nobody_in(room: Room) -> None:
    ada, bob = room.person("Ada"), room.person("Bob")
    group_id = await room.group(ada)
    token = await ada.makes_link(group_id)
    slow, quick = await _overtaken(
        room,
        lambda: bob.joins(token),
        lambda: ada.asks_for("revoke_invitation", group_id, invitation_id=token.split(".")[1]),
    )
    assert (slow.code, quick.status) == ("invitation_invalid", 204)
    assert await room.member(group_id, bob) is None


async def test_the_last_place_goes_to_one_of_two_who_join_at_once(room: Room) -> None:
    ada, bob, eve = room.person("Ada"), room.person("Bob"), room.person("Eve")
    group_id = await room.group(ada)
    token = await ada.makes_link(group_id)
    await room.world.log.append(group_id, lambda head: Draft(events=(), head=_with_room_for_one(head)))
    slow, quick = await _overtaken(room, lambda: bob.joins(token), lambda: eve.joins(token))
    assert (slow.code, quick.status) == ("group_full", 200)
    assert await room.member(group_id, bob) is None


def _with_room_for_one(head: Any) -> Any:
    return head.model_copy(update={"group": head.group.model_copy(update={"people": MAX_MEMBERS - 1})})


async def test_twenty_who_join_at_once_all_belong_and_the_log_tells_each_once(room: Room) -> None:
    ada = room.person("Ada")
    group_id = await room.group(ada)
    token = await ada.makes_link(group_id)
    people = [room.person(f"P{n}") for n in range(20)]
    replies = await asyncio.gather(*(person.joins(token) for person in people))
    assert {reply.status for reply in replies} == {200}
    assert (await _state(room, group_id)).people == 21
    joined = [event for event in await room.world.events(group_id) if event.type == "participant.joined"]
    assert [event.epoch for event in joined] == [1, *range(3, 23)]
    assert {event.participant.id for event in joined} == {ada.id, *(person.id for person in people)}
    for person in people:
        assert await person.titles() == ["Deals"]
