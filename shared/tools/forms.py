"""A form a tool server wants filled in, reduced to what is safe and possible to show: plain fields, known words."""

from collections.abc import Mapping
from typing import Any, cast

MAX_FIELDS = 40
_PLAIN = frozenset({"string", "number", "integer", "boolean"})
# No `pattern`: a regular expression of a stranger's can be made to run for hours.
_WORDS = frozenset(
    {
        *("type", "title", "description", "default", "format", "enum", "enumNames", "oneOf"),
        *("minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems"),
    }
)


class FormUnusable(ValueError):  # noqa: N818 - reads as what happened
    """The form is not one of plain fields."""


def plain_form(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the form's schema with its fields, each reduced to the words a form is drawn from.

    Raises:
        FormUnusable: it has nested, unknown or too many fields.

    """
    properties: object = schema.get("properties")
    if schema.get("type") != "object" or not isinstance(properties, dict):
        raise FormUnusable("no form")
    fields = {str(name): _field(field) for name, field in cast("dict[object, object]", properties).items()}
    if not 0 < len(fields) <= MAX_FIELDS:
        raise FormUnusable("no fields, or too many")
    required: object = schema.get("required")
    names = cast("list[object]", required) if isinstance(required, list) else []
    return {"type": "object", "properties": fields, "required": [name for name in fields if name in names]}


def _field(field: object) -> dict[str, Any]:
    if not isinstance(field, dict):
        raise FormUnusable("a field that is not described")
    words = cast("dict[str, Any]", field)
    kept = {word: value for word, value in words.items() if word in _WORDS}
    match words.get("type"):
        case str(kind) if kind in _PLAIN:
            return kept
        case "array":
            return kept | {"items": _choices(words.get("items"))}
        case _:
            raise FormUnusable("a field that is not plain")


def _choices(items: object) -> dict[str, Any]:
    """Return what may be picked: only such lists are plain."""
    words = cast("dict[str, Any]", items) if isinstance(items, dict) else {}
    kept = {word: words[word] for word in ("type", "enum", "anyOf") if word in words}
    if "enum" not in kept and "anyOf" not in kept:
        raise FormUnusable("a list that is no choice")
    return kept
