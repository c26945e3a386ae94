"""Cosmos DB as the app needs it: point reads, partition queries and transactional batches that say what failed.

The only module that imports `azure.cosmos`. Retries belong to the caller's layer, so the transport keeps the SDK from
doing any; every failure is `StoreUnavailable`.
"""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, cast

from azure.core.credentials_async import AsyncTokenCredential
from azure.core.exceptions import AzureError
from azure.cosmos.aio import ContainerProxy, CosmosClient
from azure.cosmos.exceptions import (
    CosmosBatchOperationError,
    CosmosHttpResponseError,
    CosmosResourceExistsError,
    CosmosResourceNotFoundError,
)

from shared.cosmos_transport import CosmosTransport, StoreFailed
from shared.errors import StoreUnavailable
from shared.retry_after import retry_after_ms
from shared.settings import ServiceAddress

type Document = dict[str, Any]

SYSTEM_FIELDS = frozenset({"_rid", "_self", "_etag", "_ts", "_attachments", "_lsn"})
"""What the store itself writes into a document."""

_NO_RETRIES: dict[str, Any] = {"retry_total": 0, "retry_connect": 0, "retry_read": 0}
_TIMEOUTS: dict[str, Any] = {"connection_timeout": 5, "read_timeout": 10}
_MAX_OPERATIONS = 100
_TOO_LARGE_STATUS = 413


@dataclass(frozen=True, slots=True, kw_only=True)
class Create:
    """Create-only: fails with 409 when the id exists."""

    document: Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Replace:
    """Replace under the ETag that was read: fails with 412 when somebody else wrote, 404 when it is gone."""

    document: Document
    etag: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Delete:
    """Delete: fails with 404 when it is gone."""

    document_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """Read within the same transaction."""

    document_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Upsert:
    """Create or replace, whatever is there; something else in the batch has to guard it."""

    document: Document


type Operation = Create | Replace | Upsert | Delete | Read


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchFailed:
    """Nothing was applied: the operation at `index` answered `status` (409, 412 or 404)."""

    index: int
    status: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """Documents written since, as they are now; `continuation` is where to go on. None at all: all was read."""

    documents: tuple[Document, ...]
    continuation: str


_DECISIVE = frozenset({404, 409, 412})


