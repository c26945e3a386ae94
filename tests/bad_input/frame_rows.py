"""The catalogue of the socket: for each command and each field, what it must not be and how that is refused."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from shared.protocol.command_base import MAX_CONTENT_CHARACTERS, MAX_FRAME_BYTES, MAX_NOTE_CHARACTERS
from tests.bad_input.endpoint_state import NOBODYS
from tests.bad_input.holding import Holding
from tests.bad_input.scene import Scene
from tests.bad_input.tokens import bad_headers
from tests.bad_input.values import (
    NO_COMMAND_ID,
    NO_FLAG,
    NO_ID,
    NO_OBJECT,
    NO_PLACE,
    NO_TEXT,
    NUL,
    POISON,
    RIGHT_TO_LEFT,
)

INVALID, MALFORMED, UNKNOWN = "invalid_command", "malformed_frame", "unknown_command"
NO_CONVERSATION, NO_ANSWER = "conversation_not_found", "answer_invalid"


@dataclass(frozen=True, slots=True, kw_only=True)
class BadFrame:
    """A frame that is refused with `code`; the message begins with `place`."""

    what: str
    frame: bytes
    code: str = INVALID
    place: str = ""
    told_back: bool = True
    """The error names the command it is about."""


def good_frames(who: Holding) -> dict[str, dict[str, Any]]:
    """Return a frame of each command that would be accepted, with all its fields but those that exclude others."""
    return {
        "session.update": {
            "session_id": who.session,
            "after": 0,
            "email_id": "ada@example.com",
            "role": "Sales",
            "capabilities": ["streaming"],
            "time_zone": "Europe/Berlin",
            "locale": "de",
        },
        "query": {
            "content": "And now?",
            "session_id": who.running,
            "client_message_id": "m1",
            "steer": True,
        },
        "turn.stop": {"conversation_id": who.running, "turn_id": who.active},
        "message.edit": {
            "conversation_id": who.session,
            "message_id": f"{who.turn}.q",
            "content": "Otherwise?",
            "client_message_id": "m2",
        },
        "message.regenerate": {"conversation_id": who.session, "message_id": who.answer},
        "feedback.record": {"conversation_id": who.session, "call_id": who.call, "vote": "slow", "note": "Minutes."},
        "question.answer": {
            "conversation_id": who.carded,
            "question_id": who.card.question_id,
            "fence": who.card.fence,
            "answer": "approve",
            "arguments": {"to": "Fabrikam", "copies": 2},
            "note": "Go.",
        },
        "sync": {"conversation_id": who.session, "after": 0},
    }


_TOO_LONG = ["x" * (MAX_NOTE_CHARACTERS + 1), "x" * 50_000]
_REQUIRED_ID = [*NO_ID, None]
FIELDS: dict[str, dict[str, list[object]]] = {
    "session.update": {
        "session_id": NO_ID,
        "after": [*NO_PLACE, None],
        "email_id": [*NO_TEXT, "x" * 321],
        "role": [*NO_TEXT, ["Admin"], "x" * 101],
        "accessToken": [*NO_TEXT, "x" * 20_001],
        "capabilities": ["streaming", 42, {}, None, [1], [None], [["streaming"]], [POISON]],
        "time_zone": [*NO_TEXT, "x" * 65],
        "locale": [*NO_TEXT, "x" * 36],
    },
    "query": {
        "content": [*NO_TEXT, None],
        "session_id": NO_ID,
        "client_message_id": NO_COMMAND_ID,
        "steer": [*NO_FLAG, None],
    },
    "turn.stop": {"conversation_id": _REQUIRED_ID, "turn_id": _REQUIRED_ID},
    "message.edit": {
        "conversation_id": _REQUIRED_ID,
        "message_id": _REQUIRED_ID,
        "content": [*NO_TEXT, None],
        "client_message_id": NO_COMMAND_ID,
    },
    "message.regenerate": {"conversation_id": _REQUIRED_ID, "message_id": _REQUIRED_ID},
    "feedback.record": {
        "conversation_id": _REQUIRED_ID,
        "call_id": NO_ID,
        "message_id": NO_ID,
        "vote": [*NO_TEXT, None, "", "SLOW", "great"],
        "note": [*NO_TEXT, *_TOO_LONG],
    },
    "question.answer": {
        "conversation_id": _REQUIRED_ID,
        "question_id": _REQUIRED_ID,
        "fence": _REQUIRED_ID,
        "answer": [*NO_TEXT, None, "", "APPROVE", "yes"],
        "arguments": NO_OBJECT,
        "values": NO_OBJECT,
        "note": [*NO_TEXT, *_TOO_LONG],
    },
    "sync": {"conversation_id": _REQUIRED_ID, "after": [*NO_PLACE, None]},
}
"""Bad values by command and field; `type` and `command_id` are every command's."""
REQUIRED: dict[str, tuple[str, ...]] = {
    "query": ("content",),
    "turn.stop": ("conversation_id", "turn_id"),
    "message.edit": ("conversation_id", "message_id", "content"),
    "message.regenerate": ("conversation_id", "message_id"),
    "feedback.record": ("conversation_id", "vote"),
    "question.answer": ("conversation_id", "question_id", "fence", "answer"),
    "sync": ("conversation_id", "after"),
}
_UNSEEN = ["", " \t\r\n ", f"{NUL}\x07", "\u200b\u200d\u2060\ufeff", f"{RIGHT_TO_LEFT}\u2066", "\U000e0041"]


