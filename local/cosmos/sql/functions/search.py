"""Similarity of vectors and words in text."""

# A function's pattern checks what reaches its lambda, so the parameters need no types of their own.
# pyright: reportUnknownLambdaType=false

import math
import re
from typing import Final, cast

from local.cosmos.sql.functions.signature import Function
from local.cosmos.values import UNDEFINED, Document, Json, Value, is_number


def _distance(left: list[Json], right: list[Json], _brute_force: Json = None, options: Document | None = None) -> Value:
    """Score two vectors of one length by cosine, dot product or Euclidean distance."""
    if len(left) != len(right) or not all(is_number(part) for part in [*left, *right]):
        return UNDEFINED
    first, second = cast("list[float]", left), cast("list[float]", right)
    function = str((options or {}).get("distanceFunction", "cosine")).lower()
    if function == "euclidean":
        return math.dist(first, second)
    product = math.sumprod(first, second)
    if function == "dotproduct":
        return product
    return product / (math.hypot(*first) * math.hypot(*second))


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _has_phrase(text: str, phrase: str) -> bool:
    words, wanted = _words(text), _words(phrase)
    return any(words[place : place + len(wanted)] == wanted for place in range(len(words) - len(wanted) + 1))


SEARCH: Final = {
    "VECTORDISTANCE": Function("aa?bo", _distance),
    "FULLTEXTCONTAINS": Function("ss", _has_phrase),
    "FULLTEXTCONTAINSALL": Function("ss*", lambda text, *wanted: all(_has_phrase(text, part) for part in wanted)),
    "FULLTEXTCONTAINSANY": Function("ss*", lambda text, *wanted: any(_has_phrase(text, part) for part in wanted)),
}
