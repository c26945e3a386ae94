"""Resources as the names they use, object by object: what the recorded shapes of Azure's resources are compared with.

`properties` is left out of paths, for the recorded source has what lies in it one level higher.
"""

from collections.abc import Iterator
from typing import Any, cast

from tests.infra.bicep import INFRA, Resource, body

RECORDED = INFRA.parent / "tests" / "infra" / "resource_shapes.json"
GRAPH = ("Microsoft.Graph/", "federatedIdentityCredentials")
"""Types of the Microsoft Graph extension, of which there is no such source."""
_OF_BICEP = frozenset({"name", "parent", "scope", "dependsOn"})
ANY = "any"

type Path = tuple[str, ...]
type Shapes = dict[str, list[str] | str]


def names(resource: Resource) -> Iterator[tuple[Path, str]]:
    """Yield each property with the path of the object it stands in, but for keys that are computed."""
    for path, key, _ in _walk(resource.config, ()):
        if "$" not in key and (path or key not in _OF_BICEP):
            yield path, key


def texts(resource: Resource) -> Iterator[tuple[Path, str]]:
    """Yield each property's path with its text, as far as it is one: a literal, or a name of Bicep code."""
    for path, key, value in _walk(resource.config, ()):
        yield from (((*path, key), each) for each in _alternatives(value) if isinstance(each, str))


def _walk(value: Any, path: Path) -> Iterator[tuple[Path, str, Any]]:
    for each in _alternatives(value):
        if not isinstance(each, dict):
            continue
        for name, inner in cast("dict[str, Any]", each).items():
            key = name.strip("'")
            if key == "properties":
                yield from _walk(inner, path)
                continue
            yield path, key, inner
            if path or key not in _OF_BICEP:
                yield from _walk(inner, (*path, key))


def _alternatives(value: Any) -> Iterator[Any]:
    """Yield the objects and texts a value may come to: of lists each, of conditions both sides, of calls none."""
    if isinstance(value, list):
        for each in cast("list[Any]", value):
            yield from _alternatives(each)
        return
    if not isinstance(value, dict):
        yield value
        return
    found = body(cast("dict[str, Any]", value))
    operator = found.get("operator")
    if isinstance(operator, dict):
        operands = cast("dict[str, Any]", operator).get("operands", {})
        for side in ("true_value", "false_value"):
            yield from _alternatives(operands.get(side))
    elif "function" not in found:
        yield found
