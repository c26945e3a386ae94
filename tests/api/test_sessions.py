"""Sessions over HTTP: creating, listing, naming, pinning, archiving."""

import pytest

from shared import ids
from shared.memberships import LISTED_SECONDS
from tests.api.sessions import person
from tests.support.world import World


async def test_a_session_is_created_once_however_often_the_request_is_repeated(world: World) -> None:
    ada = await person(world)
    first = await ada.asks_for("create_session", body={}, headers={"Idempotency-Key": "k-1"})
    again = await ada.asks_for("create_session", body={}, headers={"Idempotency-Key": "k-1"})
    other = await ada.asks_for("create_session")
    assert [reply.status for reply in (first, again, other)] == [201, 201, 201]
    assert first.json == again.json
    assert other.json["session_id"] != first.json["session_id"]
    assert first.headers["Location"] == f"/api/sessions/{first.json['session_id']}"


async def test_a_key_that_named_another_kind_of_session_is_a_conflict(world: World) -> None:
    ada = await person(world)
    await ada.asks_for("create_session", body={}, headers={"Idempotency-Key": "k-1"})
    reply = await ada.asks_for("create_session", body={"temporary": True}, headers={"Idempotency-Key": "k-1"})
    assert (reply.status, reply.code) == (409, "key_conflict")


async def test_the_same_key_of_two_people_names_two_sessions(world: World) -> None:
    ada = await person(world)
    one = await ada.asks_for("create_session", headers={"Idempotency-Key": "k"})
    bob = await person(world)
    two = await bob.asks_for("create_session", headers={"Idempotency-Key": "k"})
    assert one.json["session_id"] != two.json["session_id"]


async def test_a_created_session_is_opened_and_asked_in_like_any_other(world: World) -> None:
    ada = await person(world)
    session_id = (await ada.asks_for("create_session")).json["session_id"]
    assert await ada.titles() == []
    assert await ada.client.open(session_id=session_id) == session_id
    await ada.client.ask("What now?")
    assert await ada.titles() == ["What now?"]
    details = (await ada.asks_for("read_session", session_id)).json
    assert (details["messages"], details["busy"], details["temporary"]) == (1, True, False)
    assert [tool["tool"] for tool in details["pinned_manifest"]["tools"]] == ["find", "write"]


async def test_a_temporary_session_is_in_no_list_and_everything_of_it_expires(world: World) -> None:
    ada = await person(world)
    details = (await ada.asks_for("create_session", body={"temporary": True})).json
    await ada.client.open(session_id=details["session_id"])
    await ada.client.ask("Off the record")
    assert (await ada.titles(), await ada.titles(archived="true")) == ([], [])
    documents = await world.cosmos.query("sessions", "SELECT * FROM c", {}, details["session_id"])
    assert {document["kind"] for document in documents} == {"head", "event", "manifest"}
    assert all(document["ttl"] == 25 * 3600 for document in documents)
    for change in ({"pinned": True}, {"archived": True}):
        assert (await ada.asks_for("change_session", details["session_id"], body=change)).status == 400


async def test_what_was_used_last_comes_first_although_it_is_older(world: World) -> None:
    ada = await person(world)
    first, _, _ = await ada.begins("One", "Two", "Three")
    world.clock.advance(LISTED_SECONDS + 1)
    await ada.client.ask("And then?", session_id=first)
    assert await ada.titles(limit="1") == ["One", "Three", "Two"]


async def test_a_question_soon_after_the_last_writes_no_entry(world: World) -> None:
    ada = await person(world)
    (session_id,) = await ada.begins("One")
    before = await world.cosmos.read("people", ada.id, session_id)
    world.clock.advance(LISTED_SECONDS - 1)
    await ada.client.ask("Two")
    assert await world.cosmos.read("people", ada.id, session_id) == before
    world.clock.advance(2)
    await ada.client.ask("Three")
    assert await world.cosmos.read("people", ada.id, session_id) != before


async def test_pinned_sessions_come_first_on_whatever_page(world: World) -> None:
    ada = await person(world)
    opened = await ada.begins("One", "Two", "Three", "Four")
    await ada.asks_for("change_session", opened[1], body={"pinned": True})
    assert await ada.titles(limit="1") == ["Two", "Four", "Three", "One"]
    world.clock.advance(LISTED_SECONDS + 1)
    await ada.client.ask("More", session_id=opened[0])
    assert await ada.titles(limit="2") == ["Two", "One", "Four", "Three"]
    await ada.asks_for("change_session", opened[1], body={"pinned": False})
    assert await ada.titles(limit="2") == ["One", "Four", "Three", "Two"]


