"""Searching what was said in a conversation: a query of its one partition, so that nobody else's text is looked at."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.answers import text_of
from shared.audience import Reader, for_reader
from shared.containers import GROUPS, log_container
from shared.cosmos import Cosmos
from shared.event_log.documents import event_from
from shared.plain_words import plain
from shared.protocol.durable import TurnStarted
from shared.protocol.shapes import COACH
from shared.superseded import superseded
from shared.transcript import Said, transcript

MOST_HITS = 5
"""Hits told of one conversation, the newest."""
AROUND_CHARACTERS = 80
_FOUND_MOST = 20

_SAID = (
    f"SELECT TOP {_FOUND_MOST} c.seq, c.at, c.type, c.turn_id, c.data.message_id, p.text "  # noqa: S608 - a number
    "FROM c JOIN p IN c.data.parts "
    "WHERE c.kind = 'event' AND c.type IN ('message.created', 'message.completed') AND CONTAINS(p.text, @words, true) "
    "ORDER BY c.seq DESC"
)
_SAID_TO_ME = (
    f"SELECT TOP {_FOUND_MOST} c.seq, c.data.message_id "  # noqa: S608 - a number
    "FROM c JOIN p IN c.data.parts "
    "WHERE c.kind = 'event' AND c.seq >= @after AND c.seq <= @until "
    "AND c.type IN ('message.created', 'message.completed', 'message.edited', 'message.shared') "
    "AND CONTAINS(p.text, @words, true) AND (NOT IS_DEFINED(c.data.audience) OR IS_NULL(c.data.audience) "
    "OR ARRAY_CONTAINS(c.data.audience, @me) OR c.data.others_see = 'outline') "
    "ORDER BY c.seq DESC"
)
_ABOUT_THESE = (
    "SELECT * FROM c WHERE c.kind = 'event' AND (c.type = 'turn.started' OR (c.type IN ('message.created', "
    "'message.completed', 'message.edited', 'message.deleted', 'message.shared') "
    "AND ARRAY_CONTAINS(@ids, c.data.message_id))) ORDER BY c.seq"
)
_LAST_SEQ = 2**53 - 1
_STARTS = "SELECT * FROM c WHERE c.kind = 'event' AND c.type = 'turn.started'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Snippet:
    """Where the words stand: what comes before them, they as they are written there, what follows."""

    before: str
    match: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A message that holds the words; `asked` tells a person's from the coach's."""

    message_id: str
    seq: int
    at: str
    asked: bool
    snippet: Snippet


class Search:
    """Looks for words, whatever their case, in one conversation at a time."""

    def __init__(self, cosmos: Cosmos) -> None:
        self._cosmos = cosmos

    async def find_for(self, reader: Reader, group_id: str, words: str) -> tuple[tuple[Said, Snippet], ...]:
        """Return the newest messages of a group with these words in a row, as they read now, that `reader` may see.

        Raises:
            StoreUnavailable: try again.

        """
        asked = {"@words": words, "@after": reader.after, "@until": reader.until or _LAST_SEQ, "@me": reader.principal}
        rows = await self._cosmos.query(GROUPS, _SAID_TO_ME, asked, group_id)
        if not rows:
            return ()
        named = {"@ids": sorted({row["message_id"] for row in rows})}
        documents = await self._cosmos.query(GROUPS, _ABOUT_THESE, named, group_id)
        visible = [for_reader(event_from(document), reader) for document in documents]
        said = sorted(transcript(visible), key=lambda each: each.seq, reverse=True)
        found = [(each, text) for each in said if words.casefold() in (text := text_of(each.parts)).casefold()]
        return tuple((each, snippet(text, words, markdown=each.author == COACH)) for each, text in found[:MOST_HITS])

    async def find(self, conversation_id: str, words: str) -> tuple[Hit, ...]:
        """Return the newest messages with these words in a row, without those of superseded turns.

        Raises:
            StoreUnavailable: try again.

        """
        container = log_container(conversation_id)
        rows = await self._cosmos.query(container, _SAID, {"@words": words}, conversation_id)
        if not rows:
            return ()
        documents = await self._cosmos.query(container, _STARTS, {}, conversation_id)
        starts = [event for event in map(event_from, documents) if isinstance(event, TurnStarted)]
        gone = superseded(starts)
        kept = {start.question_id for start in starts if start.turn_id not in gone}
        told = (row for row in rows if row.get("turn_id") not in gone or row["message_id"] in kept)
        return tuple(_hit(row, words) for row in told)[:MOST_HITS]


def _hit(row: Mapping[str, Any], words: str) -> Hit:
    asked = row["type"] == "message.created"
    return Hit(
        message_id=row["message_id"],
        seq=row["seq"],
        at=row["at"],
        asked=asked,
        snippet=snippet(row["text"], words, markdown=not asked),
    )


def snippet(text: str, words: str, *, markdown: bool) -> Snippet:
    """Return the words' first place in the text with what stands around it, on one line.

    Of Markdown its plain words, unless what was looked for are its marks or the address of a link.
    """
    if markdown and words.casefold() in (read := plain(text)).casefold():
        text = read
    found = re.search(re.escape(words), text, re.IGNORECASE)
    start, end = found.span() if found else (0, 0)
    before, after = text[max(0, start - AROUND_CHARACTERS) : start], text[end : end + AROUND_CHARACTERS]
    before = f"…{before}" if start > AROUND_CHARACTERS else before
    after = f"{after}…" if end + AROUND_CHARACTERS < len(text) else after
    return Snippet(before=_line(before), match=_line(text[start:end]), after=_line(after))


def _line(text: str) -> str:
    return re.sub(r"\s+", " ", text)
