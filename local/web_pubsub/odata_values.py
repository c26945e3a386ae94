"""Values and functions of filter expressions, with the service's types: text, integer, boolean, null, list."""

from collections.abc import Callable

type Value = str | int | bool | list[str] | None


class FilterError(ValueError):
    """The filter is malformed, or applies something to a value of the wrong type."""


def text(value: Value) -> str:
    if not isinstance(value, str):
        raise FilterError(f"text is needed, not {value!r}")
    return value


def integer(value: Value) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise FilterError(f"an integer is needed, not {value!r}")
    return value


def boolean(value: Value) -> bool:
    if not isinstance(value, bool):
        raise FilterError(f"true or false is needed, not {value!r}")
    return value


def _length(value: Value) -> Value:
    return len(value) if isinstance(value, list) else len(text(value))


def _substring(value: Value, start: Value, length: Value = None) -> Value:
    whole, first = text(value), integer(start)
    last = len(whole) if length is None else first + integer(length)
    if first < 0 or last < first:
        raise FilterError("substring is outside the text")
    return whole[first:last]


def _of_one(function: Callable[[str], Value]) -> Callable[..., Value]:
    def apply(value: Value) -> Value:
        return function(text(value))

    return apply


def _of_two(function: Callable[[str, str], Value]) -> Callable[..., Value]:
    def apply(value: Value, other: Value) -> Value:
        return function(text(value), text(other))

    return apply


FUNCTIONS: dict[str, tuple[tuple[int, ...], Callable[..., Value]]] = {
    "length": ((1,), _length),
    "tolower": ((1,), _of_one(str.lower)),
    "toupper": ((1,), _of_one(str.upper)),
    "trim": ((1,), _of_one(str.strip)),
    "contains": ((2,), _of_two(str.__contains__)),
    "startswith": ((2,), _of_two(str.startswith)),
    "endswith": ((2,), _of_two(str.endswith)),
    "indexof": ((2,), _of_two(str.find)),
    "concat": ((2,), _of_two(str.__add__)),
    "substring": ((2, 3), _substring),
}


def equal(left: Value, right: Value) -> bool:
    """Compare two values of one type; null equals only null."""
    if left is None or right is None:
        return left is right
    if type(left) is not type(right) or isinstance(left, list):
        raise FilterError(f"{left!r} and {right!r} cannot be compared")
    return left == right


def contained(item: Value, items: Value) -> bool:
    if not isinstance(items, list):
        raise FilterError("the right side of in is a list")
    return item is not None and text(item) in items
