"""JSON values as Cosmos sees them: `undefined` beside null, a total order over types, strict equality."""

import json
from enum import Enum
from typing import Final, Literal, NoReturn, cast

type Json = bool | int | float | str | list[Json] | dict[str, Json] | None
type Document = dict[str, Json]
type Path = tuple[str, ...]


class Undefined(Enum):
    """The type of the one value a missing property has."""

    UNDEFINED = "undefined"


UNDEFINED: Final[Literal[Undefined.UNDEFINED]] = Undefined.UNDEFINED
type Value = Json | Undefined
type OrderKey = tuple[int, object]

UNDEFINED_RANK, NULL_RANK, BOOL_RANK, NUMBER_RANK, STRING_RANK, ARRAY_RANK, OBJECT_RANK = range(7)
_ORDERED_RANKS = (BOOL_RANK, NUMBER_RANK, STRING_RANK)
_RANK_OF_TYPE: dict[type, int] = {
    Undefined: UNDEFINED_RANK,
    type(None): NULL_RANK,
    bool: BOOL_RANK,
    int: NUMBER_RANK,
    float: NUMBER_RANK,
    str: STRING_RANK,
    list: ARRAY_RANK,
    dict: OBJECT_RANK,
}


def rank(value: Value) -> int:
    """Position of the value's type in the order undefined < null < bool < number < string < array < object."""
    return _RANK_OF_TYPE[type(value)]


def is_number(value: Value) -> bool:
    return type(value) is int or type(value) is float


def order_key(value: Value) -> OrderKey:
    """Return a key that sorts any two values as ORDER BY does and is equal exactly for equal values."""
    place = _RANK_OF_TYPE[type(value)]
    if place in _ORDERED_RANKS:
        return place, value
    if isinstance(value, list):
        return place, tuple(order_key(item) for item in value)
    if isinstance(value, dict):
        return place, tuple((name, order_key(value[name])) for name in sorted(value))
    return place, 0


def equal(left: Value, right: Value) -> bool | Undefined:
    """Deep equality without coercion; undefined when either side is undefined."""
    kind = type(left)
    if kind is type(right) and (kind is str or kind is int):
        return left == right
    if left is UNDEFINED or right is UNDEFINED:
        return UNDEFINED
    place = _RANK_OF_TYPE[type(left)]
    if place != _RANK_OF_TYPE[type(right)]:
        return False
    if place <= STRING_RANK:
        return left == right
    return order_key(left) == order_key(right)


def comparable(left: Value, right: Value) -> bool:
    """Whether `<` and its kin are defined for the pair: one type, and a type that has an order."""
    kind = type(left)
    if kind is type(right) and (kind is int or kind is str):
        return True
    place = _RANK_OF_TYPE[type(left)]
    return place == _RANK_OF_TYPE[type(right)] and place in _ORDERED_RANKS


def member(value: Value, key: Value) -> Value:
    """`value[key]`; undefined when there is no such property or element."""
    if type(value) is dict and type(key) is str:
        return value.get(key, UNDEFINED)
    if type(value) is list and is_number(key):
        place = cast("int | float", key)
        if 0 <= place < len(value) and place == int(place):
            return value[int(place)]
    return UNDEFINED


def at_path(document: Value, path: Path) -> Value:
    """Follow property names; array elements are not addressed, as in partition and index paths."""
    for name in path:
        if type(document) is not dict:
            return UNDEFINED
        document = document.get(name, UNDEFINED)
    return document


def parse_path(text: str) -> Path:
    """Split `/a/"b c"/d` into names.

    Raises:
        ValueError: the text is no path.

    """
    names: list[str] = []
    place = 0
    while place < len(text):
        if text[place] != "/":
            raise ValueError(f"path {text!r} must have a '/' at {place}")
        quoted = text[place + 1 : place + 2] == '"'
        end = text.find('"', place + 2) + 1 if quoted else text.find("/", place + 1)
        if quoted and end == 0:
            raise ValueError(f"path {text!r} has an open quote")
        end = len(text) if end == -1 else end
        name = text[place + 2 : end - 1] if quoted else text[place + 1 : end]
        if not name:
            raise ValueError(f"path {text!r} has an empty name")
        names.append(name)
        place = end
    if not names:
        raise ValueError("a path must not be empty")
    return tuple(names)


_ENCODER: Final = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False)


def dumps(value: object) -> str:
    return _ENCODER.encode(value)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


_DECODER: Final = json.JSONDecoder(parse_constant=_refuse_constant)


def loads(text: str | bytes) -> Json:
    """Parse strict JSON.

    Raises:
        ValueError: malformed text, bad UTF-8, half a surrogate pair, NaN or an infinity, or nesting too deep.

    """
    decoded = text.decode() if isinstance(text, bytes) else text
    try:
        parsed = cast("Json", _DECODER.decode(decoded))
        if "\\u" in decoded:
            # Only an escape can bring half a surrogate pair, which no UTF-8 text can hold.
            dumps(parsed).encode()
    except RecursionError as error:
        raise ValueError("JSON is nested too deeply") from error
    return parsed
