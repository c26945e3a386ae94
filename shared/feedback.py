"""What people said of tool calls and answers, kept so that it can be counted: the container `insights`.

One document for each call or answer and person holds that person's current vote. It lives in the partition of the month
in which the call ended or the answer was complete, so that a changed vote, on whatever day, replaces the one before in
one write. It follows from the event `feedback.recorded`, whose `seq` decides which of two is newer: writing it again,
or in any order, counts once.
"""

from dataclasses import asdict
from datetime import date
from typing import Any

from shared.containers import INSIGHTS
from shared.cosmos import BatchFailed, Cosmos, Create, Document, Operation, Replace
from shared.errors import StoreUnavailable
from shared.votes import (
    ANSWERS,
    COMPLAINTS,
    REVIEWED,
    TOOLS,
    AnswerNote,
    AnswerTally,
    Complaint,
    Reviewed,
    Tally,
    Vote,
    VoteNote,
    Wanted,
    bare,
    is_vote,
    parts_of,
    vote_document,
)

_MAX_RACES = 20


class Feedback:
    """The votes on tool calls and on answers."""

    def __init__(self, cosmos: Cosmos) -> None:
        self._cosmos = cosmos

    async def put(self, vote: Vote) -> None:
        """Let the vote count unless a newer one of the same person on the same thing does.

        Raises:
            StoreUnavailable: try again; it counts once.

        """
        document = vote_document(vote)
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
        """Return every vote on a call that counts."""
        rows = await self._rows("c.server, c.tool, c.roles, c.vote", TOOLS, wanted)
        return [Tally(**_roles(row)) for row in rows]

    async def answer_tallies(self, wanted: Wanted) -> list[AnswerTally]:
        """Return every vote on an answer that counts."""
        rows = await self._rows("c.prompt, c.prompt_version, c.day, c.roles, c.vote", ANSWERS, wanted)
        return [AnswerTally(month=row.pop("day")[:7], **_roles(row)) for row in rows]

    async def notes(self, wanted: Wanted, limit: int) -> list[VoteNote]:
        """Return the latest notes on calls, newest first."""
        fields = "c.conversation_id, c.call_id, c.at, c.server, c.tool, c.roles, c.vote, c.note"
        return [VoteNote(**_roles(row)) for row in await self._latest(fields, TOOLS, wanted, limit)]

    async def answer_notes(self, wanted: Wanted, limit: int) -> list[AnswerNote]:
        """Return the latest notes on answers, newest first."""
        fields = "c.conversation_id, c.message_id, c.at, c.prompt, c.prompt_version, c.roles, c.vote, c.note"
        return [AnswerNote(**_roles(row)) for row in await self._latest(fields, ANSWERS, wanted, limit)]

    async def complaints(self, wanted: Wanted, limit: int, *, done: bool = False) -> list[Complaint]:
        """Return the latest votes against an answer (`down`) or a call (`wrong`, `unsafe`), newest first.

        Those that somebody looked into are left out unless `done`.
        """
        fields = f"c.part, c.id, c.conversation_id, c.at, c.roles, c.vote, c.note, c.{REVIEWED}"
        still = "" if done else f" AND NOT IS_DEFINED(c.{REVIEWED})"
        tail = f" AND c.conversation_id != ''{still} ORDER BY c.at DESC OFFSET 0 LIMIT {int(limit)}"
        calls = await self._rows(
            f"{fields}, c.call_id", TOOLS, wanted, f" AND (c.vote = 'wrong' OR c.vote = 'unsafe'){tail}"
        )
        answers = await self._rows(f"{fields}, c.message_id", ANSWERS, wanted, f" AND c.vote = 'down'{tail}")
        found = [_complaint(row) for row in (*calls, *answers)]
        return sorted(found, key=lambda complaint: complaint.at, reverse=True)[:limit]

    async def review(self, part: str, vote_id: str, reviewed: Reviewed | None) -> bool:
        """Note that somebody looked into a complaint, or that it is to be looked into again; False: there is none.

        Raises:
            StoreUnavailable: try again.

        """
        if not is_vote(vote_id):
            return False
        for _ in range(_MAX_RACES):
            known = await self._cosmos.read(INSIGHTS, part, vote_id)
            if known is None or known["vote"] not in COMPLAINTS or not known["conversation_id"]:
                return False
            document = {name: value for name, value in known.items() if name != REVIEWED and name[0] != "_"}
            if reviewed is not None:
                document[REVIEWED] = asdict(reviewed)
            operation = Replace(document=document, etag=known["_etag"])
            if not isinstance(await self._cosmos.batch(INSIGHTS, part, [operation]), BatchFailed):
                return True
        raise StoreUnavailable("The review could not be noted just now. Try again.", after_ms=500)

    async def forget(self, conversation_id: str, first: date, last: date) -> None:
        """Take words, conversation and target out of the votes in a conversation; bare votes go on counting.

        `first` and `last` span the conversation's life. Doing it again changes nothing.

        Raises:
            StoreUnavailable: do it again.

        """
        text = "SELECT * FROM c WHERE c.conversation_id = @conversation_id"
        span = Wanted(first=first, last=last)
        for part in (*parts_of(TOOLS, span), *parts_of(ANSWERS, span)):
            for row in await self._cosmos.query(INSIGHTS, text, {"@conversation_id": conversation_id}, part):
                await self._cosmos.upsert(INSIGHTS, bare(row))

    async def _latest(self, fields: str, kind: str, wanted: Wanted, limit: int) -> list[Document]:
        tail = f" AND c.has_note = true ORDER BY c.at DESC OFFSET 0 LIMIT {int(limit)}"
        rows = await self._rows(fields, kind, wanted, tail)
        return sorted(rows, key=lambda row: str(row["at"]), reverse=True)[:limit]

    async def _rows(self, fields: str, kind: str, wanted: Wanted, tail: str = "") -> list[Document]:
        """Return what all months that are wanted hold; `tail` counts for each of them."""
        values: dict[str, object] = {"@first": wanted.first.isoformat(), "@last": wanted.last.isoformat()}
        where = "c.day >= @first AND c.day <= @last"
        for name in ("server", "tool"):
            value = getattr(wanted, name)
            if value is not None:
                where += f" AND c.{name} = @{name}"
                values[f"@{name}"] = value
        text = f"SELECT {fields} FROM c WHERE {where}{tail}"  # noqa: S608 - names of this module; values are parameters
        found: list[Document] = []
        for part in parts_of(kind, wanted):
            found += await self._cosmos.query(INSIGHTS, text, values, part)
        return found


def _complaint(row: Document) -> Complaint:
    reviewed = row.pop(REVIEWED, None)
    return Complaint(**_roles(row), reviewed=Reviewed(**reviewed) if reviewed else None)


def _roles(row: Document) -> dict[str, Any]:
    return row | {"roles": tuple(row["roles"])}
