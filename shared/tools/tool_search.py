"""Finding tools by words, where there are too many to give the model all of them. Pure.

Ranking is BM25 over a tool's name and description; a word of the name counts threefold, and a word that only begins
like the one looked for counts half.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

SEARCH_ABOVE = 30
"""With more tools than this the model is given the search and what it found, not all."""
MAX_QUERY_CHARACTERS = 500

_NAME_WEIGHT = 3
_BEGINS_ALIKE = 0.5
_SHORTEST_BEGINNING = 4
_K1 = 1.2
_B = 0.75
_WORD = re.compile(r"[^\W_]+")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_ENDINGS = ("ings", "ing", "ies", "ed", "es", "s", "e", "y")
_SHORTEST_STEM = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """A tool as it is searched. `name` is the one the model calls it by."""

    name: str
    description: str


def search(tools: Iterable[Described], query: str, limit: int) -> tuple[str, ...]:
    """Return the names of the tools that fit the query, best first, ties by name; empty if none does."""
    wanted = sorted(set(_words(query[:MAX_QUERY_CHARACTERS])))
    texts = {tool.name: _Text.of(tool) for tool in tools}
    if not wanted or not texts:
        return ()
    average = sum(text.length for text in texts.values()) / len(texts) or 1.0
    scores: Counter[str] = Counter()
    for word in wanted:
        found = {name: count for name, text in texts.items() if (count := text.count(word))}
        weight = math.log(1 + (len(texts) - len(found) + 0.5) / (len(found) + 0.5))
        for name, count in found.items():
            saturated = count * (_K1 + 1) / (count + _K1 * (1 - _B + _B * texts[name].length / average))
            scores[name] += weight * saturated  # pyright: ignore[reportArgumentType] - a counter of scores
    return tuple(sorted(scores, key=lambda name: (-scores[name], name))[:limit])


@dataclass(frozen=True, slots=True)
class _Text:
    words: Counter[str]
    length: int

    @classmethod
    def of(cls, tool: Described) -> "_Text":
        words = Counter(_words(tool.description))
        for word in _words(tool.name):
            words[word] += _NAME_WEIGHT
        return cls(words, words.total())

    def count(self, word: str) -> float:
        exact = self.words[word]
        if exact or len(word) < _SHORTEST_BEGINNING:
            return exact
        return _BEGINS_ALIKE * sum(count for other, count in self.words.items() if _begin_alike(word, other))


def _begin_alike(word: str, other: str) -> bool:
    return len(other) >= _SHORTEST_BEGINNING and (other.startswith(word) or word.startswith(other))


def _words(text: str) -> Sequence[str]:
    return [_stem(word.casefold()) for word in _WORD.findall(_HUMP.sub(" ", text))]


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            return word.removesuffix(ending)
    return word
