"""Lexical ranking: BM25 over weighted fields, on stemmed English words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import snowballstemmer
from rank_bm25 import BM25Okapi

from local.mcp_servers.folding import fold

_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)?")
_WEAK_SHARE = 0.2  # a hit far below the best one is noise to a model
_STOP_TEXT = (
    "a about an and any are as at be been but by can could did do does don't for from get give had has have he "
    "her his how i i'm if in into is it it's its just me my no not of on or our s she should so some t than that "
    "the their them then there they they're this to us was we were what what's when where which who why will with "
    "would you your"
)
_STOP_WORDS = frozenset(_STOP_TEXT.split())
_STEMMER = snowballstemmer.stemmer("english")


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One part of an entry, and how much a match in it counts against a match in a part of weight 1."""

    text: str
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """An entry found: its position in the indexed sequence and its score (higher is better, no upper bound)."""

    position: int
    score: float


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """Return the stem of one word, without accents, case or possessive ending."""
    return str(_STEMMER.stemWord(fold(word).removesuffix("'s")))


def words_of(text: str) -> list[re.Match[str]]:
    """Return every word of `text` with its place."""
    return list(_WORD.finditer(text))


def terms_of(text: str) -> list[str]:
    """Return the stems that carry meaning, in order, repetitions kept."""
    return [stem(match.group()) for match in words_of(text) if fold(match.group()) not in _STOP_WORDS]


class LexicalIndex:
    """Ranks entries by the weighted sum of their fields' BM25 scores, less what of the query they do not mention.

    Every entry has the same number of fields; a field's weight is that of the first entry.
    """

    def __init__(self, entries: Sequence[Sequence[Field]]) -> None:
        if not entries:
            raise ValueError("there is nothing to index")
        columns = list(zip(*entries, strict=True))
        self._weights = [column[0].weight for column in columns]
        self._columns = [BM25Okapi([terms_of(field.text) or [""] for field in column]) for column in columns]
        self._terms = [frozenset(term for field in entry for term in terms_of(field.text)) for entry in entries]

    def search(self, query: str, limit: int) -> list[Hit]:
        """Return at most `limit` entries that share a term with `query`, best first; ties keep entry order."""
        terms = list(dict.fromkeys(terms_of(query)))
        if not terms:
            return []
        pairs = zip(self._weights, self._columns, strict=True)
        weighted = [[weight * float(score) for score in column.get_scores(terms)] for weight, column in pairs]
        sums = [sum(of_one_entry) for of_one_entry in zip(*weighted, strict=True)]
        scores = [total * self._coverage(position, terms) for position, total in enumerate(sums)]
        floor = max(scores) * _WEAK_SHARE
        ranked = sorted(range(len(scores)), key=lambda position: (-scores[position], position))
        found = (Hit(position=p, score=round(scores[p], 3)) for p in ranked if scores[p] > max(floor, 0))
        return [hit for hit, _ in zip(found, range(limit), strict=False)]

    def _coverage(self, position: int, terms: Sequence[str]) -> float:
        """Return 1 for an entry with all of `terms`, towards a half for one with few of them."""
        known = sum(term in self._terms[position] for term in terms)
        return (1 + known / len(terms)) / 2
