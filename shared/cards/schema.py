"""Checking what a person wrote into a card against its JSON Schema."""

import json
from typing import Any, cast

from jsonschema import SchemaError
from jsonschema.protocols import Validator
from jsonschema.validators import validator_for
from referencing import Registry
from referencing.exceptions import Unresolvable

_EXPRESSIONS = frozenset({"pattern", "patternProperties"})
_LONGEST = 300


def problem_with(schema: str, value: Any) -> str | None:
    """Return what is wrong with the value, naming the field; None when it fits.

    Regular expressions of the schema are left to the server that wrote them: running a stranger's here could take
    forever. A schema that is none, or refers to other places, finds nothing wrong for the same reason.
    """
    parsed = cast("dict[str, Any]", _without_expressions(json.loads(schema)))
    kind = validator_for(parsed)
    try:
        kind.check_schema(parsed)
        # An empty registry: nothing is fetched, whatever the schema refers to.
        validator: Validator = kind(parsed, registry=Registry())
        found = min(validator.iter_errors(value), key=lambda error: list(map(str, error.absolute_path)), default=None)
    except (SchemaError, Unresolvable):
        return None
    except (OverflowError, RecursionError):
        return "the answer: a number is too large, or it is nested too deeply"
    if found is None:
        return None
    place = ".".join(str(part) for part in found.absolute_path)
    return f"{place or 'the answer'}: {found.message[:_LONGEST]}"


def _without_expressions(schema: object, *, names: bool = False) -> object:
    """Leave out keywords with regular expressions; below `properties` the keys are names, not keywords."""
    if isinstance(schema, list):
        return [_without_expressions(part) for part in cast("list[object]", schema)]
    if not isinstance(schema, dict):
        return schema
    fields = cast("dict[str, object]", schema)
    return {
        key: _without_expressions(part, names=key == "properties" and not names)
        for key, part in fields.items()
        if names or key not in _EXPRESSIONS
    }
