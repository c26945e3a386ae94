"""Requests to the stores as spans: what was asked of which container, how it was answered, what it cost.

They are told where there is a trace they belong to, and hold neither ids nor content. Names follow the semantic
conventions for databases; Blob Storage has none of its own and is told in the same words.
"""

from collections.abc import Mapping
from contextlib import suppress
from types import TracebackType
from typing import Self

from opentelemetry import trace
from opentelemetry.trace import Span, SpanKind, StatusCode

from shared.protocol.codes import FAULT_OF, ErrorCode
from shared.telemetry import names
from shared.telemetry.tracing import begin_span

COSMOS_DB = "azure.cosmosdb"
BLOB_STORAGE = "azure.storage.blob"
# "There is none", "there is one already", "somebody else wrote": answers that whoever asked reckons with.
_ANSWERS = frozenset({404, 409, 412})
_REFUSED = 400
_NOBODY_LISTENS = trace.ProxyTracerProvider
_FIGURES = (("x-ms-request-charge", names.DB_CHARGE, float), ("x-ms-substatus", names.DB_SUB_STATUS, int))
_POSTED = (
    ("x-ms-cosmos-is-batch-request", "execute_batch"),
    ("x-ms-documentdb-isquery", "query_items"),
    ("x-ms-documentdb-is-upsert", "upsert_item"),
)
_OF_AN_ITEM = {"GET": "read_item", "PUT": "replace_item", "PATCH": "patch_item", "DELETE": "delete_item"}


class StoreCall:
    """One request on its way: `with` it, tell what was `answered`. Costs next to nothing where no span is kept."""

    __slots__ = ("_answered", "_span")

    def __init__(self, span: Span | None) -> None:
        self._span = span
        self._answered = False

    def answered(self, status: int, headers: Mapping[str, str] | None = None) -> None:
        """Note the answer's status and what it cost; an exception that is made of it later says nothing more."""
        if self._span is None:
            return
        self._answered = True
        told: dict[str, str | float] = {names.DB_STATUS: str(status)}
        for header, name, number in _FIGURES:
            if headers is not None and header in headers:
                with suppress(ValueError):
                    told[name] = number(headers[header])
        self._span.set_attributes(told)
        if status >= _REFUSED and status not in _ANSWERS:
            _failed(self._span, str(status))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        if self._span is None:
            return
        if isinstance(error, Exception) and not self._answered:
            _failed(self._span, type(error).__qualname__)
        self._span.end()


_UNTOLD = StoreCall(None)


def cosmos_call(method: str, url: str, headers: Mapping[str, str]) -> StoreCall:
    """Return the call for a request to Cosmos DB, from the request alone."""
    if not _is_told():
        return _UNTOLD
    kind, database, container = _asked_of(method, url, headers)
    return _told(COSMOS_DB, kind, database, container)


def blob_call(operation: str, container: str) -> StoreCall:
    """Return the call for a request to Blob Storage."""
    if not _is_told():
        return _UNTOLD
    return _told(BLOB_STORAGE, operation, "", container)


def _is_told() -> bool:
    """Tell within spans that are kept, and within what the host began: whether that is kept, the sampler decides."""
    around = trace.get_current_span()
    if around.is_recording():
        return True
    return around.get_span_context().is_remote and not isinstance(trace.get_tracer_provider(), _NOBODY_LISTENS)


def _told(system: str, operation: str, database: str, container: str) -> StoreCall:
    attributes = {names.DB_SYSTEM: system, names.DB_OPERATION: operation}
    if database:
        attributes[names.DB_NAMESPACE] = database
    if container:
        attributes[names.DB_CONTAINER] = container
    return StoreCall(begin_span(f"{operation} {container}".rstrip(), kind=SpanKind.CLIENT, attributes=attributes))


def _failed(span: Span, kind: str) -> None:
    code = ErrorCode.STORE_UNAVAILABLE
    span.set_attributes({names.ERROR: kind, names.CODE: code.value, names.FAULT: FAULT_OF[code].value})
    span.set_status(StatusCode.ERROR)


def _asked_of(method: str, url: str, headers: Mapping[str, str]) -> tuple[str, str, str]:
    """Return operation, database and container: `/dbs/<database>/colls/<container>/docs[/<id>]`."""
    parts = url.partition("?")[0].partition("/dbs/")[2].rstrip("/").split("/")
    database, container = parts[0], parts[2] if len(parts) > 2 else ""  # noqa: PLR2004 - see the path above
    match parts[3:]:
        case ["docs"] if method == "POST":
            posted = (name for header, name in _POSTED if str(headers.get(header, "")).lower() == "true")
            return next(posted, "create_item"), database, container
        case ["docs"]:
            return ("query_change_feed" if "A-IM" in headers else "read_all_items"), database, container
        case ["docs", _]:
            return _OF_AN_ITEM.get(method, "execute_item"), database, container
        case ["pkranges"]:
            return "read_partition_key_ranges", database, container
        case _:
            return ("read_container" if container else "read_account"), database, container
