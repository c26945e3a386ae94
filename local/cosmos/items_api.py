"""Point operations and transactional batches."""

from dataclasses import replace

from local.cosmos import charges
from local.cosmos.batch import BatchFailedError, Outcome, failed_outcomes, parse_operations, run_batch
from local.cosmos.definition import Container, check_key_length, parse_key_header
from local.cosmos.errors import CosmosError, bad_request, precondition_failed
from local.cosmos.items import Condition, Item, Place, WriteMode
from local.cosmos.store import Store
from local.cosmos.updates import check_same_id, patch
from local.cosmos.wire import Call, Reply


def place_of(call: Call, container: Container) -> Place:
    """Read which logical partition a request is for.

    Raises:
        CosmosError: 400 the header is missing or malformed, (1001) it has too few or too many components.

    """
    header = call.header("x-ms-documentdb-partitionkey")
    if header is None:
        raise bad_request("PartitionKey value must be supplied for this operation.")
    return Place(container=container, key=check_key_length(container, parse_key_header(header)))


def _condition(call: Call) -> Condition:
    return Condition(if_match=call.header("if-match"), if_none_match=call.header("if-none-match"))


def _written(call: Call, item: Item, status: int) -> Reply:
    minimal = (call.header("prefer") or "").lower() == "return=minimal"
    return Reply(
        status=status,
        body=None if minimal else item.body,
        headers={"etag": item.etag},
        charge=charges.write(len(item.body)),
    )


def create_or_upsert(store: Store, call: Call, container: Container) -> Reply:
    mode = WriteMode.UPSERT if call.flag("x-ms-documentdb-is-upsert") else WriteMode.CREATE
    place, document = place_of(call, container), call.document()
    with store.database.transaction():
        item = store.items.write(place, document, mode, _condition(call))
    return _written(call, item, 201 if item.created else 200)


def on_item(store: Store, call: Call, container: Container, name: str) -> Reply:
    """Read, replace, patch or delete one item."""
    place = place_of(call, container)
    match call.method:
        case "GET":
            return _read(store, call, place, name)
        case "PUT":
            document = call.document()
            check_same_id(document, name)
            with store.database.transaction():
                item = store.items.write(place, document, WriteMode.REPLACE, _condition(call))
            return _written(call, item, 200)
        case "PATCH":
            body = call.document()
            with store.database.transaction():
                item = patch(store.items, place, name, body, _condition(call))
            return _written(call, item, 200)
        case "DELETE":
            with store.database.transaction():
                store.items.delete(place, name, _condition(call))
            return Reply(status=204, charge=charges.delete())
        case _:
            raise CosmosError(405, f"{call.method} is not supported on an item.")


def _read(store: Store, call: Call, place: Place, name: str) -> Reply:
    item, condition = store.items.read(place, name), _condition(call)
    if condition.if_none_match in {"*", item.etag}:
        return Reply(status=304, headers={"etag": item.etag}, charge=charges.read(0))
    if condition.if_match is not None and condition.if_match not in {"*", item.etag}:
        raise precondition_failed()
    return Reply(body=item.body, headers={"etag": item.etag}, charge=charges.read(len(item.body)))


def batch(store: Store, call: Call, container: Container) -> Reply:
    """Run a transactional batch: 200 with all results, or 207 with the failing one and 424 for the others."""
    place = place_of(call, container)
    operations = parse_operations(call.body, call.json())
    try:
        with store.database.transaction():
            outcomes = run_batch(store.items, place, operations)
    except BatchFailedError as failure:
        return replace(_results(207, failed_outcomes(len(operations), failure)), refused=failure.error.status)
    return _results(200, outcomes)


def _results(status: int, outcomes: list[Outcome]) -> Reply:
    body = f"[{','.join(outcome.text() for outcome in outcomes)}]"
    return Reply(status=status, body=body, charge=sum(outcome.charge for outcome in outcomes))


def delete_partition(store: Store, call: Call, container: Container) -> Reply:
    """Delete every item of one logical partition."""
    place = place_of(call, container)
    with store.database.transaction():
        store.items.delete_partition(place)
    return Reply(charge=charges.delete())
