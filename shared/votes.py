"""Votes on tool calls and on answers: what is kept of one, and what is told of many."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import get_args

from shared import ids
from shared.cosmos import Document
from shared.protocol.shapes import CallVote, MessageVote

CALL_VOTES: tuple[CallVote, ...] = get_args(CallVote.__value__)
MESSAGE_VOTES: tuple[MessageVote, ...] = get_args(MessageVote.__value__)
_ID = re.compile(r"vote\.[a-z0-9]+\Z")
KEPT_S = 400 * 24 * 3600
TOOLS = "tool-feedback"
ANSWERS = "answer-feedback"
COMPLAINTS: frozenset[CallVote | MessageVote] = frozenset({"down", "wrong", "unsafe"})
"""The votes that somebody should look into."""
REVIEWED = "reviewed"
"""The field of a vote's document that says somebody did; a newer vote comes without."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolVote:
    """A person's vote on a tool call, with the roles they had then; `seq` is that of the event it follows from.

    `day` (ISO) is when the call ended, `at` when the vote was given.
    """

    conversation_id: str
    call_id: str
    person: str
    seq: int
    day: str
    at: str
    server: str
    tool: str
    roles: tuple[str, ...]
    vote: CallVote
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerVote:
    """A person's vote on a message of the coach, as `ToolVote`; `day` is when the message was complete.

    `prompt` and `prompt_version` are what the coach was told then; both empty where that is not known.
    """

    conversation_id: str
    message_id: str
    person: str
    seq: int
    day: str
    at: str
    prompt: str
    prompt_version: str
    roles: tuple[str, ...]
    vote: MessageVote
    note: str | None


type Vote = ToolVote | AnswerVote


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """One vote on a call as it is counted: no person, no words."""

    server: str
    tool: str
    roles: tuple[str, ...]
    vote: CallVote


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerTally:
    """One vote on an answer as it is counted; `month` (`2026-03`) is when it was given to the person."""

    prompt: str
    prompt_version: str
    month: str
    roles: tuple[str, ...]
    vote: MessageVote


@dataclass(frozen=True, slots=True, kw_only=True)
class VoteNote:
    """What somebody wrote beside a vote, and where the call is found."""

    conversation_id: str
    call_id: str
    at: str
    server: str
    tool: str
    roles: tuple[str, ...]
    vote: CallVote
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerNote:
    """What somebody wrote beside a vote, and where the answer is found."""

    conversation_id: str
    message_id: str
    at: str
    prompt: str
    prompt_version: str
    roles: tuple[str, ...]
    vote: MessageVote
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """Somebody looked into a complaint: when, who by name, and what they noted."""

    at: str
    by: str
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """A vote that somebody should look at, and where what it is about is found: a call, or an answer.

    `part` and `id` name the vote itself.
    """

    part: str
    id: str
    conversation_id: str
    call_id: str | None = None
    message_id: str | None = None
    at: str
    roles: tuple[str, ...]
    vote: CallVote | MessageVote
    note: str | None
    reviewed: Reviewed | None = None

    @property
    def turn_id(self) -> str:
        if self.call_id is not None:
            return ids.parse_call(self.call_id).turn_id
        return (self.message_id or "").rpartition(".")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What ended from `first` to `last`, both included; calls of one server or tool, if named."""

    first: date
    last: date
    server: str | None = None
    tool: str | None = None


def is_vote(document_id: str) -> bool:
    """Tell whether a vote may have this id."""
    return _ID.match(document_id) is not None


def parts_of(kind: str, wanted: Wanted) -> Iterator[str]:
    """Return the partitions of the months that are wanted; `kind` is `TOOLS` or `ANSWERS`."""
    month = wanted.first.replace(day=1)
    while month <= wanted.last:
        yield _part(kind, month.isoformat())
        month = date(month.year + month.month // 12, month.month % 12 + 1, 1)


def vote_document(vote: Vote) -> Document:
    """Return what is kept of a vote, without the person: the id, which tells neither, stands for both."""
    match vote:
        case ToolVote():
            kind, target = TOOLS, vote.call_id
            judged: Document = {"call_id": vote.call_id, "server": vote.server, "tool": vote.tool}
        case AnswerVote():
            kind, target = ANSWERS, vote.message_id
            judged = {"message_id": target, "prompt": vote.prompt, "prompt_version": vote.prompt_version}
    return judged | {
        "id": ids.vote(vote.conversation_id, target, vote.person),
        "part": _part(kind, vote.day),
        "conversation_id": vote.conversation_id,
        "seq": vote.seq,
        "day": vote.day,
        "at": vote.at,
        "roles": sorted(vote.roles),
        "vote": vote.vote,
        "note": vote.note,
        "has_note": vote.note is not None,
        "ttl": KEPT_S,
    }


def bare(document: Document) -> Document:
    """Return a vote's document without words, conversation and what was judged in it."""
    kept = {name: value for name, value in document.items() if not name.startswith("_") and name != REVIEWED}
    target = "call_id" if "call_id" in kept else "message_id"
    return kept | {"conversation_id": "", target: "", "note": None, "has_note": False}


def _part(kind: str, day: str) -> str:
    return f"{kind}.{day[:7]}"
