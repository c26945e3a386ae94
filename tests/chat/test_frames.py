"""What a client may put into a frame, and what it gets for it; a refused frame changes nothing at all."""

import json
from typing import Any

import pytest

from shared.protocol.command_base import MAX_CONTENT_CHARACTERS, MAX_FRAME_BYTES
from shared.protocol.durable import MessageCreated
from shared.protocol.shapes import TextPart
from tests.support.world import World

MALFORMED, UNKNOWN, INVALID = "malformed_frame", "unknown_command", "invalid_command"
POISON = '{"__class__":"Document","__module__":"azure.functions","__data__":"{}"}'


def _query(**fields: Any) -> bytes:
    return json.dumps({"type": "query", "content": "hello"} | fields).encode()


def _frame(kind: str, **fields: Any) -> bytes:
    return json.dumps({"type": kind} | fields).encode()


REFUSED: list[tuple[str, bytes, str]] = [
    ("an empty frame", b"", MALFORMED),
    ("an empty object", b"{}", UNKNOWN),
    ("null", b"null", MALFORMED),
    ("an array", b"[]", MALFORMED),
    ("a string", b'"query"', MALFORMED),
    ("a number", b"1", MALFORMED),
    ("text that is not JSON", b"hello", MALFORMED),
    ("truncated JSON", b'{"type":"query"', MALFORMED),
    ("garbage after the object", b"{}x", MALFORMED),
    ("a byte order mark", b"\xef\xbb\xbf" + _query(), MALFORMED),
    ("bytes that are not UTF-8", b'{"type":"query","content":"\xff\xfe"}', MALFORMED),
    ("an unpaired surrogate", b'{"type":"query","content":"\\ud800"}', MALFORMED),
    ("an unpaired surrogate in an ignored field", b'{"type":"query","content":"x","meta":"\\udfff"}', MALFORMED),
    ("an unpaired surrogate as a name", b'{"type":"query","content":"x","\\udfff":1}', MALFORMED),
    ("an integer of five thousand digits", _query(n=1)[:-2] + b"9" * 5000 + b"}", MALFORMED),
    ("arrays nested without end", b'{"type":"query","content":"x","m":' + b"[" * 60_000, MALFORMED),
    ("an unknown type", _frame("do.everything"), UNKNOWN),
    ("a type in another case", _frame("Query", content="x"), UNKNOWN),
    ("a type that is a number", b'{"type":1}', UNKNOWN),
    ("a type that is an array", b'{"type":["query"]}', UNKNOWN),
    ("a type that is an object", b'{"type":{"a":1}}', UNKNOWN),
    ("a type of ten thousand characters", _frame("q" * 10_000), UNKNOWN),
    ("an event the server sends", _frame("chat_response", response="I am the coach"), UNKNOWN),
    ("a delta made by the client", _frame("message.delta", text="x"), UNKNOWN),
    ("an object of the engine", POISON.encode(), UNKNOWN),
    ("a query without content", _frame("query"), INVALID),
    ("content that is null", _query(content=None), INVALID),
    ("content that is a number", _query(content=42), INVALID),
    ("content that is an object", _query(content={}), INVALID),
    ("content that is an array", _query(content=["a"]), INVALID),
    ("content that is not a number either", b'{"type":"query","content":NaN}', MALFORMED),
    ("a number beyond all numbers", b'{"type":"query","content":"hello","n":1e400}', MALFORMED),
    ("a type that stands twice", b'{"type":"query","content":"hello","type":"sync"}', MALFORMED),
    ("a steer in words", _query(steer="yes"), INVALID),
    ("a sync with its place as text", _frame("sync", conversation_id="s_1", after="1"), INVALID),
    ("content that is an object of the engine", _query(content=json.loads(POISON)), INVALID),
    ("empty content", _query(content=""), "content_empty"),
    ("content of spaces", _query(content=" \t\r\n "), "content_empty"),
    ("content nobody can see", _query(content="\u200b\u200d\u2060\ufeff"), "content_empty"),
    ("content of control characters", _query(content="\x00\x01\x07"), "content_empty"),
    ("content one character too long", _query(content="x" * (MAX_CONTENT_CHARACTERS + 1)), "content_too_long"),
    ("a frame one byte too large", b" " * (MAX_FRAME_BYTES - len(_query()) + 1) + _query(), "frame_too_large"),
    ("a frame of a megabyte", _query(content="x" * 1_000_000), "frame_too_large"),
    ("an empty message id", _query(client_message_id=""), INVALID),
    ("a message id of ten thousand characters", _query(client_message_id="m" * 10_000), INVALID),
    ("a message id that is a number", _query(client_message_id=7), INVALID),
    ("an empty command id", _query(command_id=""), INVALID),
    ("a command id that is an object", _query(command_id={}), INVALID),
    ("a session id with a slash", _query(session_id="s_a/b"), INVALID),
    ("a session id with a question mark", _query(session_id="s_a?b"), INVALID),
    ("a session id with a hash", _query(session_id="s_a#b"), INVALID),
    ("a session id with a line break at its end", _query(session_id="s_a\n"), INVALID),
    ("a session id of a thousand characters", _query(session_id="s_" + "a" * 1000), INVALID),
    ("an empty session id", _query(session_id=""), INVALID),
    ("a session id that is a star", _query(session_id="*"), INVALID),
    ("the session of nobody", _query(session_id="s_01KJPWD6M0RB3JDFC7JAMXTS1V"), "conversation_not_found"),
    ("a group's id at the door for one person", _query(session_id="g_1"), "conversation_not_found"),
    ("the name of a document as a session id", _query(session_id="head"), "conversation_not_found"),
    ("a session update with a negative place", _frame("session.update", after=-1), INVALID),
    ("a session update with a place in words", _frame("session.update", after="two"), INVALID),
    ("a session update with roles as a list", _frame("session.update", role=["Admin"]), INVALID),
    ("a token of a megabyte in small", _frame("session.update", accessToken="x" * 20_001), INVALID),
    ("a token nobody signed", _frame("session.update", accessToken="a.b.c"), "token_invalid"),
    ("a sync of nothing", _frame("sync"), INVALID),
    ("a sync without a place", _frame("sync", conversation_id="s_1"), INVALID),
    ("a sync with a negative place", _frame("sync", conversation_id="s_1", after=-1), INVALID),
    ("a sync with a broken place", _frame("sync", conversation_id="s_1", after=1.5), INVALID),
    ("a sync of a conversation nobody has", _frame("sync", conversation_id="s_1", after=0), "conversation_not_found"),
    ("a stop without a turn", _frame("turn.stop", conversation_id="s_1"), INVALID),
    (
        "a stop in a conversation nobody has",
        _frame("turn.stop", conversation_id="s_1", turn_id="t_1"),
        "conversation_not_found",
    ),
]

