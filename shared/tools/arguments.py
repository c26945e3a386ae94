"""What a model wrote as a call's arguments, read once and refused with words it can act on."""

import json
import math
from typing import Any, cast

MAX_BYTES = 256_000


class ArgumentsUnusable(ValueError):  # noqa: N818 - reads as what happened
    """The text is not a JSON object that can be sent; the message tells the model what to change."""


def parse_arguments(text: str) -> dict[str, Any]:
    """Return the JSON object in `text`.

    Raises:
        ArgumentsUnusable: not JSON, not an object, too large, too deep, or not expressible as UTF-8 JSON.

    """
    if len(text) > MAX_BYTES:
        raise ArgumentsUnusable(f"The arguments are larger than {MAX_BYTES // 1000} kB; send less.")
    try:
        value: object = json.loads(text, parse_constant=_refuse_constant, parse_float=_finite)
        # What cannot be written as UTF-8 (a lone surrogate) cannot be sent.
        size = len(json.dumps(value, ensure_ascii=False).encode())
    except RecursionError:
        raise ArgumentsUnusable("The arguments are nested too deeply; send a flatter JSON object.") from None
    except UnicodeEncodeError:
        raise ArgumentsUnusable("The arguments hold half a surrogate pair; send whole characters.") from None
    except ValueError as error:
        raise ArgumentsUnusable(f"The arguments are not valid JSON ({error}). Send one JSON object.") from None
    if not isinstance(value, dict):
        raise ArgumentsUnusable(f"The arguments must be one JSON object, not {_kind(value)}.")
    if size > MAX_BYTES:
        raise ArgumentsUnusable(f"The arguments are larger than {MAX_BYTES // 1000} kB; send less.")
    return cast("dict[str, Any]", value)


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not a JSON number")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError("a number is out of range")
    return value


def _kind(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "a boolean"
        case str():
            return "a string"
        case list():
            return "an array"
        case _:
            return "a number"
