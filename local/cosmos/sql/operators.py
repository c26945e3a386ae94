"""Operators on values, with undefined for operands they do not fit."""

import math
import operator
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final, cast

from local.cosmos.values import UNDEFINED, Value, comparable, equal, is_number

type Operator = Callable[[Value, Value], Value]
_NUMBERS: Final = (int, float)


def _not_equal(left: Value, right: Value) -> Value:
    same = equal(left, right)
    return UNDEFINED if same is UNDEFINED else not same


def _ordered(test: Callable[[float, float], bool]) -> Operator:
    def compare(left: Value, right: Value) -> Value:
        if not comparable(left, right):
            return UNDEFINED
        return test(cast("float", left), cast("float", right))

    return compare


def _numeric(apply: Callable[[float, float], float]) -> Operator:
    def calculate(left: Value, right: Value) -> Value:
        if type(left) not in _NUMBERS or type(right) not in _NUMBERS:
            return UNDEFINED
        try:
            return apply(cast("float", left), cast("float", right))
        except (ZeroDivisionError, OverflowError, ValueError):
            return UNDEFINED

    return calculate


def _bitwise(apply: Callable[[int, int], int]) -> Operator:
    def calculate(left: float, right: float) -> int:
        return apply(_whole(left), _whole(right))

    return _numeric(calculate)


def _whole(value: float) -> int:
    if value != int(value):
        raise ValueError("a bitwise operand must be whole")
    return int(value)


def _divide(left: float, right: float) -> float:
    quotient = left / right
    return int(quotient) if quotient.is_integer() else quotient


def _remainder(left: float, right: float) -> float:
    if isinstance(left, int) and isinstance(right, int):
        return int(math.copysign(abs(left) % abs(right), left))
    return math.fmod(left, right)


def _join(left: Value, right: Value) -> Value:
    return left + right if isinstance(left, str) and isinstance(right, str) else UNDEFINED


COMPARISONS: Final[dict[str, Operator]] = {
    "=": equal,
    "!=": _not_equal,
    "<": _ordered(lambda left, right: left < right),
    "<=": _ordered(lambda left, right: left <= right),
    ">": _ordered(lambda left, right: left > right),
    ">=": _ordered(lambda left, right: left >= right),
}
BINARY: Final[dict[str, Operator]] = {
    "+": _numeric(operator.add),
    "-": _numeric(operator.sub),
    "*": _numeric(operator.mul),
    "/": _numeric(_divide),
    "%": _numeric(_remainder),
    "&": _bitwise(lambda left, right: left & right),
    "|": _bitwise(lambda left, right: left | right),
    "^": _bitwise(lambda left, right: left ^ right),
    "||": _join,
}


def unary(sign: str, value: Value) -> Value:
    if not is_number(value):
        return UNDEFINED
    number = cast("float", value)
    if sign == "~":
        return ~int(number) if number == int(number) else UNDEFINED
    return -number if sign == "-" else number


def conjunction(left: Value, right: Value) -> Value:
    """Three-valued AND: false wins over undefined."""
    if left is False or right is False:
        return False
    return True if left is True and right is True else UNDEFINED


def disjunction(left: Value, right: Value) -> Value:
    """Three-valued OR: true wins over undefined."""
    if left is True or right is True:
        return True
    return False if left is False and right is False else UNDEFINED


@lru_cache(maxsize=256)
def _like_pattern(pattern: str, escape: str) -> re.Pattern[str]:
    parts: list[str] = []
    place = 0
    while place < len(pattern):
        character = pattern[place]
        group = re.match(r"\[(\^?)([^\]]+)\]", pattern[place:])
        if character == escape and place + 1 < len(pattern):
            place += 1
            parts.append(re.escape(pattern[place]))
        elif character in "%_":
            parts.append(".*" if character == "%" else ".")
        elif group:
            parts.append(f"[{group[1]}{re.escape(group[2]).replace(r'\-', '-')}]")
            place += group.end() - 1
        else:
            parts.append(re.escape(character))
        place += 1
    return re.compile("".join(parts), re.DOTALL)


def like(value: Value, pattern: Value, escape: Value) -> Value:
    """SQL LIKE with `%`, `_`, `[set]`, `[^set]` and an optional escape character ("" for none)."""
    if not (isinstance(value, str) and isinstance(pattern, str) and isinstance(escape, str)):
        return UNDEFINED
    return _like_pattern(pattern, escape).fullmatch(value) is not None
