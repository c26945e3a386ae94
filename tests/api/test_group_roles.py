"""What a role allows over HTTP and what it does not, and that a group always has an owner."""

from dataclasses import replace

import pytest

from shared.security_events import Of
from shared.settings import ServiceAddress
from tests.api.groups import Room
from tests.conftest import DATABASE
from tests.support.world import world_on


@pytest.mark.parametrize("role", ["facilitator", "member", "observer"])
async def test_what_a_role_does_not_allow_is_refused_in_words_and_changes_nothing(room: Room, role: str) -> None:
    ada, bob, eve = room.person("Ada"), room.person("Bob"), room.person("Eve")
    group_id = await room.group(ada, bob, role=role)
    before = await room.world.head(group_id)
    asked = [
        await bob.asks_for("invite_to_group", group_id, body={"principal": eve.id, "role": "owner"}),
        await bob.asks_for("invite_to_group", group_id, body={"link": {"role": "facilitator"}}),
        await bob.removes(group_id, ada),
        await bob.asks_for("change_member", group_id, body={"role": "owner"}, principal=bob.id),
        await bob.asks_for("delete_group", group_id),
    ]
    if role != "facilitator":
        asked += [
            await bob.asks_for("invite_to_group", group_id, body={"principal": eve.id, "role": "observer"}),
            await bob.asks_for("list_invitations", group_id),
        ]
    assert {(reply.status, reply.code) for reply in asked} == {(403, "forbidden")}
    assert all(role in reply.json["title"] for reply in asked)
    assert await room.world.head(group_id) == before
    assert await eve.groups() == []
    assert await room.world.memberships.groups(eve.id) == {}


async def test_a_facilitator_leads_members_and_observers_alone(room: Room) -> None:
    ada, bob, eve, dan = (room.person(name) for name in ("Ada", "Bob", "Eve", "Dan"))
    group_id = await room.group(ada, bob, role="facilitator")
    assert (await bob.asks_for("invite_to_group", group_id, body={"principal": eve.id})).status == 201
    await ada.asks_for("invite_to_group", group_id, body={"principal": dan.id, "role": "owner"})
    assert (await bob.removes(group_id, dan)).code == "forbidden"
    demoting = await bob.asks_for("invite_to_group", group_id, body={"principal": dan.id, "role": "observer"})
    assert demoting.code == "forbidden"
    assert (await bob.removes(group_id, eve)).status == 204
    assert (await room.standing(group_id, dan), await room.standing(group_id, eve)) == (
        "invited owner",
        "removed member",
    )


async def test_there_is_always_an_owner(room: Room) -> None:
    ada, bob = room.person("Ada"), room.person("Bob")
    group_id = await room.group(ada, bob)
    for reply in (
        await ada.asks_for("remove_member", group_id, principal="me"),
        await ada.asks_for("change_member", group_id, body={"role": "member"}, principal=ada.id),
    ):
        assert (reply.status, reply.code) == (409, "last_owner")
    assert (await ada.asks_for("change_member", group_id, body={"role": "owner"}, principal=bob.id)).status == 200
    assert (await ada.asks_for("remove_member", group_id, principal="me")).status == 204
    assert await room.standing(group_id, bob) == "member owner"


async def test_an_administrator_of_the_app_removes_people_anywhere_but_the_last_owner_and_it_is_noted(
    room: Room,
) -> None:
    ada, bob, root = room.person("Ada"), room.person("Bob"), room.person("Root", "Admin")
    group_id = await room.group(ada, bob)
    assert (await root.removes(group_id, ada)).code == "last_owner"
    assert (await root.removes(group_id, bob)).status == 204
    assert await room.standing(group_id, bob) == "removed member"
    noted = await room.world.chat.security.of_day("2026-03-02", before=None, limit=100, of=Of(principal=root.id))
    assert [(event.kind, event.detail) for event in noted] == [
        ("admin_intervened", f"removed {bob.id} from {group_id}")
    ]
    assert (await root.asks_for("list_members", group_id)).code == "conversation_not_found"


async def test_a_role_given_by_another_process_counts_at_once_in_one_that_remembers_the_old(
    room: Room, cosmos_address: ServiceAddress
) -> None:
    ada, bob = room.person("Ada"), room.person("Bob")
    group_id = await room.group(ada, bob)
    assert (await bob.asks_for("change_group", group_id, body={"title": "Mine"})).code == "forbidden"
    async with world_on(cosmos_address, DATABASE) as elsewhere:
        elsewhere.tokens.known |= room.world.tokens.known
        there = replace(ada, room=Room(elsewhere))
        given = await there.asks_for(
            "change_member", group_id, body={"role": "facilitator"}, path={"principal": bob.id}
        )
        assert given.status == 200
        assert (await bob.asks_for("change_group", group_id, body={"title": "Mine"})).json["title"] == "Mine"
        assert (await there.removes(group_id, bob)).status == 204
        assert (await bob.asks_for("change_group", group_id, body={"title": "Still"})).code == "conversation_not_found"
