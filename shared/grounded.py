"""Lines told of a conversation, each with the messages it rests on. Pure.

The utility model is given the messages as data and answers in JSON. What it says counts only where the messages it
names exist, and a figure only where it stands in one of them; the rest is dropped. So nothing is made up, and nothing
comes in that the reader may not see, because it was never told to the model.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from shared import room_frames
from shared.protocol.shapes import Shape
from shared.tools.text import clean_line

MAX_MESSAGES = 150
MAX_CHARACTERS = 48_000
MAX_LINES = 8
"""Of each topic."""
LINE_CHARACTERS = 300
NUMBERS = "numbers"
"""The topic whose lines have to tell a figure."""
_FENCE = re.compile(r"\A\s*```(?:json)?\s*(.*?)\s*```\s*\Z", re.DOTALL)
# A space parts thousands only: "2025 6" is two figures.
_NUMBER = re.compile(r"(?<!\d)\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,'\u2019]\d+)*")


class Line(Shape):
    """One thing to know, and the messages (`message_id`) it rests on."""

    text: str
    messages: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A message that lines may rest on: its text as it reads now, and the line the model is told."""

    message_id: str
    seq: int
    text: str
    line: str


def newest(messages: Sequence[Source]) -> tuple[Source, ...]:
    """Return the newest messages that there is room for."""
    kept: list[Source] = []
    room = MAX_CHARACTERS
    for message in reversed(messages[-MAX_MESSAGES:]):
        room -= len(message.line)
        if room < 0:
            break
        kept.append(message)
    return tuple(reversed(kept))


def grounded[T: str](
    answer: str, messages: Sequence[Source], topics: Sequence[T]
) -> Mapping[T, tuple[Line, ...]] | None:
    """Return what of the model's answer rests on these messages; None when it is not what was asked for."""
    fenced = _FENCE.match(answer)
    try:
        read: object = json.loads(fenced[1] if fenced else answer)
    except ValueError:
        return None
    if not isinstance(read, dict):
        return None
    by_id = {room_frames.message_id(message.seq): message for message in messages}
    found = cast("dict[str, object]", read)
    return {topic: _lines(found.get(topic), by_id, exact=topic == NUMBERS) for topic in topics}


def _lines(entries: object, by_id: Mapping[str, Source], *, exact: bool) -> tuple[Line, ...]:
    if not isinstance(entries, list):
        return ()
    lines = (_line(entry, by_id, exact=exact) for entry in cast("list[object]", entries))
    return tuple(line for line in lines if line is not None)[:MAX_LINES]


def _line(entry: object, by_id: Mapping[str, Source], *, exact: bool) -> Line | None:
    if not isinstance(entry, dict):
        return None
    told = cast("dict[str, Any]", entry)
    text, named = told.get("text"), told.get("messages")
    if not isinstance(text, str) or not isinstance(named, list):
        return None
    names = [name for name in cast("list[object]", named) if isinstance(name, str)]
    sources = [by_id[name] for name in dict.fromkeys(names) if name in by_id]
    line = clean_line(text, LINE_CHARACTERS)
    if not line or not sources or not _stand_in(line, sources, needed=exact):
        return None
    return Line(text=line, messages=tuple(source.message_id for source in sources))


def _stand_in(line: str, sources: Sequence[Source], *, needed: bool) -> bool:
    """Tell whether each figure of the line stands in one of its messages; one is `needed` where figures are told."""
    figures = {_digits(figure) for figure in _NUMBER.findall(line)}
    known = {_digits(figure) for source in sources for figure in _NUMBER.findall(source.text)}
    return figures <= known and (bool(figures) or not needed)


def _digits(figure: str) -> str:
    return re.sub(r"\D", "", figure)
