"""What OTLP exporters send is shown, whatever it holds."""

import gzip
from collections.abc import AsyncGenerator
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from local.traces import store as stored
from local.traces.server import application
from local.traces.store import Store

TRACE = bytes(range(1, 17))

type Client = TestClient[Any, Any]


def _spans(*spans: tuple[bytes, bytes, str]) -> bytes:
    request = ExportTraceServiceRequest()
    scope = request.resource_spans.add().scope_spans.add()
    for number, (span_id, parent, name) in enumerate(spans):
        span = scope.spans.add(trace_id=TRACE, span_id=span_id * 8, parent_span_id=parent * 8, name=name)
        span.start_time_unix_nano, span.end_time_unix_nano = 1_000 + number, 2_000 + number
        span.attributes.add(key="text").value.string_value = "<script>alert(1)</script>"
    return request.SerializeToString()


@pytest.fixture
async def client() -> AsyncGenerator[Client]:
    async with TestClient(TestServer(application(Store()))) as opened:
        yield opened


async def test_a_trace_is_shown_as_a_tree(client: Client) -> None:
    body = _spans((b"c", b"b", "grandchild"), (b"a", b"", "click"), (b"b", b"a", "child"))
    assert (await client.post("/v1/traces", data=gzip.compress(body))).status == 200
    told = await (await client.get(f"/api/traces/{TRACE.hex()}")).json()
    assert [(span["name"], span["depth"]) for span in told["spans"]] == [("click", 0), ("child", 1), ("grandchild", 2)]


async def test_what_was_received_runs_nothing_in_the_page(client: Client) -> None:
    await client.post("/v1/traces", data=_spans((b"a", b"", "<script>click</script>")))
    for path in ("/", f"/traces/{TRACE.hex()}"):
        page = await (await client.get(path)).text()
        assert "click" in page
        assert "<script>" not in page


async def test_a_batch_that_cannot_be_read_is_refused(client: Client) -> None:
    assert (await client.post("/v1/traces", data=b"\xff\xff\xff")).status == 400
    assert (await client.post("/v1/traces", data=b"\x1f\x8bnot gzip")).status == 400
    assert (await client.get("/traces/unknown")).status == 404


def test_a_span_told_twice_counts_once_and_old_traces_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored, "MOST_TRACES", 1)
    store = Store()
    for _ in range(2):
        store.add_spans(_spans((b"a", b"", "click")))
    assert len(store.traces[TRACE.hex()].spans) == 1
    other = ExportTraceServiceRequest()
    other.resource_spans.add().scope_spans.add().spans.add(trace_id=bytes(15) + b"x", span_id=b"y" * 8, name="next")
    store.add_spans(other.SerializeToString())
    assert list(store.traces) == [(bytes(15) + b"x").hex()]


def test_logs_go_to_their_trace_and_differences_add_up() -> None:
    store = Store()
    logs = ExportLogsServiceRequest()
    records = logs.resource_logs.add().scope_logs.add().log_records
    records.add(trace_id=TRACE, severity_text="WARNING").body.string_value = "something"
    records.add(severity_text="WARNING").body.string_value = "of no trace"
    store.add_logs(logs.SerializeToString())
    assert [line.body for line in store.traces[TRACE.hex()].logs] == ["something"]
    metrics = ExportMetricsServiceRequest()
    point = metrics.resource_metrics.add().scope_metrics.add().metrics.add(name="turns").sum.data_points.add()
    point.as_int = 3
    for _ in range(2):
        store.add_metrics(metrics.SerializeToString())
    assert store.metrics == {"turns {}": {"count": 2, "sum": 6}}
