"""Beginning, listing and changing groups over HTTP."""

import pytest

from shared.errors import StoreUnavailable
from tests.api.groups import Room
from tests.group_chat.saying import says


async def test_a_group_begins_with_its_owner_and_those_it_invites(room: Room) -> None:
    ada, bob = room.person("Ada"), room.person("Bob")
    made = await ada.asks_for(
        "create_group",
        body={
            "title": " Deals\n of 2026 ",
            "description": "What we sell.",
            "settings": {"ambient": True, "history": "from_joining"},
            "members": [{"principal": bob.id, "role": "observer"}],
        },
    )
    assert made.status == 201
    group_id = made.json["group_id"]
    assert made.headers["Location"] == f"/api/groups/{group_id}"
    assert made.json | {"group_id": "", "created_at": "", "updated_at": ""} == {
        "group_id": "",
        "title": "Deals of 2026",
        "description": "What we sell.",
        "settings": {"follow_up": False, "ambient": True, "history": "from_joining"},
        "role": "owner",
        "invited": False,
        "invited_by": None,
        "people": 1,
        "unread": 0,
        "archived": False,
        "created_at": "",
        "updated_at": "",
        "epoch": 1,
        "seq": 4,
        "read_seq": 1,
    }
    told = ["participant.joined", "title.updated", "group.updated", "participant.invited"]
    assert await room.world.types(group_id) == told
    assert room.world.group_hub.types(f"c-{group_id}") == told
    head = await room.world.head(group_id)
    assert (head.ttl, head.group and (head.group.members, head.group.people, head.group.invited)) == (None, (1, 1, 1))
    for person in (ada, bob):
        assert room.world.hub.to(person.id)[-1]["change"] == "created"


async def test_the_same_key_names_the_same_group_and_another_group_is_a_conflict(room: Room) -> None:
    ada, bob = room.person("Ada"), room.person("Bob")
    body = {"title": "Deals", "members": [{"principal": bob.id}]}
    first, again = [await ada.asks_for("create_group", body=body, headers={"Idempotency-Key": "one"}) for _ in range(2)]
    assert (first.status, again.status) == (201, 201)
    assert first.json == again.json
    assert len(await room.world.events(first.json["group_id"])) == 3
    other = await ada.asks_for("create_group", body={"title": "Other"}, headers={"Idempotency-Key": "one"})
    assert (other.status, other.code) == (409, "key_conflict")
    assert (await bob.asks_for("create_group", body=body | {"members": []}, headers={"Idempotency-Key": "one"})).json[
        "group_id"
    ] != first.json["group_id"]


