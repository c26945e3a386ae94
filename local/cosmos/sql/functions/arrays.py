"""Arrays, as lists and as sets."""

# A function's pattern checks what reaches its lambda, so the parameters need no types of their own.
# pyright: reportUnknownLambdaType=false

from typing import Final

from local.cosmos.sql.functions.signature import Function
from local.cosmos.values import Json, Value, equal, order_key


def _matches(item: Json, wanted: Json) -> bool:
    """Whether every property of `wanted` is in `item`, objects inside included."""
    if isinstance(item, dict) and isinstance(wanted, dict):
        return all(name in item and _matches(item[name], value) for name, value in wanted.items())
    return equal(item, wanted) is True


def _contains(array: list[Json], wanted: Json, partial: bool = False) -> bool:  # noqa: FBT001, FBT002 - SQL's third argument
    if partial:
        return any(_matches(item, wanted) for item in array)
    return any(equal(item, wanted) is True for item in array)


def _slice(array: list[Json], start: float, length: float | None = None) -> Value:
    first = int(start) if start >= 0 else max(0, len(array) + int(start))
    return array[first:] if length is None else array[first : first + max(0, int(length))]


def _distinct(array: list[Json]) -> list[Json]:
    return list({order_key(item): item for item in reversed(array)}.values())[::-1]


def _intersection(left: list[Json], right: list[Json]) -> Value:
    keys = {order_key(item) for item in right}
    return [item for item in _distinct(left) if order_key(item) in keys]


def _concat(*arrays: list[Json]) -> Value:
    return [item for array in arrays for item in array]


ARRAYS: Final = {
    "ARRAY_CONTAINS": Function("av?b", _contains),
    "ARRAY_CONTAINS_ANY": Function("av*", lambda array, *wanted: any(_contains(array, item) for item in wanted)),
    "ARRAY_CONTAINS_ALL": Function("av*", lambda array, *wanted: all(_contains(array, item) for item in wanted)),
    "ARRAY_LENGTH": Function("a", len),
    "ARRAY_CONCAT": Function("aa*", _concat),
    "ARRAY_SLICE": Function("ai?i", _slice),
    "SETINTERSECT": Function("aa", _intersection),
    "SETUNION": Function("aa", lambda left, right: _distinct(left + right)),
}