def frame_rows(scene: Scene, command: str) -> Iterator[BadFrame]:
    """Yield what must not be sent as the command."""
    good = {"type": command, "command_id": "c1", **good_frames(scene.ada)[command]}
    yield from rows_of_frame(scene, good, FIELDS[command], REQUIRED.get(command, ()))


def rows_of_frame(
    scene: Scene, good: dict[str, Any], fields: dict[str, list[object]], required: tuple[str, ...]
) -> Iterator[BadFrame]:
    """Yield frames that differ from a good one in one thing that must not be."""
    yield from _broken(good)
    yield from _types(good)
    yield from _fields(good, fields, required)
    yield from _contents(good)
    if good["type"] == "session.update":
        yield from _tokens(scene, good)


def _broken(good: dict[str, Any]) -> Iterator[BadFrame]:
    told = json.dumps(good).encode()
    inside, rest = told[:-1], b"}"
    broken = {
        "half a frame": told[: len(told) // 2],
        "garbage behind it": told + b"x",
        "two frames": told + told,
        "a frame in an array": b"[" + told + b"]",
        "a frame in a string": json.dumps(told.decode()).encode(),
        "a byte order mark": b"\xef\xbb\xbf" + told,
        "UTF-16": told.decode().encode("utf-16"),
        "no UTF-8": inside + b',"m":"\xff\xfe"' + rest,
        "a NUL byte": inside + b',"m":"\x00"' + rest,
        "half a surrogate pair": inside + b',"m":"\\ud800"' + rest,
        "half a surrogate pair as a name": inside + b',"\\udfff":1' + rest,
        "a type that stands twice": inside + b',"type":"sync"' + rest,
        "a field that stands twice": inside + b"," + told[1:],
        "a name that stands twice inside": inside + b',"m":{"a":1,"a":2}' + rest,
        "no number": inside + b',"m":NaN' + rest,
        "a number without end": inside + b',"m":-Infinity' + rest,
        "a number beyond all numbers": inside + b',"m":1e400' + rest,
        "five thousand digits": inside + b',"m":' + b"9" * 5000 + rest,
        "arrays a hundred deep": inside + b',"m":' + b"[" * 100 + b"]" * 100 + rest,
        "objects a thousand deep": inside + b',"m":' + b'{"a":' * 1000 + b"1" + b"}" * 1000 + rest,
        "arrays without end": inside + b',"m":' + b"[" * 30_000,
    }
    for what, frame in broken.items():
        yield BadFrame(what=what, frame=frame, code=MALFORMED, told_back=False)
    size = b" " * (MAX_FRAME_BYTES - len(told) + 1)
    yield BadFrame(what="a byte too many", frame=size + told, code="frame_too_large", told_back=False)


def _types(good: dict[str, Any]) -> Iterator[BadFrame]:
    kind = str(good["type"])
    for value in (None, 1, True, [kind], {"a": kind}, "", kind.upper(), f" {kind}", f"{kind}{NUL}", "x" * 10_000):
        yield BadFrame(what=f"the type {str(value)[:40]!r}", frame=_with(good, type=value), code=UNKNOWN)
    for value in ("chat_response", "message.delta", "session.created", "sendToGroup", "__class__"):
        yield BadFrame(what=f"the type {value}", frame=_with(good, type=value), code=UNKNOWN)
    for value in NO_COMMAND_ID:
        yield BadFrame(
            what=f"the command id {str(value)[:40]!r}",
            frame=_with(good, command_id=value),
            place="command_id",
            told_back=False,
        )
    for value in (42, 1.5, True, {}, ["x"], "x" * 201):
        what = f"the trace context {str(value)[:40]!r}"
        yield BadFrame(what=what, frame=_with(good, traceparent=value), place="traceparent")


def _fields(good: dict[str, Any], fields: dict[str, list[object]], required: tuple[str, ...]) -> Iterator[BadFrame]:
    for name, values in fields.items():
        for value in values:
            yield BadFrame(what=f"{name} {str(value)[:40]!r}", frame=_with(good, **{name: value}), place=name)
    for name in required:
        rest = {key: value for key, value in good.items() if key != name}
        yield BadFrame(what=f"no {name}", frame=json.dumps(rest).encode(), place=name)


def _contents(good: dict[str, Any]) -> Iterator[BadFrame]:
    if "content" not in good:
        return
    for value in _UNSEEN:
        yield BadFrame(what=f"content {value!r}", frame=_with(good, content=value), code="content_empty")
    for count in (MAX_CONTENT_CHARACTERS + 1, 60_000):
        yield BadFrame(what=f"{count} characters", frame=_with(good, content="x" * count), code="content_too_long")


def _tokens(scene: Scene, good: dict[str, Any]) -> Iterator[BadFrame]:
    for what, header, code in bad_headers(scene, scene.ada):
        if header is not None and header.startswith("Bearer "):
            token = header.removeprefix("Bearer ")
            wanted = INVALID if len(token) > 20_000 else "token_missing" if not token else code
            yield BadFrame(what=what, frame=_with(good, accessToken=token), code=wanted)
    others = scene.authorization(scene.bob).removeprefix("Bearer ")
    yield BadFrame(what="the token of somebody else", frame=_with(good, accessToken=others), code="token_invalid")


def _with(good: dict[str, Any], **fields: object) -> bytes:
    return json.dumps(good | fields).encode()


def sessions_of_others(scene: Scene) -> list[str]:
    """Return ids of conversations that are not Ada's, and ids that are of no conversation."""
    others = [scene.bob.session, scene.bob.carded, scene.bob.running]
    return [*others, NOBODYS, "g_1", "head", "..", ".", scene.ada.turn, scene.ada.person, scene.ada.session.lower()]