HARMLESS: list[tuple[str, bytes, str]] = [
    ("unknown fields", _query(meta={"a": 1}, constructor={}, __proto__={"x": 1}), "hello"),
    ("an object of the engine in a field nobody reads", _query(meta=json.loads(POISON)), "hello"),
    ("an object of the engine as text", _query(content=POISON), POISON),
    ("thousands of fields", _query(**{f"k{n}": n for n in range(4000)}), "hello"),
    (
        "content of exactly the longest length",
        _query(content="x" * MAX_CONTENT_CHARACTERS),
        "x" * MAX_CONTENT_CHARACTERS,
    ),
    (
        "markup",
        _query(content="<script>alert(1)</script> [x](javascript:alert(1))"),
        "<script>alert(1)</script> [x](javascript:alert(1))",
    ),
    ("text from right to left", _query(content="\u202eabc\u202c \u0639"), "\u202eabc\u202c \u0639"),
    ("many combining marks", _query(content="e" + "\u0301" * 5000), "e" + "\u0301" * 5000),
    ("many emoji", _query(content="\U0001f600" * 5000), "\U0001f600" * 5000),
    (
        "lines that look like a log",
        _query(content="a\r\n2026-01-01 ERROR admin logged in"),
        "a\r\n2026-01-01 ERROR admin logged in",
    ),
    ("templates", _query(content="%s{0}${jndi:ldap://x}{{7*7}}"), "%s{0}${jndi:ldap://x}{{7*7}}"),
    ("a character of value zero in the text", _query(content="a\x00b"), "a\x00b"),
    ("a message id of strange characters", _query(client_message_id="../?#:\n\U0001f600"), "hello"),
    ("a claim to be the coach", _query(author={"kind": "coach", "id": "coach", "name": "Coach"}), "hello"),
]


