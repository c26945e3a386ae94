"""Requests that are well-formed and name what is not there, somebody else's, or what has changed meanwhile."""

from collections.abc import Callable, Iterator

from tests.bad_input.asking import Request
from tests.bad_input.scene import Scene

NOBODYS = "s_01KJPWD6M0RB3JDFC7JAMXTS1V"

type Row = tuple[str, Request, int, str]
type State = Callable[[Scene, Request], Iterator[Row]]


def foreign_session(scene: Scene, good: Request) -> Iterator[Row]:
    others = {
        "of somebody else": scene.bob.session,
        "of nobody": NOBODYS,
        "of a group": "g_1",
        "that is a document": "head",
        "that is a folder": "..",
        "that is a person": scene.ada.person,
        "that is a turn": scene.ada.turn,
        "in another case": scene.ada.session.lower(),
    }
    for what, session_id in others.items():
        yield f"a session {what}", good.at(session_id=session_id), 404, "conversation_not_found"


def _foreign_answer(scene: Scene, good: Request) -> Iterator[Row]:
    yield from foreign_session(scene, good)
    others = {
        "of somebody else": scene.bob.answer,
        "that is a question": f"{scene.ada.turn}.q",
        "that is a call": scene.ada.call,
        "that is to come": f"{scene.ada.turn}.9",
        "that is a folder": "..",
        "that is a document": "head",
    }
    for what, message_id in others.items():
        yield f"an answer {what}", good.at(message_id=message_id), 404, "message_not_found"


def _used_key(_scene: Scene, good: Request) -> Iterator[Row]:
    other = good.under({"Idempotency-Key": "first"}).saying(temporary=True)
    yield "the key of another session", other, 409, "key_conflict"


def _used_entry_key(_scene: Scene, good: Request) -> Iterator[Row]:
    yield "the key of another entry", good.under({"Idempotency-Key": "first"}), 409, "key_conflict"


def _foreign_entry(scene: Scene, good: Request) -> Iterator[Row]:
    for what, entry_id in {"of somebody else": scene.bob.entry, "of nobody": "me_1", "..": ".."}.items():
        yield f"an entry {what}", good.at(entry_id=entry_id), 404, "memory_entry_not_found"


def _period(_scene: Scene, good: Request) -> Iterator[Row]:
    for first, last in (("2026-03-02", "2026-03-01"), ("2025-01-01", "2026-03-02"), ("0001-01-01", "9999-12-31")):
        yield f"{first} to {last}", good.asking(**{"from": first, "to": last}), 400, "invalid_command"


def _usage_period(_scene: Scene, good: Request) -> Iterator[Row]:
    for first, last in (("2026-03-02", "2026-03-01"), ("2024-01-01", "2026-03-02"), ("0001-01-01", "9999-12-31")):
        yield f"{first} to {last}", good.asking(since=first, until=last), 400, "invalid_command"


STATE: dict[str, State] = {
    "create_session": _used_key,
    "read_session": foreign_session,
    "change_session": foreign_session,
    "delete_session": foreign_session,
    "read_events": foreign_session,
    "export_session": foreign_session,
    "answer_manifest": _foreign_answer,
    "add_memory_entry": _used_entry_key,
    "change_memory_entry": _foreign_entry,
    "feedback": _period,
    "tool_feedback": _period,
    "admin_usage": _usage_period,
}
