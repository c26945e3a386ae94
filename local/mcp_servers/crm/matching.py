"""Finds which of several names a person means by what they typed."""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from local.mcp_servers.folding import fold

_NOT_WORD = re.compile(r"[\W_]+")
_LEGAL_FORMS = frozenset({"ab", "ag", "co", "corp", "corporation", "gmbh", "inc", "kg", "ltd", "plc", "sa", "the"})
_SIMILAR = 0.84
_NEAR = 0.6
_NEAR_NAMES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """`name` is the account meant, or None; `certain` is false when it was guessed from a similar spelling."""

    name: str | None
    certain: bool
    near: tuple[str, ...]


def normalise(name: str) -> str:
    """Return the words of `name` without case, accents, punctuation and legal forms."""
    plain = fold(name).replace("'", "")
    words = [word for word in _NOT_WORD.split(plain) if word]
    return " ".join([word for word in words if word not in _LEGAL_FORMS] or words)


def match_name(wanted: str, names: Iterable[str]) -> Match:
    """Match by the whole name, then by its words, then by similar spelling; several equally good ones match none."""
    known = {name: normalise(name) for name in names}
    text = normalise(wanted)
    if not text:
        return Match(name=None, certain=False, near=())
    exact = [name for name, plain in known.items() if plain == text]
    if len(exact) == 1:
        return Match(name=exact[0], certain=True, near=())
    sharing = exact or containing(text, known)
    if len(sharing) == 1:
        return Match(name=sharing[0], certain=True, near=())
    near = tuple(sharing[:_NEAR_NAMES]) or _similar(text, known)
    guess = near[0] if near and not sharing and _likeness(text, known[near[0]]) >= _SIMILAR else None
    return Match(name=guess, certain=False, near=near)


def containing(text: str, known: dict[str, str]) -> list[str]:
    """Return the names that have every word of `text` (normalised), the last one as a beginning at least."""
    *whole, beginning = text.split()
    return [
        name
        for name, plain in known.items()
        if set(whole) <= set(words := plain.split()) and any(word.startswith(beginning) for word in words)
    ]


def _similar(text: str, known: dict[str, str]) -> tuple[str, ...]:
    scored = sorted(((_likeness(text, plain), name) for name, plain in known.items()), reverse=True)
    return tuple(name for likeness, name in scored[:_NEAR_NAMES] if likeness >= _NEAR)


def _likeness(text: str, plain: str) -> float:
    whole = difflib.SequenceMatcher(None, text, plain).ratio()
    first = difflib.SequenceMatcher(None, text, plain.split(maxsplit=1)[0]).ratio()
    return max(whole, first * 0.98)
