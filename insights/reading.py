"""What a conversation's log says of its questions: which may count, and what became of each. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared import ids
from shared.common_questions.masking import embeddable, masked
from shared.common_questions.shapes import AskedQuestion, asked_part, question_id, week_of
from shared.event_log.head import Head

EXCLUDED_ROLES = frozenset({"HR"})
"""Who acts in one of these roles asks about people; nothing of it is counted."""
_RELEVANT = frozenset({"message.created", "tool_call.completed", "chat_response", "feedback.recorded", "turn.started"})
_NO_ANSWER = frozenset({"failed", "exhausted"})
_TOOL_FAILED = frozenset({"failed", "unknown"})
_MIN_WORDS = 2

type Row = Mapping[str, Any]
"""A document of the log as it is stored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The questions of some turns as they are now, without vectors, and the ids `(id, part)` of those that go."""

    questions: tuple[AskedQuestion, ...]
    gone: tuple[tuple[str, str], ...]


def touched_turn(row: Row) -> str | None:
    """Return the turn a changed document says something of, if that can matter to a question."""
    if row.get("kind") != "event" or row.get("type") not in _RELEVANT:
        return None
    if row["type"] == "feedback.recorded":
        return _target(row).split(".")[0] or None
    return row.get("turn_id")


def may_count(head: Head, roles: Iterable[str]) -> bool:
    """Tell whether anything of the conversation may be counted: only what a person asks in a session that is kept."""
    return head.group is None and not head.temporary and head.deleted_at is None and not EXCLUDED_ROLES & set(roles)


def read_turns(conversation_id: str, rows: Sequence[Row], turns: Iterable[str]) -> Reading:
    """Read the questions that `turns` answer from all relevant events of the conversation, which are in order."""
    asked = {row["turn_id"]: row for row in rows if row["type"] == "message.created" and row.get("turn_id")}
    replaced = {str(row["data"].get("replaces") or "").rpartition(".")[0] for row in asked.values()} & set(asked)
    answers_to = {
        row["turn_id"]: str(row["data"]["question_id"]).rpartition(".")[0]
        for row in rows
        if row["type"] == "turn.started" and row["data"].get("question_id")
    }
    found: list[AskedQuestion] = []
    gone: list[tuple[str, str]] = []
    for turn in sorted({answers_to.get(turn, turn) for turn in turns} | replaced):
        row = asked.get(turn)
        if row is None:
            continue
        part = asked_part(week_of(datetime.fromisoformat(row["at"])))
        mine = [one for one in rows if answers_to.get(of := touched_turn(one) or "", of) == turn]
        question = None if turn in replaced else _question(conversation_id, part, row, mine)
        if question is None:
            gone.append((question_id(conversation_id, turn), part))
        else:
            found.append(question)
    return Reading(questions=tuple(found), gone=tuple(gone))


def _question(conversation_id: str, part: str, row: Row, mine: Sequence[Row]) -> AskedQuestion | None:
    """Return the question, unless others may not see it, it was put into another's turn, or nothing is left of it."""
    data, author = row["data"], row["data"]["author"]
    if data.get("audience") is not None or data.get("steers"):
        return None
    words = " ".join(str(piece.get("text") or "") for piece in data.get("parts", ()))
    text = masked(words, (str(author.get("name") or ""),))
    if len(embeddable(text).split()) < _MIN_WORDS:
        return None
    return AskedQuestion(
        id=question_id(conversation_id, row["turn_id"]),
        part=part,
        conversation_id=conversation_id,
        person=ids.pseudonym("person", str(author["id"])),
        at=row["at"],
        text=text,
        vector="",
        **_outcome(mine),
    )


def _outcome(rows: Sequence[Row]) -> dict[str, Any]:
    votes = {
        (row["actor"]["id"], _target(row)): row["data"]["vote"] for row in rows if row["type"] == "feedback.recorded"
    }
    ends = [row["data"]["status"] for row in rows if row["type"] == "chat_response"]
    calls = [row["data"]["status"] for row in rows if row["type"] == "tool_call.completed"]
    return {
        "up": sum(vote == "up" for vote in votes.values()),
        "down": sum(vote == "down" for vote in votes.values()),
        "tool_failures": sum(status in _TOOL_FAILED for status in calls),
        "asked_again": sum(row["type"] == "turn.started" and bool(row["data"].get("question_id")) for row in rows),
        "unanswered": bool(ends) and ends[-1] in _NO_ANSWER,
    }


def _target(row: Row) -> str:
    return str(row["data"].get("call_id") or row["data"].get("message_id"))