async def test_a_crash_before_anything_is_stored_leaves_nothing_to_see_and_the_repetition_makes_it_good(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = room.person("Ada")

    async def away(*_: object, **__: object) -> None:
        raise StoreUnavailable("The store is away.")

    monkeypatch.setattr(room.world.log, "append", away)
    key = {"Idempotency-Key": "one"}
    assert (await ada.asks_for("create_group", body={"title": "Deals"}, headers=key)).status == 503
    assert await ada.titles() == []
    monkeypatch.undo()
    assert (await ada.asks_for("create_group", body={"title": "Deals"}, headers=key)).status == 201
    assert await ada.titles() == ["Deals"]


async def test_the_list_has_the_last_active_first_and_flags_invitations(room: Room) -> None:
    ada, bob = room.person("Ada"), room.person("Bob")
    made: list[str] = []
    for n in range(5):
        room.world.clock.advance(60)
        made.append(await room.group(ada, title=f"Group {n}"))
    room.world.clock.advance(60)
    await ada.asks_for("invite_to_group", made[1], body={"principal": bob.id, "role": "observer"})
    assert await ada.titles(limit="2") == ["Group 1", "Group 4", "Group 3", "Group 2", "Group 0"]
    (invitation,) = await bob.groups()
    assert {name: invitation[name] for name in ("group_id", "invited", "invited_by", "role", "people", "unread")} == {
        "group_id": made[1],
        "invited": True,
        "invited_by": "Ada",
        "role": "observer",
        "people": 1,
        "unread": 0,
    }
    room.world.clock.advance(60)
    await says(room.world, made[0], ada.id, "Hello")
    assert (await ada.titles())[0] == "Group 0"


async def test_groups_and_sessions_have_lists_of_their_own(room: Room) -> None:
    ada = room.person("Ada")
    await room.group(ada)
    assert (await ada.asks_for("list_sessions")).json == {"sessions": [], "next": None}
    assert (await ada.asks_for("list_sessions", query={"archived": "true"})).json["sessions"] == []


async def test_unread_counts_what_others_said_and_one_may_see_since_one_joined(room: Room) -> None:
    ada, bob, eve = room.person("Ada"), room.person("Bob"), room.person("Eve")
    group_id = await room.group(ada, bob)
    await says(room.world, group_id, ada.id, "Before Eve")
    await ada.asks_for("invite_to_group", group_id, body={"principal": eve.id})
    await eve.asks_for("accept_invitation", group_id)
    await says(room.world, group_id, bob.id, "For all")
    await says(room.world, group_id, bob.id, "For Ada", only=(bob.id, ada.id))
    unread = {person.name: (await person.groups())[0]["unread"] for person in (ada, bob, eve)}
    assert unread == {"Ada": 2, "Bob": 1, "Eve": 1}


async def test_a_stranger_and_somebody_who_left_find_no_such_group(room: Room) -> None:
    ada, bob, eve = room.person("Ada"), room.person("Bob"), room.person("Eve")
    group_id = await room.group(ada, bob)
    assert (await bob.asks_for("remove_member", group_id, principal="me")).status == 204
    for person in (bob, eve):
        for name in ("read_group", "list_members", "delete_group", "export_group", "list_invitations"):
            reply = await person.asks_for(name, group_id)
            assert (name, reply.status, reply.code) == (name, 404, "conversation_not_found")
        renamed = await person.asks_for("change_group", group_id, body={"title": "Mine"})
        assert (renamed.status, renamed.code) == (404, "conversation_not_found")
        assert await person.groups() == []


async def test_who_is_invited_sees_the_invitation_but_neither_people_nor_words(room: Room) -> None:
    ada, bob = room.person("Ada"), room.person("Bob")
    group_id = await room.group(ada)
    await ada.asks_for("invite_to_group", group_id, body={"principal": bob.id})
    assert (await bob.asks_for("read_group", group_id)).json["invited"] is True
    for name in ("list_members", "export_group", "list_invitations", "delete_group"):
        assert (await bob.asks_for(name, group_id)).code == "conversation_not_found"


async def test_the_members_are_listed_with_role_and_whether_they_accepted(room: Room) -> None:
    ada, bob, eve = room.person("Ada"), room.person("Bob"), room.person("Eve")
    await room.world.sign_in(eve.id)
    group_id = await room.group(ada, bob)
    await ada.asks_for("invite_to_group", group_id, body={"principal": eve.id, "role": "observer"})
    listed = (await bob.asks_for("list_members", group_id)).json
    assert listed["epoch"] == 3
    grant_name = eve.id.rsplit(".", 1)[-1].title()
    assert [(m["participant"]["name"], m["role"], m["invited"]) for m in listed["members"]] == [
        ("Ada", "owner", False),
        ("Bob", "member", False),
        (grant_name, "observer", True),
    ]


async def test_settings_are_changed_by_who_may_and_told_to_everybody(room: Room) -> None:
    ada, bob, eve = room.person("Ada"), room.person("Bob"), room.person("Eve")
    group_id = await room.group(ada, bob, eve)
    await ada.asks_for("change_member", group_id, body={"role": "facilitator"}, principal=bob.id)
    change = {"title": "Renewals", "description": "New", "settings": {"follow_up": True}}
    refused = await eve.asks_for("change_group", group_id, body=change)
    assert (refused.status, refused.code) == (403, "forbidden")
    seq = (await room.world.head(group_id)).seq
    changed = await bob.asks_for("change_group", group_id, body=change)
    assert changed.status == 200
    assert (changed.json["title"], changed.json["description"]) == ("Renewals", "New")
    assert changed.json["settings"] == {"follow_up": True, "ambient": False, "history": "all"}
    assert (await room.world.types(group_id))[seq:] == ["title.updated", "group.updated"]
    assert room.world.hub.types(eve.id)[-1] == "list.updated"
    again = await bob.asks_for("change_group", group_id, body=change)
    assert (again.json["seq"], (await room.world.head(group_id)).seq) == (seq + 2, seq + 2)


async def test_an_archived_group_takes_nothing_but_its_return(room: Room) -> None:
    ada, bob, eve = room.person("Ada"), room.person("Bob"), room.person("Eve")
    group_id = await room.group(ada, bob)
    await ada.asks_for("change_member", group_id, body={"role": "facilitator"}, principal=bob.id)
    assert (await bob.asks_for("change_group", group_id, body={"archived": True})).code == "forbidden"
    assert (await ada.asks_for("change_group", group_id, body={"archived": True})).json["archived"] is True
    assert (await bob.titles(), await bob.titles(archived="true")) == ([], ["Deals"])
    for reply in (
        await ada.asks_for("change_group", group_id, body={"title": "Other"}),
        await ada.asks_for("invite_to_group", group_id, body={"principal": eve.id}),
        await ada.asks_for("invite_to_group", group_id, body={"link": {}}),
        await ada.asks_for("change_member", group_id, body={"role": "member"}, principal=bob.id),
    ):
        assert (reply.status, reply.code) == (409, "group_archived")
    assert (await bob.asks_for("remove_member", group_id, principal="me")).status == 204
    back = await ada.asks_for("change_group", group_id, body={"archived": False, "title": "Again"})
    assert (back.json["archived"], back.json["title"]) == (False, "Again")
