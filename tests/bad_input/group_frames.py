"""The good frame of each command of the hub of groups, and what its fields must not be."""

from typing import Any

from shared.protocol.command_base import MAX_MENTIONS
from tests.bad_input import frame_rows
from tests.bad_input.group_room import FENCE
from tests.bad_input.scene import Scene
from tests.bad_input.values import NO_COMMAND_ID, NO_FLAG, NO_ID, NO_PLACE, NO_TEXT, POISON


def good_frames(scene: Scene) -> dict[str, dict[str, Any]]:
    """Return a frame of each command that would be accepted, but that no answer is given again in a group."""
    room, mate = scene.room, scene.ada.groups.mate
    here = {"conversation_id": room.group}
    usual = frame_rows.good_frames(scene.ada)
    return {
        "session.update": usual["session.update"] | {"session_id": room.group},
        "query": usual["query"] | {"session_id": room.group},
        "turn.stop": here | {"turn_id": room.turn},
        "message.edit": usual["message.edit"] | here | {"message_id": room.mine},
        "message.regenerate": here | {"message_id": room.answer},
        "feedback.record": usual["feedback.record"] | here | {"call_id": room.call},
        "question.answer": here | {"question_id": room.card, "fence": FENCE, "answer": "approve", "note": "Go."},
        "sync": here | {"after": 0},
        "group.open": {"group_id": room.group, "after": 0, "capabilities": ["streaming"], "time_zone": "Asia/Tokyo"},
        "group.leave": {"group_id": room.group},
        "group.message": {
            "group_id": room.group,
            "content": "Look at this.",
            "client_message_id": "m3",
            "mentions": [mate],
            "reply_to": room.theirs,
            "to": [mate],
        },
        "message.delete": here | {"message_id": room.mine},
        "message.share": here | {"message_id": room.private},
        "steer.take": here | {"turn_id": room.also},
        "reaction.set": here | {"message_id": room.theirs, "emoji": "\U0001f44d", "on": True},
        "typing": here | {"on": True},
        "presence": here | {"state": "away"},
        "read": here | {"seq": 1},
    }


_REQUIRED_ID: list[object] = [*NO_ID, None]
_NAMES: list[object] = [
    None,
    42,
    "coach",
    True,
    {},
    [POISON],
    *([value] for value in (*NO_ID, None)),
    ["tenant.x"] * (MAX_MENTIONS + 1),
]
FIELDS: dict[str, dict[str, list[object]]] = frame_rows.FIELDS | {
    "group.open": {
        "group_id": _REQUIRED_ID,
        "after": [*NO_PLACE, None],
        "capabilities": frame_rows.FIELDS["session.update"]["capabilities"],
        "time_zone": frame_rows.FIELDS["session.update"]["time_zone"],
    },
    "group.leave": {"group_id": _REQUIRED_ID},
    "group.message": {
        "group_id": _REQUIRED_ID,
        "content": [*NO_TEXT, None],
        "client_message_id": [*NO_COMMAND_ID, None],
        "mentions": _NAMES,
        "reply_to": NO_ID,
        "to": _NAMES,
    },
    "message.delete": {"conversation_id": _REQUIRED_ID, "message_id": _REQUIRED_ID},
    "message.share": {"conversation_id": _REQUIRED_ID, "message_id": _REQUIRED_ID},
    "steer.take": {"conversation_id": _REQUIRED_ID, "turn_id": _REQUIRED_ID},
    "reaction.set": {
        "conversation_id": _REQUIRED_ID,
        "message_id": _REQUIRED_ID,
        "emoji": [*NO_TEXT, None, "", "x" * 33, "\U0001f44d" * 33],
        "on": [*NO_FLAG, None],
    },
    "typing": {"conversation_id": _REQUIRED_ID, "on": [*NO_FLAG, None]},
    "presence": {"conversation_id": _REQUIRED_ID, "state": [*NO_TEXT, None, "", "HERE", "gone"]},
    "read": {"conversation_id": _REQUIRED_ID, "seq": [*NO_PLACE, None]},
}
REQUIRED: dict[str, tuple[str, ...]] = frame_rows.REQUIRED | {
    "group.open": ("group_id",),
    "group.leave": ("group_id",),
    "group.message": ("group_id", "content", "client_message_id"),
    "message.delete": ("conversation_id", "message_id"),
    "message.share": ("conversation_id", "message_id"),
    "steer.take": ("conversation_id", "turn_id"),
    "reaction.set": ("conversation_id", "message_id", "emoji"),
    "typing": ("conversation_id",),
    "presence": ("conversation_id",),
    "read": ("conversation_id", "seq"),
}
