"""What must not be sent to the sessions API, and what comes of it: a problem by name, and nothing changed."""

import json

import pytest

from tests.api.sessions import person
from tests.support.world import World

CREATE, CHANGE, LIST, EVENTS, EXPORT, SEARCH = (
    "create_session",
    "change_session",
    "list_sessions",
    "read_events",
    "export_session",
    "search_sessions",
)
POISON = {"__class__": "Document", "__module__": "azure.functions", "__data__": "{}"}

BODIES: list[tuple[str, bytes, int, str]] = [
    (CREATE, b"null", 400, "body"),
    (CREATE, b"[]", 400, "body"),
    (CREATE, b'"x"', 400, "body"),
    (CREATE, b"{}x", 400, "body"),
    (CREATE, b'{"temporary": ', 400, "body"),
    (CREATE, b"\xff\xfe", 400, "body"),
    (CREATE, b'\xef\xbb\xbf{"temporary": true}', 400, "body"),
    (CREATE, b'{"temporary": "yes"}', 400, "temporary"),
    (CREATE, b'{"temporary": 1}', 400, "temporary"),
    (CREATE, b'{"temporary": null}', 400, "temporary"),
    (CREATE, b'{"temporal": true}', 400, "temporal"),
    (CREATE, json.dumps(POISON).encode(), 400, "__class__"),
    (CREATE, b'{"__proto__": {}}', 400, "__proto__"),
    (CREATE, b'{"a":' * 50_000, 400, "body"),
    (CREATE, b" " * (256 * 1024 + 1), 413, "The body is larger"),
    (CHANGE, b"", 400, "body"),
    (CHANGE, b"{}", 400, "body"),
    (CHANGE, b'{"title": ""}', 400, "title"),
    (CHANGE, b'{"title": " \\t\\n"}', 400, "title"),
    (CHANGE, b'{"title": "\\u202e\\u2066"}', 400, "title"),
    (CHANGE, json.dumps({"title": "\U000e0041"}).encode(), 400, "The title"),
    (CHANGE, json.dumps({"title": "x" * 201}).encode(), 400, "title"),
    (CHANGE, b'{"title": "\\ud800"}', 400, "body"),
    (CHANGE, b'{"title": 42}', 400, "title"),
    (CHANGE, b'{"title": NaN}', 400, "title"),
    (CHANGE, b'{"pinned": "true"}', 400, "pinned"),
    (CHANGE, b'{"pinned": 1e400}', 400, "pinned"),
    (CHANGE, b'{"while_busy": "drop"}', 400, "while_busy"),
    (CHANGE, b'{"owner": "tenant.eve"}', 400, "owner"),
    (CHANGE, b'{"title": "x", "seq": 0}', 400, "seq"),
]
QUERIES: list[tuple[str, dict[str, str], str]] = [
    *((LIST, {"limit": value}, "limit") for value in ("0", "-1", "101", "1e2", "5.0", "ten", " 5", "9" * 5000)),
    *((LIST, {"archived": value}, "archived") for value in ("yes", "1", "TRUE", "null")),
    (LIST, {"before": "x" * 201}, "before"),
    (LIST, {"after": "x"}, "after"),
    *((EVENTS, {"after": value}, "after") for value in ("-1", "1.5", "x", str(2**53), "9" * 5000)),
    *((EVENTS, {"limit": value}, "limit") for value in ("0", "501", "-1", "1000000000")),
    (EXPORT, {"format": "pdf"}, "format"),
    (EXPORT, {"format": "JSON"}, "format"),
    (SEARCH, {}, "q"),
    *((SEARCH, {"q": value}, "q") for value in ("", "x", "  x ", "x" * 101)),
    (SEARCH, {"q": "words", "limit": "5"}, "limit"),
]
IDS = ["a/b", "a?b", "a#b", "..%2f", "s_a\n", "s_\x00", "*", "s_" + "a" * 99, "s_é", " "]


@pytest.mark.parametrize(("name", "body", "status", "place"), BODIES)
async def test_a_wrong_body_is_refused_by_name_and_changes_nothing(
    world: World, name: str, body: bytes, status: int, place: str
) -> None:
    ada = await person(world)
    (session_id,) = await ada.begins("One")
    before = await world.head(session_id)
    reply = await ada.asks_for(name, None if name == CREATE else session_id, body=body)
    assert (reply.status, reply.json["fault"], reply.media_type) == (status, "user", "application/problem+json")
    assert reply.json["title"].startswith(place)
    assert await world.head(session_id) == before
    assert len(await world.memberships.page(ada.id, before=None, limit=10)) == 1


@pytest.mark.parametrize(("name", "query", "place"), QUERIES)
async def test_a_wrong_query_is_refused_by_name(world: World, name: str, query: dict[str, str], place: str) -> None:
    ada = await person(world)
    (session_id,) = await ada.begins("One")
    reply = await ada.asks_for(name, session_id if name in {EVENTS, EXPORT} else None, query=query)
    assert (reply.status, reply.code) == (400, "invalid_command")
    assert reply.json["title"].startswith(f"{place}:")


@pytest.mark.parametrize("name", ["read_session", CHANGE, "delete_session", EVENTS, EXPORT])
@pytest.mark.parametrize("session_id", IDS)
async def test_what_cannot_be_an_id_is_refused_before_any_store_sees_it(
    world: World, name: str, session_id: str
) -> None:
    ada = await person(world)
    reply = await ada.asks_for(name, session_id, body={"title": "x"})
    assert (reply.status, reply.code) == (400, "invalid_command")
    assert reply.json["title"].startswith("session_id:")


@pytest.mark.parametrize("session_id", ["head", "g_1", "s_1", "live", ".."])
async def test_the_name_of_something_else_is_no_session(world: World, session_id: str) -> None:
    ada = await person(world)
    for name in ("read_session", "delete_session", EVENTS):
        reply = await ada.asks_for(name, session_id)
        assert (reply.status, reply.code) == (404, "conversation_not_found")


@pytest.mark.parametrize("key", ["", "a b", "é", "x" * 201, "a\nb"])
async def test_a_key_that_cannot_be_is_refused(world: World, key: str) -> None:
    ada = await person(world)
    reply = await ada.asks_for(CREATE, headers={"Idempotency-Key": key})
    assert (reply.status, reply.code) == (400, "invalid_command")
    assert await world.memberships.page(ada.id, before=None, limit=10) == []
