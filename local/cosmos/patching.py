"""Partial document update: the six operations on a copy of the document."""

import copy
from typing import Final, cast

from local.cosmos.errors import CosmosError, bad_request
from local.cosmos.values import Document, Json, is_number

MAX_OPERATIONS: Final = 10
_PROTECTED: Final = frozenset({"id", "_rid", "_self", "_etag", "_ts", "_attachments"})
type Parent = Document | list[Json]


def _refuse(path: str, why: str) -> CosmosError:
    return bad_request(f"Patch operation on '{path}' failed: {why}")


def _names(path: Json | None) -> list[str]:
    if not isinstance(path, str) or not path.startswith("/") or path == "/":
        raise bad_request(f"Patch path {path!r} must start with '/' and name a property.")
    names = [name.replace("~1", "/").replace("~0", "~") for name in path[1:].split("/")]
    if names[0] in _PROTECTED:
        raise _refuse(path, "the property is read-only")
    return names


def _place(array: list[Json], name: str, path: str, *, end: int) -> int:
    if not name.isdecimal() or int(name) >= end:
        raise _refuse(path, f"no index {name} in an array of {len(array)}")
    return int(name)


def _locate(document: Document, path: Json | None) -> tuple[Parent, str, str]:
    """Return the container of the last name, that name, and the path as text."""
    names = _names(path)
    shown = str(path)
    current: Json = document
    for name in names[:-1]:
        if isinstance(current, list):
            current = current[_place(current, name, shown, end=len(current))]
        elif isinstance(current, dict) and name in current:
            current = current[name]
        else:
            raise _refuse(shown, f"'{name}' does not exist")
    if not isinstance(current, dict | list):
        raise _refuse(shown, "its parent is not an object or an array")
    return current, names[-1], shown


def _add(parent: Parent, name: str, path: str, value: Json) -> None:
    if isinstance(parent, dict):
        parent[name] = value
    elif name == "-":
        parent.append(value)
    else:
        parent.insert(_place(parent, name, path, end=len(parent) + 1), value)


def _set(parent: Parent, name: str, path: str, value: Json) -> None:
    if isinstance(parent, list) and name != "-":
        parent[_place(parent, name, path, end=len(parent))] = value
    else:
        _add(parent, name, path, value)


def _take(parent: Parent, name: str, path: str) -> Json:
    if isinstance(parent, list):
        return parent.pop(_place(parent, name, path, end=len(parent)))
    if name not in parent:
        raise _refuse(path, "it does not exist")
    return parent.pop(name)


def _replace(parent: Parent, name: str, path: str, value: Json) -> None:
    if isinstance(parent, dict) and name not in parent:
        raise _refuse(path, "it does not exist")
    _set(parent, name, path, value)


def _increment(parent: Parent, name: str, path: str, by: Json) -> None:
    if isinstance(parent, list):
        old: Json = parent[_place(parent, name, path, end=len(parent))]
    else:
        old = parent.get(name, 0)
    if not is_number(old) or not is_number(by):
        raise _refuse(path, "only numbers can be incremented")
    _set(parent, name, path, cast("float", old) + cast("float", by))


def _apply(document: Document, operation: Document) -> None:
    parent, name, path = _locate(document, operation.get("path"))
    kind = operation.get("op")
    if kind in {"add", "set", "replace", "incr"} and "value" not in operation:
        raise _refuse(path, "a value is required")
    value = copy.deepcopy(operation.get("value"))
    match kind:
        case "add":
            _add(parent, name, path, value)
        case "set":
            _set(parent, name, path, value)
        case "replace":
            _replace(parent, name, path, value)
        case "incr":
            _increment(parent, name, path, value)
        case "remove":
            _take(parent, name, path)
        case "move":
            source, source_name, source_path = _locate(document, operation.get("from"))
            moved = _take(source, source_name, source_path)
            parent, name, path = _locate(document, operation.get("path"))
            _add(parent, name, path, moved)
        case _:
            raise bad_request(f"Patch operation {kind!r} is not supported.")


def patched(document: Document, operations: Json | None) -> Document:
    """Apply operations in order to a copy.

    Raises:
        CosmosError: 400, any operation is invalid; the original is untouched.

    """
    if not isinstance(operations, list) or not operations:
        raise bad_request("A patch needs at least one operation.")
    if len(operations) > MAX_OPERATIONS:
        raise bad_request(f"The number of patch operations can't exceed '{MAX_OPERATIONS}'.")
    result = copy.deepcopy(document)
    for operation in operations:
        if not isinstance(operation, dict):
            raise bad_request("A patch operation must be an object.")
        _apply(result, operation)
    return result
