"""Links by which people join a group: told once, kept as a digest, and good for no longer than they should be."""

import json

from group_chat.invitations import MOST_LINKS
from tests.api.groups import Room

_HOUR = 3600


async def _stored(room: Room, group_id: str) -> str:
    return json.dumps(await room.world.cosmos.query("groups", "SELECT * FROM c", {}, group_id))


async def test_a_link_lets_people_in_with_its_role_and_its_secret_is_kept_nowhere(room: Room) -> None:
    ada, bob = room.person("Ada"), room.person("Bob")
    group_id = await room.group(ada)
    token = await ada.makes_link(group_id, role="observer", max_uses=2)
    joined = await bob.joins(token)
    assert (joined.status, joined.json["group_id"], joined.json["role"]) == (200, group_id, "observer")
    member = await room.member(group_id, bob)
    assert member is not None
    assert (member.name, member.state, member.invited_by) == ("Bob", "member", ada.id)
    assert await bob.titles() == ["Deals"]
    assert (await room.world.types(group_id))[-1] == "participant.joined"
    secret = token.rsplit(".", 1)[1]
    assert len(secret) == 43
    assert secret not in await _stored(room, group_id)
    listed = (await ada.asks_for("list_invitations", group_id)).json
    assert [(link["uses"], link["max_uses"], link["made_by"]) for link in listed["links"]] == [(1, 2, ada.id)]
    assert secret not in json.dumps(listed)


async def test_joining_twice_is_joining_once(room: Room) -> None:
    ada, bob = room.person("Ada"), room.person("Bob")
    group_id = await room.group(ada)
    token = await ada.makes_link(group_id, max_uses=1)
    first, before = await bob.joins(token), await room.world.head(group_id)
    again = await bob.joins(token)
    assert (first.status, again.status, first.json) == (200, 200, again.json)
    assert await room.world.head(group_id) == before


async def test_the_same_key_names_the_same_link_but_its_token_is_told_once(room: Room) -> None:
    ada = room.person("Ada")
    group_id = await room.group(ada)
    first, again = [
        await ada.asks_for("invite_to_group", group_id, body={"link": {}}, headers={"Idempotency-Key": "one"})
        for _ in range(2)
    ]
    assert (first.json["link"], again.json["token"]) == (again.json["link"], None)
    assert len((await ada.asks_for("list_invitations", group_id)).json["links"]) == 1


async def test_whatever_is_wrong_with_a_link_is_told_in_the_same_words(room: Room) -> None:
    ada, bob, eve = room.person("Ada"), room.person("Bob"), room.person("Eve")
    group_id = await room.group(ada)
    good, short, once, taken = [
        await ada.makes_link(group_id, **link) for link in ({}, {"hours": 1}, {"max_uses": 1}, {})
    ]
    assert (await bob.joins(once)).status == 200
    name = taken.split(".")[1]
    assert (await ada.asks_for("revoke_invitation", group_id, invitation_id=name)).status == 204
    assert (await ada.asks_for("revoke_invitation", group_id, invitation_id=name)).status == 204
    room.world.clock.advance(_HOUR)
    group, link, secret = good.split(".")
    other = await room.group(room.person("Dan"))
    wrong = [
        short,
        once,
        taken,
        f"{group}.{link}.{secret[:-1]}{'A' if secret[-1] != 'A' else 'B'}",
        f"{group}.{taken.split('.')[1]}.{secret}",
        f"{other}.{link}.{secret}",
        f"g_{'0' * 26}.{link}.{secret}",
        f"{group}.{link}",
        f"{group}.{link}.{secret}\n",
        "x",
        "head",
    ]
    replies = [await eve.joins(token) for token in wrong]
    assert {(reply.status, reply.code, reply.json["title"]) for reply in replies} == {
        (404, "invitation_invalid", "This invitation does not hold, or no longer.")
    }
    assert await room.member(group_id, eve) is None
    assert (await eve.joins(good)).status == 200


async def test_a_link_falls_with_the_right_of_who_made_it(room: Room) -> None:
    ada, bob, eve, dan = (room.person(name) for name in ("Ada", "Bob", "Eve", "Dan"))
    group_id = await room.group(ada, bob, dan, role="facilitator")
    by_bob, by_dan = await bob.makes_link(group_id), await dan.makes_link(group_id)
    await ada.asks_for("change_member", group_id, body={"role": "member"}, principal=bob.id)
    await ada.removes(group_id, dan)
    for token in (by_bob, by_dan):
        assert (await eve.joins(token)).code == "invitation_invalid"


async def test_who_was_removed_cannot_come_back_by_a_link_but_who_left_can(room: Room) -> None:
    ada, bob, eve = room.person("Ada"), room.person("Bob"), room.person("Eve")
    group_id = await room.group(ada, bob, eve)
    token = await ada.makes_link(group_id)
    await ada.removes(group_id, bob)
    await eve.asks_for("remove_member", group_id, principal="me")
    assert (await bob.joins(token)).code == "invitation_invalid"
    assert (await eve.joins(token)).status == 200


async def test_an_invitation_of_ones_own_decides_the_role_and_leaves_the_link_unused(room: Room) -> None:
    ada, bob = room.person("Ada"), room.person("Bob")
    group_id = await room.group(ada)
    await ada.asks_for("invite_to_group", group_id, body={"principal": bob.id, "role": "facilitator"})
    token = await ada.makes_link(group_id, role="observer", max_uses=1)
    assert (await bob.joins(token)).json["role"] == "facilitator"
    assert (await ada.asks_for("list_invitations", group_id)).json["links"][0]["uses"] == 0


async def test_a_group_has_so_many_links_and_no_more(room: Room) -> None:
    ada = room.person("Ada")
    group_id = await room.group(ada)
    for _ in range(MOST_LINKS):
        await ada.makes_link(group_id)
    refused = await ada.asks_for("invite_to_group", group_id, body={"link": {}})
    assert (refused.status, refused.code) == (409, "group_full")
    listed = (await ada.asks_for("list_invitations", group_id)).json["links"]
    await ada.asks_for("revoke_invitation", group_id, invitation_id=listed[0]["invitation_id"])
    assert (await ada.asks_for("invite_to_group", group_id, body={"link": {}})).status == 201
