"""What must not be sent to the groups API, and what comes of it: a problem by name, and nothing changed."""

import json

import pytest

from tests.api.groups import Room

CREATE, CHANGE, INVITE, ROLE, JOIN, COPY = (
    "create_group",
    "change_group",
    "invite_to_group",
    "change_member",
    "join_group",
    "copy_session_to_group",
)
BOB = "tenant.bob"
BODIES: list[tuple[str, object, str]] = [
    *((CREATE, body, "body") for body in (b"null", b"[]", b"{}x", b"\xff\xfe", b'{"title": "\\ud800"}')),
    (CREATE, {}, "title"),
    *((CREATE, {"title": title}, "title") for title in ("", " \t\n", "\u202e", "x" * 201, 42, None)),
    (CREATE, {"title": "\U000e0041"}, "The title"),
    (CREATE, {"title": "x", "description": "x" * 2001}, "description"),
    (CREATE, {"title": "x", "owner": BOB}, "owner"),
    (CREATE, {"title": "x", "settings": {"history": "none"}}, "settings.history"),
    (CREATE, {"title": "x", "settings": {"follow_up": "yes"}}, "settings.follow_up"),
    (CREATE, {"title": "x", "settings": {"tools": True}}, "settings.tools"),
    (CREATE, {"title": "x", "members": [{"principal": BOB, "role": "admin"}]}, "members.0.role"),
    *(
        (CREATE, {"title": "x", "members": [{"principal": name}]}, "members.0.principal")
        for name in ("", "bob", "me", "coach", "a/b.c", "tenant.b b", "é.b", ".b", "x" * 90 + ".b")
    ),
    (CREATE, {"title": "x", "members": [{"principal": BOB}, {"principal": BOB, "role": "owner"}]}, "members"),
    (CREATE, {"title": "x", "members": [{"principal": f"tenant.{n}"} for n in range(41)]}, "members"),
    (CHANGE, {}, "body"),
    (CHANGE, {"title": " "}, "title"),
    (CHANGE, {"archived": "true"}, "archived"),
    (CHANGE, {"epoch": 1}, "epoch"),
    (INVITE, {}, "body"),
    (INVITE, {"principal": BOB, "link": {}}, "body"),
    (INVITE, {"role": "member"}, "body"),
    (INVITE, {"link": {}, "role": "owner"}, "body"),
    (INVITE, {"link": {"role": "owner"}}, "link.role"),
    *((INVITE, {"link": {"hours": hours}}, "link.hours") for hours in (0, -1, 721, 1.5, "1")),
    *((INVITE, {"link": {"max_uses": uses}}, "link.max_uses") for uses in (0, 201, True)),
    (ROLE, {"role": "god"}, "role"),
    (ROLE, {}, "role"),
    (JOIN, {"token": ""}, "token"),
    (JOIN, {"token": "x" * 201}, "token"),
    (COPY, {"title": "x", "from_seq": 0, "to_seq": 1}, "from_seq"),
    (COPY, {"title": "x", "from_seq": 1, "to_seq": 2**53}, "to_seq"),
    (COPY, {"title": "", "from_seq": 1, "to_seq": 2}, "title"),
]


@pytest.mark.parametrize(("name", "body", "place"), BODIES)
async def test_a_wrong_body_is_refused_by_name_and_changes_nothing(
    room: Room, name: str, body: object, place: str
) -> None:
    ada = room.person("Ada")
    group_id = await room.group(ada)
    before = await room.world.head(group_id)
    path = {"principal": BOB} if name == ROLE else {"session_id": "s_1"} if name == COPY else {}
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    reply = await ada.asks_for(name, None if name in {CREATE, JOIN, COPY} else group_id, body=sent, path=path)
    assert (reply.status, reply.json["fault"], reply.media_type) == (400, "user", "application/problem+json")
    assert reply.json["title"].startswith(place)
    assert await room.world.head(group_id) == before
    assert len(await ada.groups()) == 1


@pytest.mark.parametrize("group_id", ["a/b", "..%2f", "g_a\n", "g_\x00", "*", "g_" + "a" * 99, "g_é", " "])
@pytest.mark.parametrize("name", ["read_group", "delete_group", "list_members", "accept_invitation", "export_group"])
async def test_what_cannot_be_an_id_is_refused_before_any_store_sees_it(room: Room, name: str, group_id: str) -> None:
    reply = await room.person().asks_for(name, group_id)
    assert (reply.status, reply.code) == (400, "invalid_command")
    assert reply.json["title"].startswith("group_id:")


@pytest.mark.parametrize("group_id", ["head", "s_1", "g_1", "live", ".."])
async def test_the_name_of_something_else_is_no_group(room: Room, group_id: str) -> None:
    ada = room.person()
    asked = [
        await ada.asks_for(name, group_id)
        for name in (
            "read_group",
            "delete_group",
            "list_members",
            "accept_invitation",
            "decline_invitation",
            "export_group",
            "list_invitations",
        )
    ]
    asked += [
        await ada.asks_for("change_group", group_id, body={"title": "x"}),
        await ada.asks_for("invite_to_group", group_id, body={"principal": BOB}),
        await ada.asks_for("invite_to_group", group_id, body={"link": {}}),
        await ada.asks_for("remove_member", group_id, principal=BOB),
        await ada.asks_for("change_member", group_id, body={"role": "member"}, principal=BOB),
        await ada.asks_for("revoke_invitation", group_id, invitation_id="iv_1"),
    ]
    assert {(reply.status, reply.code) for reply in asked} == {(404, "conversation_not_found")}


async def test_one_cannot_invite_oneself_into_ones_own_group(room: Room) -> None:
    ada = room.person("Ada")
    reply = await ada.asks_for("create_group", body={"title": "x", "members": [{"principal": ada.id}]})
    assert (reply.status, reply.code) == (400, "invalid_command")
    assert await ada.groups() == []


@pytest.mark.parametrize(
    ("name", "query", "place"),
    [
        *(("list_groups", {"limit": value}, "limit") for value in ("0", "-1", "101", "1e2", "ten")),
        ("list_groups", {"archived": "yes"}, "archived"),
        ("list_groups", {"before": "x" * 201}, "before"),
        ("search_groups", {}, "q"),
        ("search_groups", {"q": " x "}, "q"),
        ("export_group", {"format": "pdf"}, "format"),
    ],
)
async def test_a_wrong_query_is_refused_by_name(room: Room, name: str, query: dict[str, str], place: str) -> None:
    ada = room.person("Ada")
    group_id = await room.group(ada) if name == "export_group" else None
    reply = await ada.asks_for(name, group_id, query=query)
    assert (reply.status, reply.code) == (400, "invalid_command")
    assert reply.json["title"].startswith(f"{place}:")
