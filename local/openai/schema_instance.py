"""Building a small valid instance of a JSON schema."""

import math
from collections.abc import Callable, Mapping
from typing import Any, cast

from local.openai.ask import mapping, objects

Hint = Callable[[str, Mapping[str, Any]], object | None]
DEEPEST = 12


class Builder:
    """Fills required properties, and optional ones for which the hint has a value."""

    def __init__(self, root: Mapping[str, Any], hint: Hint) -> None:
        self._root = root
        self._hint = hint

    def build(self) -> object:
        return self._value("", self._root, 0)

    def _value(self, name: str, given: Mapping[str, Any], depth: int) -> object:
        schema = self._resolved(given)
        hinted = self._hint(name, schema) if name else None
        if hinted is not None and _fits(hinted, schema):
            return hinted
        for key in ("const", "default"):
            if key in schema and schema[key] is not None:
                return schema[key]
        if schema.get("enum"):
            return cast("list[object]", schema["enum"])[0]
        kind = _kind(schema)
        if kind == "object":
            return self._object(schema, depth + 1)
        if kind == "array":
            return self._array(name, schema, depth + 1)
        return _scalar(kind, schema)

    def _object(self, schema: Mapping[str, Any], depth: int) -> dict[str, object]:
        required: list[str] = list(schema.get("required") or ())
        if depth > DEEPEST:
            return {}
        result: dict[str, object] = {}
        for name, part in mapping(schema.get("properties")).items():
            wanted = self._resolved(mapping(part))
            if name in required or self._hint(name, wanted) is not None:
                result[name] = self._value(name, wanted, depth)
        return result

    def _array(self, name: str, schema: Mapping[str, Any], depth: int) -> list[object]:
        count = _whole(schema.get("minItems"), 0)
        hinted = self._hint(name, mapping(schema.get("items")))
        if hinted is not None and count == 0:
            count = 1
        return [self._value(name, mapping(schema.get("items")), depth) for _ in range(count)]

    def _resolved(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        """Follow references and take the first alternative that is not null."""
        for _ in range(DEEPEST):
            reference = schema.get("$ref")
            if isinstance(reference, str) and reference.startswith("#"):
                schema = self._lookup(reference)
                continue
            options = [
                option
                for key in ("anyOf", "oneOf", "allOf")
                for option in objects(schema.get(key))
                if option.get("type") != "null"
            ]
            if not options:
                break
            schema = options[0]
        return schema

    def _lookup(self, reference: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self._root
        for step in reference.lstrip("#/").split("/"):
            if step:
                found = mapping(found.get(step))
        return found


def instance(schema: Mapping[str, Any], hint: Hint | None = None) -> object:
    """Return a minimal instance of a schema; `hint(property, schema)` may supply values."""
    return Builder(schema, hint or (lambda _name, _schema: None)).build()


def _kind(schema: Mapping[str, Any]) -> str:
    kind: object = schema.get("type")
    if isinstance(kind, list):
        kinds = [str(option) for option in cast("list[object]", kind) if option != "null"]
        return kinds[0] if kinds else "null"
    if isinstance(kind, str):
        return kind
    return "object" if "properties" in schema else "string"


def _fits(value: object, schema: Mapping[str, Any]) -> bool:
    if schema.get("enum"):
        return value in schema["enum"]
    kinds: dict[str, type | tuple[type, ...]] = {
        "string": str,
        "integer": int,
        "number": (int, float),
        "boolean": bool,
        "array": list,
        "object": dict,
    }
    return isinstance(value, kinds.get(_kind(schema), str))


def _scalar(kind: str, schema: Mapping[str, Any]) -> object:
    match kind:
        case "integer":
            return _whole(schema.get("minimum"), 1)
        case "number":
            return float(_whole(schema.get("minimum"), 1))
        case "boolean":
            return False
        case "null":
            return None
        case _:
            return "n/a".ljust(_whole(schema.get("minLength"), 0), ".")


def _whole(value: object, otherwise: int) -> int:
    """Return a bound of a schema rounded up, or the default when it is absent or not a number."""
    return math.ceil(value) if isinstance(value, (int, float)) else otherwise
