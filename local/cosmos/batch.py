"""Transactional batch: all operations or none, with one result each."""

from dataclasses import dataclass
from typing import Final

from local.cosmos import charges
from local.cosmos.errors import CosmosError, bad_request, precondition_failed, too_large
from local.cosmos.items import Condition, Item, Items, Place, WriteMode, require_document
from local.cosmos.updates import check_same_id, patch
from local.cosmos.values import Document, Json, dumps

MAX_OPERATIONS: Final = 100
MAX_BYTES: Final = 2 * 2**20
_NOT_RUN: Final = 424
_MODES: Final = {"Create": WriteMode.CREATE, "Upsert": WriteMode.UPSERT, "Replace": WriteMode.REPLACE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """An operation's result; `item` is JSON text."""

    status: int
    charge: float
    etag: str | None = None
    item: str | None = None
    substatus: int = 0

    def text(self) -> str:
        """Write the result as the wire has it, without parsing the item again."""
        head: Document = {"statusCode": self.status, "requestCharge": self.charge}
        if self.substatus:
            head["subStatusCode"] = self.substatus
        if self.etag is not None:
            head["eTag"] = self.etag
        shown = dumps(head)
        return shown if self.item is None else f'{shown[:-1]},"resourceBody":{self.item}}}'


class BatchFailedError(Exception):
    """Operation `place` failed, so the transaction around it must roll back."""

    def __init__(self, place: int, error: CosmosError) -> None:
        super().__init__(f"operation {place}: {error.message}")
        self.place = place
        self.error = error


def failed_outcomes(count: int, failure: BatchFailedError) -> list[Outcome]:
    """Results of a batch that was rolled back: 424 for all but the culprit."""
    outcomes = [Outcome(status=_NOT_RUN, charge=0.0)] * count
    error = failure.error
    outcomes[failure.place] = Outcome(status=error.status, substatus=error.substatus, charge=charges.delete())
    return outcomes


def parse_operations(body: bytes, parsed: Json) -> list[Document]:
    """Narrow a batch.

    Raises:
        CosmosError: 400 malformed or too many operations, 413 too large.

    """
    if len(body) > MAX_BYTES:
        raise too_large()
    if not isinstance(parsed, list) or not parsed:
        raise bad_request("A batch request must have at least one operation.")
    if len(parsed) > MAX_OPERATIONS:
        raise bad_request(f"Batch request has more operations than what is supported ({MAX_OPERATIONS}).")
    return [require_document(operation) for operation in parsed]


def run_batch(items: Items, place: Place, operations: list[Document]) -> list[Outcome]:
    """Run all operations inside the caller's transaction.

    Raises:
        BatchFailedError: one failed.

    """
    outcomes: list[Outcome] = []
    for number, operation in enumerate(operations):
        try:
            outcomes.append(_run(items, place, operation))
        except CosmosError as error:
            raise BatchFailedError(number, error) from error
    return outcomes


def _text(operation: Document, name: str) -> str | None:
    value = operation.get(name)
    if value is not None and not isinstance(value, str):
        raise bad_request(f"'{name}' must be a string.")
    return value


def _run(items: Items, place: Place, operation: Document) -> Outcome:
    kind = _text(operation, "operationType")
    condition = Condition(if_match=_text(operation, "ifMatch"), if_none_match=_text(operation, "ifNoneMatch"))
    name, body = _text(operation, "id"), operation.get("resourceBody")
    if kind in _MODES:
        document = require_document(body)
        if kind == "Replace":
            check_same_id(document, name)
        return _written(items.write(place, document, _MODES[kind], condition))
    if name is None:
        raise bad_request(f"A batch operation of type {kind!r} needs an id.")
    match kind:
        case "Read":
            return _read(items.read(place, name), condition)
        case "Delete":
            items.delete(place, name, condition)
            return Outcome(status=204, charge=charges.delete())
        case "Patch":
            written = patch(items, place, name, require_document(body), condition)
            return _written(written)
        case _:
            raise bad_request(f"Batch operation type {kind!r} is not supported.")


def _written(item: Item) -> Outcome:
    status = 201 if item.created else 200
    return Outcome(status=status, charge=charges.write(len(item.body)), etag=item.etag, item=item.body)


def _read(item: Item, condition: Condition) -> Outcome:
    if condition.if_none_match in {"*", item.etag}:
        return Outcome(status=304, charge=charges.read(0), etag=item.etag)
    if condition.if_match is not None and condition.if_match not in {"*", item.etag}:
        raise precondition_failed()
    return Outcome(status=200, charge=charges.read(len(item.body)), etag=item.etag, item=item.body)
