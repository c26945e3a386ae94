"""What was received, the newest traces of it, in plain values."""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Status

MOST_TRACES = 500
MOST_ENTRIES = 2_000
"""Spans, and log records, of one trace."""

type Attributes = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A span; times are nanoseconds since 1970."""

    span_id: str
    parent_id: str
    name: str
    kind: int
    start: int
    end: int
    failed: bool
    attributes: Attributes


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """A log record of a trace."""

    at: int
    span_id: str
    severity: str
    body: str
    attributes: Attributes


@dataclass(slots=True)
class Trace:
    """All that was received of a trace, by span id: a span that is told again counts once."""

    spans: dict[str, Span] = field(default_factory=dict[str, Span])
    logs: list[LogLine] = field(default_factory=list[LogLine])

    @property
    def start(self) -> int:
        return min((span.start for span in self.spans.values()), default=0)


class Store:
    """The newest traces, and the newest value of every metric."""

    def __init__(self) -> None:
        self.traces: OrderedDict[str, Trace] = OrderedDict()
        self.metrics: dict[str, Attributes] = {}

    def add_spans(self, body: bytes) -> None:
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            for scope in resource.scope_spans:
                for span in scope.spans:
                    found = self._trace(span.trace_id.hex())
                    if len(found.spans) < MOST_ENTRIES:
                        found.spans[span.span_id.hex()] = Span(
                            span_id=span.span_id.hex(),
                            parent_id=span.parent_span_id.hex(),
                            name=span.name,
                            kind=span.kind,
                            start=span.start_time_unix_nano,
                            end=span.end_time_unix_nano,
                            failed=span.status.code == Status.STATUS_CODE_ERROR,
                            attributes=_attributes(span.attributes),
                        )

    def add_logs(self, body: bytes) -> None:
        for resource in ExportLogsServiceRequest.FromString(body).resource_logs:
            for scope in resource.scope_logs:
                for record in scope.log_records:
                    trace_id = record.trace_id.hex()
                    if trace_id.strip("0") and len(self._trace(trace_id).logs) < MOST_ENTRIES:
                        line = LogLine(
                            at=record.time_unix_nano,
                            span_id=record.span_id.hex(),
                            severity=record.severity_text,
                            body=str(_plain(record.body)),
                            attributes=_attributes(record.attributes),
                        )
                        self._trace(trace_id).logs.append(line)

    def add_metrics(self, body: bytes) -> None:
        """Note what each metric was told last; those told as a difference are added up."""
        for resource in ExportMetricsServiceRequest.FromString(body).resource_metrics:
            for scope in resource.scope_metrics:
                for metric in scope.metrics:
                    kind = metric.WhichOneof("data")
                    for point in getattr(metric, kind).data_points if kind else ():
                        self._add_point(metric.name, point)

    def _add_point(self, name: str, point: Any) -> None:
        labels = ", ".join(f"{key}={value}" for key, value in sorted(_attributes(point.attributes).items()))
        known = self.metrics.setdefault(f"{name} {{{labels}}}", {"count": 0, "sum": 0.0})
        histogram = hasattr(point, "bucket_counts")
        known["count"] += point.count if histogram else 1
        known["sum"] += point.sum if histogram else (point.as_int or point.as_double)

    def _trace(self, trace_id: str) -> Trace:
        found = self.traces.get(trace_id)
        if found is None:
            found = self.traces[trace_id] = Trace()
            if len(self.traces) > MOST_TRACES:
                self.traces.popitem(last=False)
        return found


def _attributes(pairs: Iterable[KeyValue]) -> Attributes:
    return {pair.key: _plain(pair.value) for pair in pairs}


def _plain(value: AnyValue) -> Any:
    kind = value.WhichOneof("value")
    if kind == "array_value":
        return [_plain(each) for each in value.array_value.values]
    return getattr(value, kind) if kind is not None and kind != "kvlist_value" else None
