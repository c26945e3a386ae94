"""Frames to the hub of groups that name what is not there, somebody else's, or what their sender may not do."""

import json
from collections.abc import Iterator
from typing import Any

from tests.bad_input.frame_rows import INVALID, NO_ANSWER, UNKNOWN, BadFrame
from tests.bad_input.frame_state import NO_MESSAGE, NO_QUESTION, NO_TURN, Row, Rows
from tests.bad_input.group_frames import good_frames
from tests.bad_input.group_state import ARCHIVED, LAST, NO_MEMBER, NOT_FOUND, groups_of_others
from tests.bad_input.scene import Scene

FORBIDDEN, CONFLICT, NO_SESSION = "forbidden", "message_conflict", "no_session"
NOT_GIVEN_AGAIN = "message.regenerate"


def state_rows(scene: Scene, command: str) -> Iterator[BadFrame]:
    """Yield frames that name the wrong thing."""
    good = {"type": command, "command_id": "c1", **good_frames(scene)[command]}
    place = next(name for name in ("conversation_id", "session_id", "group_id") if name in good)
    own = _ROWS[command](scene) if command in _ROWS else ()
    for what, fields, code in (*_other_groups(scene, command, place), *own):
        yield BadFrame(what=what, frame=json.dumps(good | fields).encode(), code=code)
    if place == "session_id":
        rest = {name: value for name, value in good.items() if name != place}
        yield BadFrame(what="no group, and none open", frame=json.dumps(rest).encode(), code=NO_SESSION)


def _other_groups(scene: Scene, command: str, place: str) -> Iterator[Row]:
    mine = scene.ada.groups
    others = groups_of_others(scene)
    if command == "group.leave":
        # Who is out of a group already has left it, and who leaves an invitation declines it.
        others = {what: group for what, group in others.items() if group not in {mine.left, mine.removed}}
    else:
        others |= {"one is invited to": mine.invited, "archived, one is invited to": mine.invited_to_archived}
    code = UNKNOWN if command == NOT_GIVEN_AGAIN else NOT_FOUND
    for what, group_id in others.items():
        yield f"the group {what}", {place: group_id}, code


def _messages(scene: Scene, *found: str) -> Iterator[Row]:
    """Yield messages that are not there, or not to be seen, and those `found` that are not for this."""
    room, bob = scene.room, scene.bob
    ids = (room.hidden, room.gone, bob.answer, f"{bob.turn}.q", room.call, room.card, "m_1", "t_1.q", "..", "head")
    for message_id in (*ids, *found):
        yield f"the message {message_id}", {"message_id": message_id}, NO_MESSAGE


def _closed_groups(scene: Scene, place: str, **fields: object) -> Iterator[Row]:
    """Yield groups in which one only reads."""
    mine = scene.ada.groups
    yield "a group one observes", {place: mine.observed, **fields}, FORBIDDEN
    yield "a group that is archived", {place: mine.archived, **fields}, ARCHIVED


def _leave(scene: Scene) -> Iterator[Row]:
    for group_id in (scene.ada.groups.owned, scene.ada.groups.archived):
        yield "a group whose only owner one is", {"group_id": group_id}, LAST


def _message(scene: Scene) -> Iterator[Row]:
    room, me, mine, bob = scene.room, scene.ada.person, scene.ada.groups, scene.bob
    yield from _closed_groups(scene, "group_id", reply_to=None)
    for what, fields, code in _messages(scene):
        # A reply may have been under way when what it replies to was taken back.
        if fields["message_id"] != room.gone:
            yield what, {"reply_to": fields["message_id"]}, code
    yield "a reply into another group", {"reply_to": room.watched}, NO_MESSAGE
    for name in (bob.person, mine.guest, mine.mate.upper(), "x", "..", "coach1"):
        yield f"mentioning {name}", {"mentions": [name]}, NO_MEMBER
        yield f"whispering to {name}", {"to": [name]}, NO_MEMBER
        yield f"whispering to {name} too", {"to": [mine.mate, name]}, NO_MEMBER
    yield "a whisper to the coach and others", {"to": ["coach", mine.mate]}, INVALID
    yield "a whisper the coach is to hear", {"mentions": ["coach"]}, INVALID
    yield "a whisper to oneself", {"to": [me], "mentions": []}, INVALID
    used = {"client_message_id": room.used_key, "reply_to": None, "mentions": [], "to": []}
    yield "the id of another message", used, CONFLICT


