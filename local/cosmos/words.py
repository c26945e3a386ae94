"""A request in the words by which tests name the ones they want to hold."""

from typing import Final

from local.cosmos.values import Json, loads
from local.cosmos.wire import Call
from local.holds import Words

KNOWN: Final = frozenset({"operation", "container", "partition", "document"})
_ITEM_OPERATIONS: Final = {"GET": "read", "PUT": "replace", "PATCH": "patch", "DELETE": "delete"}


def words_of(call: Call) -> Words:
    """Describe a request; `document` is `<operation> <id>`, in a batch one for each of its operations."""
    operation, container, name = _place(call)
    return {
        "operation": [operation],
        "container": [container],
        "partition": [call.header("x-ms-documentdb-partitionkey") or ""],
        "document": _documents(call, operation, name),
    }


def _place(call: Call) -> tuple[str, str, str]:
    match call.segments:
        case ("dbs", _, "colls", container, "docs", name):
            return _ITEM_OPERATIONS.get(call.method, "other"), container, name
        case ("dbs", _, "colls", container, "docs"):
            return _on_items(call), container, ""
        case _:
            return "other", "", ""


def _on_items(call: Call) -> str:
    if call.method == "GET":
        return "change_feed" if call.header("a-im") is not None else "read_all"
    if call.is_query:
        return "query"
    if call.flag("x-ms-cosmos-is-batch-request"):
        return "batch"
    return "upsert" if call.flag("x-ms-documentdb-is-upsert") else "create"


def _documents(call: Call, operation: str, name: str) -> list[str]:
    if name:
        return [f"{operation} {name}"]
    if operation not in {"batch", "create", "upsert"}:
        return []
    try:
        body = loads(call.body)
    except ValueError:
        return []
    if operation != "batch":
        return [f"{operation} {_id(body)}"]
    return [_step(step) for step in body] if isinstance(body, list) else []


def _step(step: Json) -> str:
    if not isinstance(step, dict):
        return ""
    return f"{str(step.get('operationType', '')).lower()} {step.get('id') or _id(step.get('resourceBody'))}"


def _id(document: Json) -> str:
    return str(document.get("id", "")) if isinstance(document, dict) else ""