class Cosmos:
    """One client for the process. Partition keys are single strings."""

    def __init__(self, address: ServiceAddress, credential: AsyncTokenCredential, database: str) -> None:
        self._client = _client(address, credential)
        self._database = self._client.get_database_client(database)
        self._containers: dict[str, ContainerProxy] = {}

    def _container(self, name: str) -> ContainerProxy:
        if name not in self._containers:
            self._containers[name] = self._database.get_container_client(name)
        return self._containers[name]

    async def read(self, container: str, partition: str, document_id: str) -> Document | None:
        """Return the document with its `_etag`, or None when there is none."""
        async with _store_errors():
            try:
                return dict(await self._container(container).read_item(document_id, partition_key=partition))
            except CosmosResourceNotFoundError:
                return None

    async def read_many(self, container: str, keys: Sequence[tuple[str, str]]) -> list[Document]:
        """Return the documents found for `(id, partition)` pairs, in no particular order."""
        if not keys:
            return []
        async with _store_errors():
            found = await self._container(container).read_items(items=list(keys))
            return [dict(document) for document in found]

    async def query(
        self, container: str, text: str, parameters: Mapping[str, object], partition: str | None
    ) -> list[Document]:
        """Return all rows; `partition` None is a cross-partition query (the sweeper's and the eraser's, no other)."""
        async with _store_errors():
            scope: dict[str, Any] = {} if partition is None else {"partition_key": partition}
            rows = self._container(container).query_items(
                text, parameters=[{"name": name, "value": value} for name, value in parameters.items()], **scope
            )
            return [row async for row in rows]

    async def changes(self, container: str, continuation: str | None, limit: int) -> Changes:
        """Return about `limit` documents written after `continuation` (None: from the beginning), oldest first.

        What was deleted since is not among them, and of what was written twice only the newest.
        """
        place: dict[str, Any] = {"continuation": continuation} if continuation else {"start_time": "Beginning"}
        # The SDK tells where to go on in the headers of the answer, which it completes once the page is read.
        answers: list[Mapping[str, str]] = []
        async with _store_errors():
            pages = (
                self._container(container)
                .query_items_change_feed(
                    max_item_count=limit, response_hook=lambda headers, _: answers.append(headers), **place
                )
                .by_page()
            )
            found: list[Document] = []
            async for page in pages:
                found = [dict(document) async for document in page]
                break
            return Changes(documents=tuple(found), continuation=answers[-1]["etag"])

    async def batch(
        self, container: str, partition: str, operations: Sequence[Operation]
    ) -> list[Document] | BatchFailed:
        """Apply all operations or none; return one result per operation (`statusCode`, `eTag`, `resourceBody`).

        At most 100 operations and 2 MB.
        """
        if len(operations) > _MAX_OPERATIONS:
            raise _too_large()
        async with _store_errors():
            try:
                results = await self._container(container).execute_item_batch(
                    [_wire(operation) for operation in operations], partition_key=partition
                )
            except CosmosBatchOperationError as error:
                failed = _failure(error)
                if failed.status not in _DECISIVE:
                    raise
                return failed
            return [dict(result) for result in results]

    async def create(self, container: str, document: Document) -> bool:
        """Create the document; False when its id exists."""
        async with _store_errors():
            try:
                await self._container(container).create_item(document, no_response=True)
            except CosmosResourceExistsError:
                return False
            return True

    async def upsert(self, container: str, document: Document) -> None:
        async with _store_errors():
            await self._container(container).upsert_item(document, no_response=True)

    async def close(self) -> None:
        await self._client.close()


def _client(address: ServiceAddress, credential: AsyncTokenCredential) -> CosmosClient:
    options: dict[str, Any] = {"transport": CosmosTransport(), **_NO_RETRIES, **_TIMEOUTS}
    if address.connection_string is not None:
        return CosmosClient.from_connection_string(address.connection_string, **options)
    return CosmosClient(cast("str", address.service_uri), credential=cast("Any", credential), **options)


def _failure(error: CosmosBatchOperationError) -> BatchFailed:
    index = cast("int", error.error_index)
    responses = cast("list[Document]", error.operation_responses)
    return BatchFailed(index=index, status=int(responses[index]["statusCode"]))


def _wire(operation: Operation) -> tuple[Any, ...]:
    match operation:
        case Create(document=document):
            return ("create", (document,))
        case Replace(document=document, etag=etag):
            return ("replace", (document["id"], document), {"if_match_etag": etag})
        case Upsert(document=document):
            return ("upsert", (document,))
        case Read(document_id=document_id):
            return ("read", (document_id,))
        case Delete(document_id=document_id):
            return ("delete", (document_id,))


@asynccontextmanager
async def _store_errors() -> AsyncGenerator[None]:
    try:
        yield
    except (CosmosHttpResponseError, CosmosBatchOperationError, StoreFailed) as error:
        if error.status_code == _TOO_LARGE_STATUS:
            raise _too_large() from error
        raise StoreUnavailable(
            f"The conversation store answered {error.status_code}. Nothing was changed; try again.",
            after_ms=retry_after_ms(_headers(error)),
        ) from error
    except AzureError as error:
        raise StoreUnavailable("The conversation store could not be reached. Try again.") from error


def _headers(error: CosmosHttpResponseError | CosmosBatchOperationError | StoreFailed) -> Mapping[str, str]:
    found = getattr(error.response, "headers", {}) if isinstance(error, StoreFailed) else error.headers
    return cast("Mapping[str, str]", found)


def _too_large() -> StoreUnavailable:
    return StoreUnavailable(
        f"More was to be stored at once than the conversation store takes: 2 MB, or {_MAX_OPERATIONS} documents."
    )