def _query(scene: Scene) -> Iterator[Row]:
    yield from _closed_groups(scene, "session_id")
    yield "the id of another message", {"client_message_id": scene.room.used_key}, CONFLICT


def _delete(scene: Scene) -> Iterator[Row]:
    room = scene.room
    yield "somebody else's message", {"message_id": room.theirs}, FORBIDDEN
    # Taking back what is taken back is done.
    rows = (row for row in _messages(scene, room.answer, room.private) if row[1]["message_id"] != room.gone)
    yield from rows
    watched = {"conversation_id": scene.ada.groups.observed, "message_id": room.watched}
    yield "somebody else's where one observes", watched, FORBIDDEN


def _share(scene: Scene) -> Iterator[Row]:
    room = scene.room
    yield from _messages(scene, room.theirs, room.mine, room.answer)


def _react(scene: Scene) -> Iterator[Row]:
    yield from _messages(scene)
    observed: dict[str, Any] = {"conversation_id": scene.ada.groups.observed, "message_id": scene.room.watched}
    yield "where one observes", observed, FORBIDDEN
    for emoji in (
        "x",
        ":)",
        " ",
        "\x00",
        "\u202e",
        "\u200d",
        "\ufe0f",
        "<b>",
        "\U0001f44d\U0001f44d",
        "\U0001f44d ",
        "1",
    ):
        yield f"the emoji {emoji!r}", {"emoji": emoji}, INVALID


def _edit(scene: Scene) -> Iterator[Row]:
    room = scene.room
    yield from _messages(scene, room.theirs, room.answer, room.private)


def _stop(scene: Scene) -> Iterator[Row]:
    for turn in (scene.bob.active, scene.ada.active, f"{scene.room.turn}.q", "t_1", "..", "head"):
        yield f"the turn {turn}", {"turn_id": turn}, NO_TURN


def _take(scene: Scene) -> Iterator[Row]:
    for turn in (scene.room.turn, scene.bob.active, f"{scene.room.also}.q", "t_1", "..", "head"):
        yield f"the turn {turn}", {"turn_id": turn}, NO_TURN


def _feedback(scene: Scene) -> Iterator[Row]:
    room, bob = scene.room, scene.bob
    for call in (bob.call, scene.ada.call, f"{room.turn}.0.9", room.answer, room.mine, room.card, "..", "head"):
        yield f"the call {call}", {"call_id": call}, NO_MESSAGE
    for what, fields, code in _messages(scene, room.theirs, room.mine):
        yield what, fields | {"call_id": None, "vote": "up"}, code
    yield "both", {"message_id": room.answer}, INVALID
    yield "neither", {"call_id": None}, INVALID
    yield "a message's vote on a call", {"vote": "up"}, INVALID
    yield "a call's vote on a message", {"call_id": None, "message_id": room.answer, "vote": "slow"}, INVALID


def _answer(scene: Scene) -> Iterator[Row]:
    room, ada = scene.room, scene.ada
    others = (room.card_of_mate, ada.card.question_id, scene.bob.card.question_id, room.call, f"{room.card}1", "..")
    for card in others:
        yield f"the card {card}", {"question_id": card}, NO_QUESTION
    for fence in (ada.card.fence, "g", "0"):
        yield f"the fence {fence}", {"fence": fence}, "question_changed"
    yield from ((f"the answer {word}", {"answer": word}, NO_ANSWER) for word in ("accept", "decline"))
    yield "arguments of what is not editable", {"arguments": {"to": "x"}}, NO_ANSWER
    yield "values where there is no form", {"values": {"a": 1}}, NO_ANSWER


_ROWS: dict[str, Rows] = {
    "group.leave": _leave,
    "group.message": _message,
    "query": _query,
    "message.delete": _delete,
    "message.share": _share,
    "reaction.set": _react,
    "message.edit": _edit,
    "turn.stop": _stop,
    "steer.take": _take,
    "feedback.record": _feedback,
    "question.answer": _answer,
}
