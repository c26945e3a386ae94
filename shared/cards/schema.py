"""Checking what a person wrote into a card against its JSON Schema."""

import json
from typing import Any, cast

from jsonschema.exceptions import ValidationError
from jsonschema.protocols import Validator
from jsonschema.validators import validator_for
from referencing import Registry

from shared.cards.faults import in_plain_words
from shared.tools.schema_cost import MAX_WORK, NO_SCHEMA, schema_size, value_size

_ENDLESS = frozenset({"pattern", "patternProperties", "uniqueItems"})
_LONGEST = 300


def problem_with(schema: str, value: Any) -> str | None:
    """Return what is wrong with the value, naming the field; None when it fits. For the model, in terms of the schema.

    What could take for ever is left to the server that wrote the schema: regular expressions, comparing each item with
    each, and a schema that is huge with its references written out. One that is none, or refers to other places, finds
    nothing wrong for the same reason.
    """
    found = _found(schema, value)
    if not isinstance(found, ValidationError):
        return found
    return f"{_place(found) or 'the answer'}: {found.message[:_LONGEST]}"


def plain_problem_with(schema: str, value: Any) -> str | None:
    """Return the same for a person, in plain words."""
    found = _found(schema, value)
    return in_plain_words(found)[:_LONGEST] if isinstance(found, ValidationError) else found


def _found(schema: str, value: Any) -> ValidationError | str | None:
    parsed = cast("dict[str, Any]", _without_endless(json.loads(schema)))
    try:
        if schema_size(parsed) * value_size(value) > MAX_WORK:
            return None
        kind = validator_for(parsed)
        kind.check_schema(parsed)
        # An empty registry: nothing is fetched, whatever the schema refers to.
        validator: Validator = kind(parsed, registry=Registry())
        return min(validator.iter_errors(value), key=lambda error: list(map(str, error.absolute_path)), default=None)
    except NO_SCHEMA:
        return None
    except (OverflowError, RecursionError):
        return "the answer: a number is too large, or it is nested too deeply"


def _place(error: ValidationError) -> str:
    return ".".join(str(part) for part in error.absolute_path)


def _without_endless(schema: object, *, names: bool = False) -> object:
    """Leave out keywords whose check may not end; below `properties` the keys are names, not keywords."""
    if isinstance(schema, list):
        return [_without_endless(part) for part in cast("list[object]", schema)]
    if not isinstance(schema, dict):
        return schema
    fields = cast("dict[str, object]", schema)
    return {
        key: _without_endless(part, names=key == "properties" and not names)
        for key, part in fields.items()
        if names or key not in _ENDLESS
    }
