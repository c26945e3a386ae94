"""A request to a store is a span with what was asked, how it was answered and what it cost; ids and content are not."""

from collections.abc import AsyncGenerator, Awaitable, Callable

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.sampling import TraceIdRatioBased

from local.cosmos.faults import FaultSpec
from shared.blob import BlobStore
from shared.cosmos import Cosmos, Create, Read
from shared.errors import StoreUnavailable
from shared.settings import ServiceAddress
from shared.telemetry import tracing
from shared.telemetry.store_calls import StoreCall, blob_call, cosmos_call
from shared.telemetry.tracing import span
from tests.shared.azurite import connection_string
from tests.shared.telemetry.recorder import Recorder
from tests.shared.test_cosmos import PEOPLE, Emulated, client_at, emulated, person

NOBODY_LISTENS = 9
CALLS: dict[str, tuple[Callable[[Cosmos], Awaitable[object]], str, str]] = {
    "a document": (lambda cosmos: cosmos.read(PEOPLE, "ada", "a"), "read_item", "200"),
    "a document that is not there": (lambda cosmos: cosmos.read(PEOPLE, "ada", "none"), "read_item", "404"),
    "a query": (lambda cosmos: cosmos.query(PEOPLE, "SELECT * FROM c", {}, "ada"), "query_items", "200"),
    "a new document": (lambda cosmos: cosmos.create(PEOPLE, person("new")), "create_item", "201"),
    "one there is already": (lambda cosmos: cosmos.create(PEOPLE, person("a")), "create_item", "409"),
    "a write over": (lambda cosmos: cosmos.upsert(PEOPLE, person("a")), "upsert_item", "200"),
    "a batch": (lambda cosmos: cosmos.batch(PEOPLE, "ada", [Read(document_id="a")]), "execute_batch", "200"),
    "a batch that is refused": (
        lambda cosmos: cosmos.batch(PEOPLE, "ada", [Create(document=person("a"))]),
        "execute_batch",
        "207",
    ),
    "what changed": (lambda cosmos: cosmos.changes(PEOPLE, None, 10), "query_change_feed", "200"),
}


@pytest.fixture
async def emulator() -> AsyncGenerator[Emulated]:
    async with emulated() as made:
        yield made


@pytest.fixture
async def cosmos(emulator: Emulated) -> AsyncGenerator[Cosmos]:
    """A client that has found out about account and container, and one document."""
    client = emulator.connect()
    await client.upsert(PEOPLE, person("a"))
    yield client
    await client.close()


def _stores(told: Recorder) -> list[ReadableSpan]:
    return [made for made in told.all() if made.attributes is not None and "db.system.name" in made.attributes]


@pytest.mark.parametrize("what", CALLS)
async def test_a_request_is_told_within_the_span_it_belongs_to(told: Recorder, cosmos: Cosmos, what: str) -> None:
    act, operation, status = CALLS[what]
    with span("call_model") as around:
        await act(cosmos)
    made = _stores(told)[-1]
    assert made.attributes is not None
    assert made.name == f"{operation} people"
    assert made.attributes["db.system.name"] == "azure.cosmosdb"
    assert made.attributes["db.operation.name"] == operation
    assert made.attributes["db.collection.name"] == PEOPLE
    assert made.attributes["db.response.status_code"] == status
    charge = made.attributes["azure.cosmosdb.operation.request_charge"]
    assert isinstance(charge, float)
    assert charge > 0
    assert made.kind is trace.SpanKind.CLIENT
    assert made.parent is not None
    assert made.parent.span_id == around.get_span_context().span_id
    # What whoever asked reckons with is no failure.
    assert made.status.status_code is trace.StatusCode.UNSET
    # Not in all of it: the ids of spans are random hexadecimal, in which her name occurs.
    assert not any("ada" in str(value) for value in (made.name, *made.attributes.values()))


