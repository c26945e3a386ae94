"""Text."""

# A function's pattern checks what reaches its lambda, so the parameters need no types of their own.
# pyright: reportUnknownLambdaType=false

import re
from collections.abc import Callable
from typing import Final

from local.cosmos.sql.functions.signature import Function
from local.cosmos.values import UNDEFINED, Json, Value, dumps, loads

_MAX_RESULT: Final = 2**20
_REGEX_FLAGS: Final = {"i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL, "x": re.VERBOSE}


def _test(test: Callable[[str, str], bool]) -> Function:
    """Return a comparison of two texts with the optional third argument that ignores case."""

    def compare(text: str, other: str, ignore_case: bool = False) -> Value:  # noqa: FBT001, FBT002 - SQL's third argument
        if ignore_case:
            return test(text.casefold(), other.casefold())
        return test(text, other)

    return Function("ss?b", compare)


def _index_of(text: str, part: str, start: float = 0) -> Value:
    return text.find(part, int(start)) if start >= 0 else UNDEFINED


def _substring(text: str, start: float, length: float) -> Value:
    first = max(0, int(start))
    return text[first : first + max(0, int(length))]


def _right(text: str, count: float) -> Value:
    return text[-int(count) :] if count > 0 else ""


def _replicate(text: str, count: float) -> Value:
    if count < 0 or len(text) * count > _MAX_RESULT:
        return UNDEFINED
    return text * int(count)


def _regex_match(text: str, pattern: str, modifiers: str = "") -> Value:
    if not set(modifiers) <= set(_REGEX_FLAGS):
        return UNDEFINED
    flags = 0
    for letter in modifiers:
        flags |= _REGEX_FLAGS[letter]
    try:
        return re.search(pattern, text, flags) is not None
    except re.PatternError:
        return UNDEFINED


def _to_string(value: Json) -> Value:
    return value if isinstance(value, str) else dumps(value)


def _parsed(kinds: tuple[type, ...]) -> Function:
    """Return a function that parses JSON text and keeps only values of these exact types."""

    def parse(text: str) -> Value:
        value = loads(text)
        return value if type(value) in kinds else UNDEFINED

    return Function("s", parse)


def _split(text: str, separator: str) -> Value:
    parts = text.split(separator) if separator else list(text)
    return [*parts]


def _join(parts: list[Json], separator: str) -> Value:
    if not all(isinstance(part, str) for part in parts):
        return UNDEFINED
    return separator.join(str(part) for part in parts)


STRINGS: Final = {
    "CONTAINS": _test(lambda text, part: part in text),
    "STARTSWITH": _test(lambda text, part: text.startswith(part)),
    "ENDSWITH": _test(lambda text, part: text.endswith(part)),
    "STRINGEQUALS": _test(lambda text, other: text == other),
    "LOWER": Function("s", str.lower),
    "UPPER": Function("s", str.upper),
    "LENGTH": Function("s", len),
    "TRIM": Function("s", str.strip),
    "LTRIM": Function("s", str.lstrip),
    "RTRIM": Function("s", str.rstrip),
    "REVERSE": Function("s", lambda text: text[::-1]),
    "CONCAT": Function("ss*", lambda *parts: "".join(parts)),
    "INDEX_OF": Function("ss?i", _index_of),
    "SUBSTRING": Function("sii", _substring),
    "LEFT": Function("si", lambda text, count: text[: max(0, int(count))]),
    "RIGHT": Function("si", _right),
    "REPLACE": Function("sss", lambda text, old, new: text.replace(old, new) if old else text),
    "REPLICATE": Function("si", _replicate),
    "REGEXMATCH": Function("ss?s", _regex_match),
    "TOSTRING": Function("v", _to_string),
    "STRINGTONUMBER": _parsed((int, float)),
    "STRINGTOBOOLEAN": _parsed((bool,)),
    "STRINGTONULL": _parsed((type(None),)),
    "STRINGTOARRAY": _parsed((list,)),
    "STRINGTOOBJECT": _parsed((dict,)),
    "STRINGSPLIT": Function("ss", _split),
    "STRINGJOIN": Function("as", _join),
}
