"""Checking a structured result against the tool's own output schema; compiled once per listing, not per call."""

from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.protocols import Validator
from jsonschema.validators import validator_for
from referencing import Registry

from shared.tools.descriptions import MAX_SCHEMA, ToolUnusable, canonical
from shared.tools.schema_cost import MAX_WORK, NO_SCHEMA, schema_size, value_size

MAX_SCHEMA_SIZE = 20_000
# Regular expressions, and comparing each item with each, can take time without end.
_ENDLESS = ('"pattern', '"uniqueItems"')


class ResultSchema:
    """An output schema. One that is not a schema accepts nothing: the server broke its own promise."""

    def __init__(self, schema: dict[str, Any]) -> None:
        self._size = schema_size(schema)
        try:
            kind = validator_for(schema, default=Draft202012Validator)
            kind.check_schema(schema)
            # With a registry of its own nothing is fetched for a reference that points outside.
            self._validator: Validator | None = kind(schema, registry=Registry())
        except NO_SCHEMA:
            self._validator = None

    def accepts(self, structured: dict[str, Any] | None) -> bool:
        """Tell whether a result's structured content (None when it has none) keeps the promise."""
        if self._validator is None or structured is None:
            return False
        if self._size * value_size(structured) > MAX_WORK:
            # Too much to check is not checked.
            return True
        try:
            return self._validator.is_valid(structured)
        except NO_SCHEMA:
            return False


def result_schema(schema: dict[str, Any] | None) -> ResultSchema | None:
    """Return the check for a tool; None without a schema, or with one not safe to run here.

    That is a huge one, one that refers to itself, or one with words whose check can take for ever.
    """
    if schema is None:
        return None
    try:
        text = canonical(schema)
        fits = len(text) <= MAX_SCHEMA and schema_size(schema) <= MAX_SCHEMA_SIZE
    except (ToolUnusable, RecursionError):
        return None
    return ResultSchema(schema) if fits and not any(word in text for word in _ENDLESS) else None
