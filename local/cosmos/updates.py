"""Changes to an existing item: its id stays, and a patch may be conditional."""

from typing import cast

from local.cosmos.errors import bad_request, precondition_failed
from local.cosmos.items import Condition, Item, Items, Place, WriteMode
from local.cosmos.patching import patched
from local.cosmos.sql.compiler import Row
from local.cosmos.sql.errors import SqlError
from local.cosmos.sql.plan import plan_for
from local.cosmos.values import Document, Json, loads


def check_same_id(document: Document, name: str | None) -> None:
    """Refuse a replacement that would rename the item."""
    if name is not None and document.get("id") != name:
        raise bad_request("The id of an item cannot be changed.")


def patch(items: Items, place: Place, name: str, body: Document, condition: Condition) -> Item:
    """Change parts of an item, if its `condition` (a WHERE clause) holds.

    Raises:
        CosmosError: 400 bad operation, 404, 412 a condition does not hold, 413.

    """
    old = items.read(place, name)
    condition.check_write(old.etag)
    document = cast("Document", loads(old.body))
    predicate = body.get("condition")
    if predicate is not None and not _holds(predicate, document):
        raise precondition_failed()
    return items.write(place, patched(document, body.get("operations")), WriteMode.REPLACE, condition)


def _holds(predicate: Json, document: Document) -> bool:
    try:
        plan = plan_for(f"SELECT * {predicate}")
    except SqlError as error:
        raise bad_request(f"The patch condition is invalid: {error}") from error
    return any(True for _ in plan.rows(Row(document, {}, {})))
