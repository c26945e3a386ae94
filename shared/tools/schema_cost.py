"""How much work a stranger's schema can make: a few lines of JSON Schema can keep a processor busy for ever."""

from collections.abc import Mapping
from typing import cast

from jsonschema import SchemaError
from referencing.exceptions import Unresolvable

NO_SCHEMA = (SchemaError, Unresolvable, RecursionError, AttributeError, TypeError, ValueError)
"""What checking by a stranger's schema raises: besides saying that it is none, it can trip the library."""
MAX_WORK = 2_000_000
"""Parts of a schema times values that are checked by it; about a second at worst."""
_FOR_EVER = 1 << 62


def schema_size(schema: Mapping[str, object]) -> int:
    """Return the number of parts of the schema with every local reference written out.

    Huge for one that refers to itself, however far around.
    """
    return _Sizes(schema).of(schema)


def value_size(value: object) -> int:
    """Return the number of values in `value`, itself and all that it holds."""
    count, left = 0, [value]
    while left:
        count += 1
        match left.pop():
            case dict() as fields:
                left.extend(cast("dict[str, object]", fields).values())
            case list() as items:
                left.extend(cast("list[object]", items))
            case _:
                pass
    return count


class _Sizes:
    def __init__(self, root: Mapping[str, object]) -> None:
        self._root = root
        self._known: dict[str, int] = {}
        self._open: set[str] = set()

    def of(self, part: object) -> int:
        match part:
            case dict() as words:
                fields = cast("dict[str, object]", words)
                references = (fields.get(word) for word in ("$ref", "$dynamicRef"))
                size = 1 + sum(self.of(value) for value in fields.values())
                size += sum(self._target(reference) for reference in references if isinstance(reference, str))
            case list() as items:
                size = 1 + sum(self.of(item) for item in cast("list[object]", items))
            case _:
                size = 1
        return min(size, _FOR_EVER)

    def _target(self, reference: str) -> int:
        if reference in self._open:
            return _FOR_EVER
        if reference not in self._known:
            self._open.add(reference)
            self._known[reference] = self.of(self._at(reference))
            self._open.discard(reference)
        return self._known[reference]

    def _at(self, reference: str) -> object:
        """Return what a pointer leads to; all of the schema, the worst it can be, when it is no plain pointer."""
        found: object = self._root
        if reference.startswith("#/"):
            for word in reference.removeprefix("#/").split("/"):
                fields: dict[str, object] = found if isinstance(found, dict) else {}
                name = word.replace("~1", "/").replace("~0", "~")
                if name not in fields:
                    return self._root
                found = fields[name]
        return found
