"""Arithmetic."""

# A function's pattern checks what reaches its lambda, so the parameters need no types of their own.
# pyright: reportUnknownLambdaType=false

import math
import random
from typing import Final

from local.cosmos.sql.functions.signature import Function
from local.cosmos.values import UNDEFINED, Value


def _round(value: float, digits: float = 0) -> Value:
    scale = 10 ** int(digits)
    rounded = math.copysign(math.floor(abs(value) * scale + 0.5), value) / scale
    return int(rounded) if rounded.is_integer() else rounded


def _log(value: float, base: float = math.e) -> Value:
    return math.log(value) if base == math.e else math.log(value, base)


def _power(value: float, exponent: float) -> Value:
    result = value**exponent if abs(exponent) <= 1024 else math.pow(value, exponent)  # noqa: PLR2004 - keeps integers exact but small
    return UNDEFINED if isinstance(result, complex) else result


def _number_bin(value: float, size: float = 1) -> Value:
    return math.floor(value / size) * size


NUMBERS: Final = {
    "ABS": Function("n", lambda value: value if value >= 0 else -value),
    "CEILING": Function("n", math.ceil),
    "FLOOR": Function("n", math.floor),
    "TRUNC": Function("n", int),
    "ROUND": Function("n?i", _round),
    "SIGN": Function("n", lambda value: (value > 0) - (value < 0)),
    "SQRT": Function("n", math.sqrt),
    "SQUARE": Function("n", lambda value: value * value),
    "POWER": Function("nn", _power),
    "EXP": Function("n", math.exp),
    "LOG": Function("n?n", _log),
    "LOG10": Function("n", math.log10),
    "SIN": Function("n", math.sin),
    "COS": Function("n", math.cos),
    "TAN": Function("n", math.tan),
    "ASIN": Function("n", math.asin),
    "ACOS": Function("n", math.acos),
    "ATAN": Function("n", math.atan),
    "ATN2": Function("nn", math.atan2),
    "DEGREES": Function("n", math.degrees),
    "RADIANS": Function("n", math.radians),
    "PI": Function("", lambda: math.pi),
    "RAND": Function("", random.random),
    "NUMBERBIN": Function("n?n", _number_bin),
    "INTADD": Function("ii", lambda left, right: left + right),
    "INTSUB": Function("ii", lambda left, right: left - right),
    "INTMUL": Function("ii", lambda left, right: left * right),
}
