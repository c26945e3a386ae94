"""Frames that are well-formed and name what is not there, somebody else's, or what does not fit what is there."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from tests.bad_input.frame_rows import INVALID, NO_ANSWER, NO_CONVERSATION, BadFrame, good_frames, sessions_of_others
from tests.bad_input.scene import Scene
from tests.bad_input.values import nested

NO_TURN, NO_MESSAGE, NO_QUESTION = "turn_not_found", "message_not_found", "question_not_found"

type Row = tuple[str, dict[str, Any], str]
type Rows = Callable[[Scene], Iterator[Row]]


def state_rows(scene: Scene, command: str) -> Iterator[BadFrame]:
    """Yield frames that name the wrong thing."""
    good = {"type": command, "command_id": "c1", **good_frames(scene.ada)[command]}
    place = "conversation_id" if "conversation_id" in good else "session_id"
    wrong = [(f"the session {other}", {place: other}, NO_CONVERSATION) for other in sessions_of_others(scene)]
    own = _ROWS[command](scene) if command in _ROWS else ()
    for what, fields, code in (*wrong, *own):
        yield BadFrame(what=what, frame=json.dumps(good | fields).encode(), code=code)


def _query(scene: Scene) -> Iterator[Row]:
    used = {"client_message_id": scene.ada.used_key}
    yield "the id of another message", used, "message_conflict"


def _stop(scene: Scene) -> Iterator[Row]:
    for turn in (scene.bob.active, scene.ada.turn, f"{scene.ada.active}.q", "t_1", "..", "head"):
        yield f"the turn {turn}", {"turn_id": turn}, NO_TURN


def _edit(scene: Scene) -> Iterator[Row]:
    ada, bob = scene.ada, scene.bob
    for message in (f"{bob.turn}.q", ada.answer, ada.call, f"{ada.active}.q", "t_1.q", "..", "head"):
        yield f"the message {message}", {"message_id": message}, NO_MESSAGE
    running = {"conversation_id": ada.running, "message_id": f"{ada.active}.q"}
    yield "a message that is being answered", running, "turn_running"
    yield "the id of another message", {"client_message_id": ada.first_key}, "message_conflict"


def _regenerate(scene: Scene) -> Iterator[Row]:
    ada, bob = scene.ada, scene.bob
    for message in (bob.answer, f"{ada.active}.q", "t_1.q", "..", ".q", "head"):
        yield f"the message {message}", {"message_id": message}, NO_MESSAGE
    running = {"conversation_id": ada.running, "message_id": f"{ada.active}.q"}
    yield "a message that is being answered", running, "turn_running"


def _feedback(scene: Scene) -> Iterator[Row]:
    ada, bob = scene.ada, scene.bob
    for call in (bob.call, f"{ada.turn}.0.9", ada.answer, f"{ada.turn}.q", "..", "head"):
        yield f"the call {call}", {"call_id": call}, NO_MESSAGE
    for message in (bob.answer, f"{ada.turn}.q", ada.call, f"{ada.turn}.9", ".."):
        fields = {"call_id": None, "message_id": message, "vote": "up"}
        yield f"the message {message}", fields, NO_MESSAGE
    yield "both", {"message_id": ada.answer}, INVALID
    yield "neither", {"call_id": None}, INVALID
    yield "a message's vote on a call", {"vote": "up"}, INVALID
    yield "a call's vote on a message", {"call_id": None, "message_id": ada.answer, "vote": "slow"}, INVALID


def _answer(scene: Scene) -> Iterator[Row]:
    ada, bob = scene.ada, scene.bob
    for card in (bob.card.question_id, ada.call, f"{ada.card.question_id}1", "t_1.0.0.q1", "..", "head"):
        yield f"the card {card}", {"question_id": card}, NO_QUESTION
    for fence in (bob.card.fence, ada.loose_card.fence, ada.card.fence[:-1], "0"):
        yield f"the fence {fence}", {"fence": fence}, "question_changed"
    yield from ((f"the answer {word}", {"answer": word}, NO_ANSWER) for word in ("accept", "decline"))
    yield "arguments of what is denied", {"answer": "deny"}, NO_ANSWER
    yield "values where there is no form", {"values": {"a": 1}}, NO_ANSWER
    for arguments in (
        {},
        {"to": 42},
        {"to": None},
        {"to": "x", "copies": 0},
        {"to": "x", "copies": "two"},
        {"to": "x", "copies": 1.5},
        {"to": "x" * 33_000},
        {"to": nested("a", 1)},
    ):
        yield f"the arguments {str(arguments)[:40]}", {"arguments": arguments}, NO_ANSWER
    loose = {"question_id": ada.loose_card.question_id, "fence": ada.loose_card.fence}
    for arguments in (
        {"share": 0.3},
        {"share": 10**400},
        {"share": "1"},
        {"more": 1},
    ):
        yield f"the loose arguments {str(arguments)[:40]}", loose | {"arguments": arguments}, NO_ANSWER


_ROWS: dict[str, Rows] = {
    "query": _query,
    "turn.stop": _stop,
    "message.edit": _edit,
    "message.regenerate": _regenerate,
    "feedback.record": _feedback,
    "question.answer": _answer,
}
