"""What people said of tool calls, kept so that it can be counted: the container `insights`.

One document for each call and person holds that person's current vote. It lives in the partition of the month in which
the call ended, so that a changed vote, on whatever day, replaces the one before in one write. It follows from the
event `feedback.recorded`, whose `seq` decides which of two is newer: writing it again, or in any order, counts once.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import get_args

from shared import ids
from shared.containers import INSIGHTS
from shared.cosmos import BatchFailed, Cosmos, Create, Document, Operation, Replace
from shared.errors import StoreUnavailable
from shared.protocol.shapes import CallVote

CALL_VOTES: tuple[CallVote, ...] = get_args(CallVote.__value__)
KEPT_S = 400 * 24 * 3600
_MAX_RACES = 20


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
class Tally:
    """One vote as it is counted: no person, no words."""

    server: str
    tool: str
    roles: tuple[str, ...]
    vote: CallVote


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
class Wanted:
    """Calls that ended from `first` to `last`, both included; of one server or tool, if named."""

    first: date
    last: date
    server: str | None = None
    tool: str | None = None


class ToolFeedback:
    """The votes on tool calls."""

    def __init__(self, cosmos: Cosmos) -> None:
        self._cosmos = cosmos

    async def put(self, vote: ToolVote) -> None:
        """Let the vote count unless a newer one of the same person on the same call does.

        Raises:
            StoreUnavailable: try again; it counts once.

        """
        document = _document(vote)
        for _ in range(_MAX_RACES):
            known = await self._cosmos.read(INSIGHTS, document["part"], document["id"])
            if known is not None and known["seq"] >= vote.seq:
                return
            operation: Operation = (
                Create(document=document) if known is None else Replace(document=document, etag=known["_etag"])
            )
            if not isinstance(await self._cosmos.batch(INSIGHTS, document["part"], [operation]), BatchFailed):
                return
        raise StoreUnavailable("The feedback could not be counted just now. Try again.", after_ms=500)

    async def tallies(self, wanted: Wanted) -> list[Tally]:
        """Return every vote that counts."""
        rows = [
            row
            for month in _months(wanted)
            for row in await self._rows("c.server, c.tool, c.roles, c.vote", month, wanted, "")
        ]
        return [
            Tally(server=row["server"], tool=row["tool"], roles=tuple(row["roles"]), vote=row["vote"]) for row in rows
        ]

    async def notes(self, wanted: Wanted, limit: int) -> list[VoteNote]:
        """Return the latest notes, newest first."""
        found: list[VoteNote] = []
        fields = "c.conversation_id, c.call_id, c.at, c.server, c.tool, c.roles, c.vote, c.note"
        tail = f" AND c.has_note = true ORDER BY c.at DESC OFFSET 0 LIMIT {int(limit)}"
        for month in _months(wanted):
            rows = await self._rows(fields, month, wanted, tail)
            found += [_note(row) for row in rows]
        return sorted(found, key=lambda note: note.at, reverse=True)[:limit]

    async def forget(self, conversation_id: str, first: date, last: date) -> None:
        """Take words, conversation and call out of the votes on a conversation's calls; bare votes go on counting.

        `first` and `last` span the conversation's life. Doing it again changes nothing.

        Raises:
            StoreUnavailable: do it again.

        """
        text = "SELECT * FROM c WHERE c.conversation_id = @conversation_id"
        for month in _months(Wanted(first=first, last=last)):
            for row in await self._cosmos.query(INSIGHTS, text, {"@conversation_id": conversation_id}, _part(month)):
                bare = {"conversation_id": "", "call_id": "", "note": None, "has_note": False}
                kept = {name: value for name, value in row.items() if not name.startswith("_")}
                await self._cosmos.upsert(INSIGHTS, kept | bare)

    async def _rows(self, fields: str, month: str, wanted: Wanted, tail: str) -> list[Document]:
        values: dict[str, object] = {"@first": wanted.first.isoformat(), "@last": wanted.last.isoformat()}
        where = "c.day >= @first AND c.day <= @last"
        for name in ("server", "tool"):
            value = getattr(wanted, name)
            if value is not None:
                where += f" AND c.{name} = @{name}"
                values[f"@{name}"] = value
        text = f"SELECT {fields} FROM c WHERE {where}{tail}"  # noqa: S608 - names of this module; values are parameters
        return await self._cosmos.query(INSIGHTS, text, values, _part(month))


def _note(row: Document) -> VoteNote:
    return VoteNote(
        conversation_id=row["conversation_id"],
        call_id=row["call_id"],
        at=row["at"],
        server=row["server"],
        tool=row["tool"],
        roles=tuple(row["roles"]),
        vote=row["vote"],
        note=row["note"],
    )


def _months(wanted: Wanted) -> Iterator[str]:
    month = wanted.first.replace(day=1)
    while month <= wanted.last:
        yield month.isoformat()[:7]
        month = date(month.year + month.month // 12, month.month % 12 + 1, 1)


def _part(month: str) -> str:
    return f"tool-feedback.{month}"


def _document(vote: ToolVote) -> Document:
    return {
        "id": ids.tool_vote(vote.conversation_id, vote.call_id, vote.person),
        "part": _part(vote.day[:7]),
        "conversation_id": vote.conversation_id,
        "call_id": vote.call_id,
        "seq": vote.seq,
        "day": vote.day,
        "at": vote.at,
        "server": vote.server,
        "tool": vote.tool,
        "roles": sorted(vote.roles),
        "vote": vote.vote,
        "note": vote.note,
        "has_note": vote.note is not None,
        "ttl": KEPT_S,
    }
