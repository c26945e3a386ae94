"""What a model wrote as a call's arguments, read once and refused with words it can act on."""

import json
from typing import Any, cast

from shared.protocol.strict_json import JsonUnusable, read_json

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
        value = read_json(text)
    except JsonUnusable as error:
        raise ArgumentsUnusable(f"The arguments are not valid JSON ({error}). Send one JSON object.") from None
    size = len(json.dumps(value, ensure_ascii=False).encode())
    if not isinstance(value, dict):
        raise ArgumentsUnusable(f"The arguments must be one JSON object, not {_kind(value)}.")
    if size > MAX_BYTES:
        raise ArgumentsUnusable(f"The arguments are larger than {MAX_BYTES // 1000} kB; send less.")
    return cast("dict[str, Any]", value)


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
