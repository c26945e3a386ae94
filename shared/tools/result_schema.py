"""Checking a structured result against the tool's own output schema; compiled once per listing, not per call."""

from typing import Any

from jsonschema import SchemaError
from jsonschema.protocols import Validator
from jsonschema.validators import validator_for

from shared.tools.descriptions import MAX_SCHEMA, ToolUnusable, canonical


class ResultSchema:
    """An output schema. One that is not a schema accepts nothing: the server broke its own promise."""

    def __init__(self, schema: dict[str, Any]) -> None:
        kind = validator_for(schema)
        try:
            kind.check_schema(schema)
            self._validator: Validator | None = kind(schema)
        except SchemaError:
            self._validator = None

    def accepts(self, structured: dict[str, Any] | None) -> bool:
        """Tell whether a result's structured content (None when it has none) keeps the promise."""
        return self._validator is not None and structured is not None and self._validator.is_valid(structured)


def result_schema(schema: dict[str, Any] | None) -> ResultSchema | None:
    """Return the check for a tool; None without a schema, or with one not safe to run here: huge, or with regexes."""
    if schema is None:
        return None
    try:
        text = canonical(schema)
    except ToolUnusable:
        return None
    return None if len(text) > MAX_SCHEMA or '"pattern' in text else ResultSchema(schema)
