"""Telling what was said in short lines by topic, each with the messages it is taken from."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from local.openai.ask import Ask
from local.openai.entities import KNOWN

FORM = re.compile(r"^\{(?:\"\w+\": \[\](?:, )?)+\}$", re.MULTILINE)
LINE = '"messages": ["'
MOST_LINES = 6
LONGEST = 200
DECIDED = re.compile(
    r"\b(?:decided|agreed|approved|we go with|let's|gets? \d|entschieden|beschlossen|vereinbart|einig)", re.IGNORECASE
)
PROMISED = re.compile(
    r"\b(?:I'll|I will|we'll|we will|I promise|ich (?:\w+ )?(?:werde|schicke|mache|rufe|übernehme)|bis \w+tag\b)",
    re.IGNORECASE,
)
_SIGNS = re.compile(r"^\s*(?:#{1,6}|>|[-*+]|\d+[.)])\s+|[*_`]{1,3}")
_SENTENCE = re.compile(r"(?<=[.!?])\s+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message of the request; `question` of a person that nothing of the coach follows is `unanswered`."""

    id: str
    who: str
    text: str
    sentences: tuple[str, ...]
    unanswered: bool

    @property
    def by_coach(self) -> bool:
        return self.who == "Coach"


type Lines = list[dict[str, object]]


def is_asked(ask: Ask) -> bool:
    """Tell whether the instructions want an object of lists of lines that name their messages."""
    return LINE in ask.instructions and FORM.search(ask.instructions) is not None


def told(ask: Ask) -> dict[str, Lines]:
    """Return lines for each list the instructions name; a list that is not known stays empty."""
    form = FORM.search(ask.instructions)
    topics: Mapping[str, Any] = json.loads(form[0]) if form else {}
    messages = _messages(ask.question)
    return {topic: TOPICS.get(topic, _nothing)(messages)[:MOST_LINES] for topic in topics}


def _messages(text: str) -> Sequence[Message]:
    rows = [row for row in _rows(text) if "message" in row and "text" in row]
    last_of_coach = max((at for at, row in enumerate(rows) if _by_coach(row)), default=-1)
    return [
        Message(
            id=str(row["message"]),
            who="Coach" if _by_coach(row) else str(row.get("name") or row.get("person")),
            text=str(row["text"]),
            sentences=tuple(_sentences(str(row["text"]))),
            unanswered=at > last_of_coach,
        )
        for at, row in enumerate(rows)
    ]


def _rows(text: str) -> Iterator[dict[str, object]]:
    for line in text.splitlines():
        if line.startswith("{"):
            yield cast("dict[str, object]", json.loads(line))


def _by_coach(row: Mapping[str, object]) -> bool:
    return row.get("person") == "coach"


def _sentences(text: str) -> Iterator[str]:
    """Yield what is said in words: no headings, tables or quotation marks of Markdown."""
    for line in text.splitlines():
        if line.lstrip().startswith(("#", "|")):
            continue
        for sentence in _SENTENCE.split(_SIGNS.sub("", line).strip()):
            if sentence:
                yield _cut(sentence)


def _cut(sentence: str) -> str:
    """Cut at a space, so that no figure is told by half."""
    return sentence if len(sentence) <= LONGEST else sentence[:LONGEST].rsplit(" ", 1)[0] + " …"


def _line(message: Message, sentence: str) -> dict[str, object]:
    return {"text": f"{message.who}: {sentence}", "messages": [message.id]}


def _where(messages: Iterable[Message], wanted: Callable[[str], object]) -> Lines:
    """Return the first fitting sentence of each message."""
    found = ((message, next(filter(wanted, message.sentences), "")) for message in messages)
    return [_line(message, sentence) for message, sentence in found if sentence]


def _nothing(_messages: Sequence[Message]) -> Lines:
    return []


def _points(messages: Sequence[Message]) -> Lines:
    return _where(messages, bool)


def _names(messages: Sequence[Message]) -> Lines:
    named = {name: [message.id for message in messages if name in message.text] for name in KNOWN}
    return [{"text": name, "messages": ids} for name, ids in named.items() if ids]


def _numbers(messages: Sequence[Message]) -> Lines:
    return _where(messages, re.compile(r"\d").search)


def _decisions(messages: Sequence[Message]) -> Lines:
    return _where(messages, DECIDED.search)


def _commitments(messages: Sequence[Message]) -> Lines:
    return _where((one for one in messages if not one.by_coach), PROMISED.search)


def _questions(messages: Sequence[Message]) -> Lines:
    asked = (one for one in messages if one.unanswered and not one.by_coach)
    return _where(asked, lambda sentence: sentence.endswith("?"))


TOPICS: Mapping[str, Callable[[Sequence[Message]], Lines]] = {
    "points": _points,
    "names": _names,
    "numbers": _numbers,
    "decisions": _decisions,
    "commitments": _commitments,
    "open_questions": _questions,
    "questions_for_me": _questions,
}