def _names(rows: list[tuple[str, bytes, str]]) -> list[str]:
    return [row[0].replace(" ", "_") for row in rows]


@pytest.mark.parametrize(("name", "frame", "code"), REFUSED, ids=_names(REFUSED))
async def test_a_frame_is_refused_by_code_and_changes_nothing(world: World, name: str, frame: bytes, code: str) -> None:
    client = await world.client(world.person())
    session_id = await client.open()
    head, state, groups = await world.log.head(session_id), client.state, dict(world.hub.groups)
    world.hub.sent.clear()
    told = await client.send(frame)
    assert (told.event["type"], told.code) == ("error", code)
    assert told.event["message"]
    assert not told.event["retryable"]
    assert "Traceback" not in told.event["message"]
    assert await world.log.head(session_id) == head
    assert (client.state, world.hub.groups, world.hub.sent, world.engine.started) == (state, groups, [], [])
    memberships = await world.memberships.page(client.principal, before=None, limit=10)
    assert [membership.conversation_id for membership in memberships] == [session_id]
    good = await client.ask("And now?")
    assert good["position"] == 0


@pytest.mark.parametrize(("name", "frame", "text"), HARMLESS, ids=_names(HARMLESS))
async def test_strange_but_harmless_frames_are_taken_as_they_are(
    world: World, name: str, frame: bytes, text: str
) -> None:
    client = await world.client(world.person())
    session_id = await client.open()
    told = await client.send(frame)
    assert told.event["type"] == "command.accepted", told.event
    (question, *_) = await world.events(session_id)
    assert isinstance(question, MessageCreated)
    assert question.parts == (TextPart(text=text),)
    assert question.author.id == client.principal
    assert question.author.kind == "person"


async def test_a_query_before_any_session_is_refused(world: World) -> None:
    client = await world.client(world.person())
    told = await client.send({"type": "query", "content": "hello", "command_id": "c1"})
    assert (told.code, told.event["command_id"]) == ("no_session", "c1")


async def test_a_plain_client_gets_the_same_error_for_the_same_frame(world: World) -> None:
    client = await world.client(world.person())
    for frame in (b"hello", b"{}", _query(content="")):
        assert (await client.send(frame, "message")).timeless() == (await client.send(frame, "command")).timeless()


async def test_an_event_that_is_no_command_is_refused_even_with_a_good_frame(world: World) -> None:
    client = await world.client(world.person())
    session_id = await client.open()
    told = await client.send({"type": "query", "content": "hello"}, "sendToGroup")
    assert told.code == "unknown_command"
    assert await world.events(session_id) == ()


async def test_the_error_names_the_command_and_the_message_it_is_about(world: World) -> None:
    client = await world.client(world.person())
    await client.open()
    told = await client.send({"type": "query", "content": " ", "command_id": "c1", "client_message_id": "m1"})
    assert (told.event["command_id"], told.event["client_message_id"]) == ("c1", "m1")
    told = await client.send({"type": "query", "command_id": "c2"})
    assert told.event["command_id"] == "c2"
    assert "content" in told.event["message"]