async def test_an_archived_session_is_in_a_list_of_its_own(world: World) -> None:
    ada = await person(world)
    one, _ = await ada.begins("One", "Two")
    reply = await ada.asks_for("change_session", one, body={"archived": True})
    assert (reply.status, reply.json["archived"]) == (200, True)
    assert (await ada.titles(), await ada.titles(archived="true")) == (["Two"], ["One"])
    await ada.asks_for("change_session", one, body={"archived": False})
    assert (await ada.titles(), await ada.titles(archived="true")) == (["Two", "One"], [])


async def test_a_list_read_page_by_page_shows_nothing_twice_while_sessions_are_used(world: World) -> None:
    ada = await person(world)
    opened = await ada.begins("One", "Two", "Three", "Four")
    first = (await ada.asks_for("list_sessions", query={"limit": "2"})).json
    world.clock.advance(LISTED_SECONDS + 1)
    await ada.client.ask("Now", session_id=opened[3])
    await ada.asks_for("delete_session", opened[2])
    rest = (await ada.asks_for("list_sessions", query={"limit": "2", "before": first["next"]})).json
    titles = [session["title"] for page in (first, rest) for session in page["sessions"]]
    assert titles == ["Four", "Three", "Two", "One"]


async def test_a_new_name_is_told_and_stays(world: World) -> None:
    ada = await person(world)
    (session_id,) = await ada.begins("One")
    reply = await ada.asks_for("change_session", session_id, body={"title": "  My\n\u202e deals\x07 "})
    assert (reply.status, reply.json["title"], reply.json["title_by"]) == (200, "My deals", "person")
    titled = [e for e in world.hub.to(ids.audience_group(session_id)) if e["type"] == "title.updated"]
    assert [(event["title"], event["source"]) for event in titled] == [("One", "first_words"), ("My deals", "person")]
    assert [e["change"] for e in world.hub.to(ada.id) if e["type"] == "list.updated"] == ["created", "changed"]
    seq = (await world.head(session_id)).seq
    again = await ada.asks_for("change_session", session_id, body={"title": "My deals"})
    assert (again.json, (await world.head(session_id)).seq) == (reply.json, seq)


async def test_a_name_given_before_the_first_question_is_not_replaced_by_its_words(world: World) -> None:
    ada = await person(world)
    session_id = await ada.client.open()
    await ada.asks_for("change_session", session_id, body={"title": "Plans"})
    await ada.client.ask("What about Contoso?")
    assert await ada.titles() == ["Plans"]


async def test_what_was_set_but_not_shown_in_the_list_is_shown_when_it_is_set_again(world: World) -> None:
    ada = await person(world)
    one, _ = await ada.begins("One", "Two")
    await ada.asks_for("change_session", one, body={"pinned": True})
    # As if the process had died between the head and the entry.
    await world.memberships.mark(ada.id, one, pinned=False, archived=False, version=1)
    assert await ada.titles(limit="1") == ["Two", "One"]
    await ada.asks_for("change_session", one, body={"pinned": True})
    assert await ada.titles(limit="1") == ["One", "Two"]


async def test_an_older_change_that_comes_late_does_not_undo_a_newer_one_in_the_list(world: World) -> None:
    ada = await person(world)
    one, _ = await ada.begins("One", "Two")
    await ada.asks_for("change_session", one, body={"pinned": True})
    await ada.asks_for("change_session", one, body={"pinned": False})
    await world.memberships.mark(ada.id, one, pinned=True, archived=False, version=1)
    assert await ada.titles(limit="1") == ["Two", "One"]


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("read_session", None),
        ("change_session", {"title": "Mine"}),
        ("delete_session", None),
        ("read_events", None),
        ("export_session", None),
    ],
)
async def test_anothers_session_looks_like_none_and_stays_as_it_is(world: World, name: str, body: object) -> None:
    ada = await person(world)
    (session_id,) = await ada.begins("Secret")
    before = await world.head(session_id)
    eve = await person(world)
    reply = await eve.asks_for(name, session_id, body=body)
    missing = await eve.asks_for(name, "s_01KJPWD6M0RB3JDFC7JAMXTS1V", body=body)
    assert (reply.status, reply.code) == (404, "conversation_not_found")
    # Each request is a trace of its own, where somebody listens.
    assert reply.json | {"trace_id": None} == missing.json | {"trace_id": None}
    assert await world.head(session_id) == before
