"""JSON from outside, read without what programs understand differently: what passes means the same to everyone.

Python's reader lets pass what breaks later, at a store, a socket, a browser or another's parser: `NaN` and numbers
beyond all numbers, half a surrogate pair, a name that stands twice (the last one would count), and levels that no
writer of JSON goes down.
"""

import json
import math
from typing import Any, cast

MAX_LEVELS = 64
"""How deep objects and arrays may lie within each other: far below where libraries give up."""


class JsonUnusable(ValueError):  # noqa: N818 - reads as what happened
    """It is no JSON that can be used; the message says why, for who wrote it."""


def read_json(text: bytes | str) -> object:
    """Return the value that UTF-8 JSON says.

    Raises:
        JsonUnusable: it is no such thing.

    """
    try:
        value: object = json.loads(
            text.decode() if isinstance(text, bytes) else text,
            parse_constant=_refuse_constant,
            parse_float=_finite,
            object_pairs_hook=_each_once,
        )
    except RecursionError:
        raise _too_deep() from None
    except UnicodeDecodeError:
        raise JsonUnusable("it is not UTF-8") from None
    except JsonUnusable:
        raise
    except ValueError as error:
        raise JsonUnusable(str(error)) from None
    _check_levels(value)
    _check_text(value)
    return value


def _refuse_constant(name: str) -> float:
    raise JsonUnusable(f"{name} is not a JSON number")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise JsonUnusable("a number is out of range")
    return value


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise JsonUnusable("a name stands twice in one object")
    return made


def _check_levels(value: object) -> None:
    level = [value]
    for _ in range(MAX_LEVELS):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return
    raise _too_deep()


def _inside(value: object) -> list[object]:
    """Return the objects and arrays directly within."""
    if isinstance(value, dict):
        found = list(cast("dict[str, object]", value).values())
    elif isinstance(value, list):
        found = cast("list[object]", value)
    else:
        return []
    return [each for each in found if isinstance(each, dict | list)]


def _check_text(value: object) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise JsonUnusable("it holds half a surrogate pair") from None


def _too_deep() -> JsonUnusable:
    return JsonUnusable(f"it is nested too deeply: {MAX_LEVELS} levels at most")