async def test_a_store_that_fails_is_the_platforms_fault(told: Recorder, emulator: Emulated, cosmos: Cosmos) -> None:
    emulator.server.faults.arm([FaultSpec(status=429, match="/docs")])
    with pytest.raises(StoreUnavailable), span("call_model"):
        await cosmos.read(PEOPLE, "ada", "a")
    (made,) = _stores(told)
    assert made.attributes is not None
    assert made.attributes["error.type"] == made.attributes["db.response.status_code"] == "429"
    assert made.attributes["salescoach.fault"] == "platform"
    assert made.attributes["salescoach.code"] == "store_unavailable"
    assert made.status.status_code is trace.StatusCode.ERROR


async def test_a_store_nobody_answers_for_fails_with_the_exceptions_name(told: Recorder) -> None:
    client = client_at(f"http://127.0.0.1:{NOBODY_LISTENS}")
    with pytest.raises(StoreUnavailable), span("call_model"):
        await client.read(PEOPLE, "ada", "a")
    await client.close()
    made = _stores(told)[-1]
    assert made.attributes is not None
    assert made.attributes["salescoach.fault"] == "platform"
    assert str(made.attributes["error.type"]).endswith("Error")
    assert "db.response.status_code" not in made.attributes


async def test_a_request_that_belongs_to_no_trace_is_not_told(told: Recorder, cosmos: Cosmos) -> None:
    await cosmos.read(PEOPLE, "ada", "a")
    assert _stores(told) == []


def _call() -> StoreCall:
    return cosmos_call("GET", "http://store/dbs/salescoach/colls/sessions/docs/head", {})


def test_in_a_trace_that_is_not_kept_every_request_is_the_same_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    unsampled = TracerProvider(sampler=TraceIdRatioBased(0.0)).get_tracer("tests")
    monkeypatch.setattr(tracing, "_TRACER", unsampled)
    with span("call_model"):
        assert _call() is _call() is blob_call("read", "results")


def test_a_request_within_what_the_host_began_is_told_under_it(told: Recorder) -> None:
    host = trace.SpanContext(0xA1, 0xB2, is_remote=True, trace_flags=trace.TraceFlags(1))
    with trace.use_span(trace.NonRecordingSpan(host)), _call() as call:
        call.answered(200, {"x-ms-request-charge": "1.5", "x-ms-substatus": "1002"})
    (made,) = _stores(told)
    assert made.parent is not None
    assert made.parent.span_id == host.span_id
    assert made.attributes is not None
    assert made.attributes["azure.cosmosdb.operation.request_charge"] == 1.5
    assert made.attributes["azure.cosmosdb.response.sub_status_code"] == 1002
    assert made.attributes["db.namespace"] == "salescoach"


@pytest.mark.parametrize(
    ("method", "path", "operation"),
    [
        ("GET", "", "read_account"),
        ("GET", "dbs/salescoach/colls/sessions", "read_container"),
        ("GET", "dbs/salescoach/colls/sessions/pkranges", "read_partition_key_ranges"),
        ("PUT", "dbs/salescoach/colls/sessions/docs/head", "replace_item"),
        ("DELETE", "dbs/salescoach/colls/sessions/docs/live?x=1", "delete_item"),
        ("GET", "dbs/salescoach/colls/sessions/docs/", "read_all_items"),
    ],
)
def test_what_is_asked_is_read_from_the_request(told: Recorder, method: str, path: str, operation: str) -> None:
    with span("call_model"), cosmos_call(method, f"http://store/{path}", {}) as call:
        call.answered(200, {"x-ms-request-charge": "nonsense"})
    (made,) = _stores(told)
    assert made.attributes is not None
    assert made.attributes["db.operation.name"] == operation
    assert "azure.cosmosdb.operation.request_charge" not in made.attributes


async def test_a_blob_nobody_answers_for_is_told_as_the_platforms_fault(told: Recorder) -> None:
    store = BlobStore(ServiceAddress(connection_string=connection_string(NOBODY_LISTENS)), None)
    with pytest.raises(StoreUnavailable), span("call_tool"):
        await store.read("results", "a/secret.json")
    await store.close()
    (made,) = _stores(told)
    assert made.attributes is not None
    assert (made.name, made.attributes["db.system.name"]) == ("read results", "azure.storage.blob")
    assert made.attributes["salescoach.fault"] == "platform"
    assert "secret.json" not in made.to_json()
