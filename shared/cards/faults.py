"""What a JSON Schema finds wrong with what a person wrote, in words they can do something with."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from jsonschema.exceptions import ValidationError

_KINDS = {
    "string": "text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "yes or no (true or false)",
    "array": "a list",
    "object": "a group of fields",
    "null": "empty",
}
_LIMITS = {
    "minimum": "must be {limit} or more",
    "exclusiveMinimum": "must be more than {limit}",
    "maximum": "must be {limit} or less",
    "exclusiveMaximum": "must be less than {limit}",
    "minLength": "must have {limit} characters or more",
    "maxLength": "must have {limit} characters or fewer",
    "minItems": "must have {limit} entries or more",
    "maxItems": "must have {limit} entries or fewer",
}
_NAMED = 10


def in_plain_words(error: ValidationError) -> str:
    """Return which field is wrong, and why."""
    rule, wanted = str(error.validator), cast("Any", error.validator_value)
    if rule == "required":
        return f"{_field(error, _first_missing(error, wanted))} is missing"
    if rule == "additionalProperties":
        return f"{_field(error)} has a field that does not belong there"
    return f"{_field(error)} {_expected(rule, wanted)}"


def _first_missing(error: ValidationError, names: Sequence[str]) -> str:
    given = cast("Mapping[str, object]", error.instance)
    return next((name for name in names if name not in given), "")


def _field(error: ValidationError, name: str = "") -> str:
    place = ".".join(str(part) for part in (*error.absolute_path, *([name] if name else [])))
    return f"“{place}”" if place else "The answer"


def _expected(rule: str, wanted: Any) -> str:
    if rule in _LIMITS:
        return _LIMITS[rule].format(limit=wanted)
    if rule == "type":
        kinds = cast("list[str]", wanted) if isinstance(wanted, list) else [str(wanted)]
        return f"must be {' or '.join(_KINDS.get(kind, kind) for kind in kinds)}"
    if rule == "enum":
        choices = cast("list[object]", wanted)[:_NAMED]
        return f"must be one of: {', '.join(str(choice) for choice in choices)}"
    return "does not fit what is asked for"
