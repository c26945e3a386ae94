"""Deleting a group over HTTP: by an owner alone, erased everywhere, told to everybody who was in it."""

from datetime import timedelta

import pytest

from shared import group_ids, ids
from shared.erasure import LATE_SECONDS, TOMBSTONE_SECONDS, Erasure
from tests.api.groups import Room, Somebody
from tests.group_chat.saying import says
from tests.support.world import World

SECRET = "The budget of Contoso is 4711"


async def test_only_an_owner_deletes_and_then_nothing_is_left_for_anybody(room: Room) -> None:
    ada, bob, eve = room.person("Ada"), room.person("Bob"), room.person("Eve")
    group_id = await room.group(ada, bob, title=SECRET)
    await ada.asks_for("invite_to_group", group_id, body={"principal": eve.id})
    await ada.makes_link(group_id)
    for n in range(120):
        await says(room.world, group_id, ada.id, f"{SECRET} {n}")
    assert (await bob.asks_for("delete_group", group_id)).code == "forbidden"
    assert (await ada.asks_for("delete_group", group_id)).status == 204
    rows = await room.world.cosmos.query("groups", "SELECT * FROM c", {}, group_id)
    assert [row["id"] for row in rows] == ["head"]
    assert SECRET not in repr(rows)
    for person in (ada, bob, eve):
        assert await room.world.cosmos.read("people", person.id, group_id) is None
        assert room.world.hub.to(person.id)[-1] | {"at": ""} == {
            "type": "list.updated",
            "conversation_id": group_id,
            "at": "",
            "change": "deleted",
        }
        for audience in (ids.audience_group(group_id), ids.delta_group(group_id)):
            assert (person.id, audience) in room.world.group_hub.dismissed
        assert (await person.asks_for("read_group", group_id)).code == "conversation_not_found"
    assert room.world.hub.dismissed == []
    assert (await ada.asks_for("delete_group", group_id)).status == 404


async def _rows(world: World, group_id: str) -> list[str]:
    return [row["id"] for row in await world.cosmos.query("groups", "SELECT c.id FROM c", {}, group_id)]


async def test_what_cannot_be_erased_at_once_is_erased_by_the_sweep_for_everybody(lonely_world: World) -> None:
    world, room = lonely_world, Room(lonely_world)
    ada, bob = room.person("Ada"), room.person("Bob")
    group_id = await room.group(ada, bob)
    world.hub.refuse = lambda sent: sent.target == bob.id
    assert (await ada.asks_for("delete_group", group_id)).status == 204
    assert (await bob.asks_for("read_group", group_id)).status == 404
    # Their words are gone; who they were is known until they are told.
    assert sorted(await _rows(world, group_id)) == ["head", group_ids.member(ada.id), group_ids.member(bob.id)]
    world.hub.refuse = lambda _: False
    world.clock.advance(61)
    assert await world.erasure.sweep() == 1
    assert world.hub.to(bob.id)[-1]["change"] == "deleted"
    assert await _rows(world, group_id) == ["head"]
    world.clock.advance(LATE_SECONDS)
    assert await world.erasure.sweep() == 1
    assert (await world.cosmos.query("groups", "SELECT * FROM c", {}, group_id))[0]["ttl"] == TOMBSTONE_SECONDS
    world.clock.advance(10 * LATE_SECONDS)
    assert await world.erasure.sweep() == 0


async def test_the_retention_policy_holds_for_groups_and_any_use_counts(lonely_world: World) -> None:
    world, room = lonely_world, Room(lonely_world)
    ada = room.person("Ada")
    old, used = await room.group(ada, title="Old"), await room.group(ada, title="Used")
    erasure = Erasure(
        world.cosmos,
        world.blobs,
        world.memberships,
        world.feedback,
        (world.hub, world.group_hub),
        world.clock,
        timedelta(days=1),
    )
    world.clock.advance(3600 * 20)
    await says(world, used, ada.id, "Still used")
    world.clock.advance(3600 * 5)
    assert await erasure.sweep() == 1
    assert await ada.titles() == ["Used"]
    assert await _rows(world, old) == ["head"]
    assert await world.erasure.sweep() == 0


async def test_who_was_demoted_meanwhile_deletes_nothing(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    ada, bob = room.person("Ada"), room.person("Bob")
    group_id = await room.group(ada, bob, role="owner")
    bury = room.world.erasure.bury

    async def late(conversation_id: str, *, epoch: int | None = None) -> object:
        await _demoted(bob, ada, group_id)
        return await bury(conversation_id, epoch=epoch)

    monkeypatch.setattr(room.world.erasure, "bury", late)
    assert (await ada.asks_for("delete_group", group_id)).status == 503
    assert (await bob.asks_for("read_group", group_id)).json["people"] == 2
    monkeypatch.undo()
    assert (await ada.asks_for("delete_group", group_id)).code == "forbidden"


async def _demoted(by: Somebody, person: Somebody, group_id: str) -> None:
    reply = await by.asks_for("change_member", group_id, body={"role": "member"}, principal=person.id)
    assert reply.status == 200
