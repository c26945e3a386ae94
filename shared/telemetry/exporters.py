"""The SDK behind spans, metrics and logs; loaded only where telemetry has somewhere to go.

The packages that speak to the receivers take longer to load than all of this. The threads that export load them, with
the first batch: not the start of the app.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from opentelemetry import metrics, trace
from opentelemetry._logs import set_logger_provider
from opentelemetry.sdk._logs import LoggerProvider, ReadableLogRecord
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor, LogRecordExporter, LogRecordExportResult
from opentelemetry.sdk.metrics import Counter, Histogram, MeterProvider
from opentelemetry.sdk.metrics.export import (
    AggregationTemporality,
    MetricExporter,
    MetricExportResult,
    MetricsData,
    PeriodicExportingMetricReader,
)
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.sdk.trace.sampling import TraceIdRatioBased

from shared.late import importing_late
from shared.telemetry.log_records import TellingHandler
from shared.telemetry.tracing import chosen_span_id

with importing_late():
    import shared.telemetry.to_azure_monitor as azure_monitor
    import shared.telemetry.to_otlp as otlp

_DELAY_MS = 1_000
_METRICS_MS = 15_000
# Instances come and go: a count since the start of one means little to anybody.
_DELTA = {Counter: AggregationTemporality.DELTA, Histogram: AggregationTemporality.DELTA}


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """What makes the exporters to one receiver."""

    spans: Callable[[], SpanExporter]
    metrics: Callable[[], MetricExporter]
    logs: Callable[[], LogRecordExporter]


@dataclass(frozen=True, slots=True, kw_only=True)
class Telemetry:
    """The running providers."""

    tracers: TracerProvider
    meters: MeterProvider
    logs: LoggerProvider

    def flush(self) -> None:
        """Export what is there now."""
        self.tracers.force_flush()
        self.meters.force_flush()
        self.logs.force_flush()


class DerivableIds(RandomIdGenerator):
    """Random ids, but for the spans whose id is derived."""

    def generate_span_id(self) -> int:
        return chosen_span_id.get() or super().generate_span_id()


def receivers(connection_string: str, otlp_endpoint: str) -> list[Receiver]:
    """Return where telemetry goes: Application Insights, an OTLP endpoint, both."""
    found: list[Receiver] = []
    if connection_string:
        found.append(
            Receiver(
                spans=lambda: azure_monitor.spans(connection_string),
                metrics=lambda: azure_monitor.metrics(connection_string),
                logs=lambda: azure_monitor.logs(connection_string),
            )
        )
    if otlp_endpoint:
        found.append(
            Receiver(
                spans=lambda: otlp.spans(otlp_endpoint),
                metrics=lambda: otlp.metrics(otlp_endpoint),
                logs=lambda: otlp.logs(otlp_endpoint),
            )
        )
    return found


def start(to: Sequence[Receiver], *, sample_ratio: float) -> Telemetry:
    """Let spans, metrics and log records go to the receivers, once for the process."""
    resource = Resource({"service.name": "salescoach", "service.namespace": "salescoach"})
    # By the trace's id alone: the flag in a client's trace context is the client's wish.
    tracers = TracerProvider(sampler=TraceIdRatioBased(sample_ratio), resource=resource, id_generator=DerivableIds())
    logs = LoggerProvider(resource=resource)
    for receiver in to:
        tracers.add_span_processor(BatchSpanProcessor(LateSpans(receiver.spans), schedule_delay_millis=_DELAY_MS))
        logs.add_log_record_processor(BatchLogRecordProcessor(LateLogs(receiver.logs), schedule_delay_millis=_DELAY_MS))
    readers = [PeriodicExportingMetricReader(LateMetrics(each.metrics), _METRICS_MS) for each in to]
    meters = MeterProvider(readers, resource)
    trace.set_tracer_provider(tracers)
    metrics.set_meter_provider(meters)
    set_logger_provider(logs)
    logging.getLogger().addHandler(TellingHandler(logs))
    return Telemetry(tracers=tracers, meters=meters, logs=logs)


class LateSpans(SpanExporter):
    """Exports with what `build` returns, built by the thread that exports first."""

    def __init__(self, build: Callable[[], SpanExporter]) -> None:
        self._build = build
        self._exporter: SpanExporter | None = None

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        self._exporter = self._exporter or self._build()
        return self._exporter.export(spans)

    def shutdown(self) -> None:
        if self._exporter is not None:
            self._exporter.shutdown()


class LateLogs(LogRecordExporter):
    """As `LateSpans`."""

    def __init__(self, build: Callable[[], LogRecordExporter]) -> None:
        self._build = build
        self._exporter: LogRecordExporter | None = None

    def export(self, batch: Sequence[ReadableLogRecord]) -> LogRecordExportResult:
        self._exporter = self._exporter or self._build()
        return self._exporter.export(batch)

    def force_flush(self, timeout_millis: int = 30_000) -> bool:  # noqa: ARG002 - the base's signature
        return True

    def shutdown(self) -> None:
        if self._exporter is not None:
            self._exporter.shutdown()


class LateMetrics(MetricExporter):
    """As `LateSpans`."""

    def __init__(self, build: Callable[[], MetricExporter]) -> None:
        super().__init__(preferred_temporality=dict(_DELTA))
        self._build = build
        self._exporter: MetricExporter | None = None

    def export(self, metrics_data: MetricsData, timeout_millis: float = 10_000, **kwargs: object) -> MetricExportResult:
        self._exporter = self._exporter or self._build()
        return self._exporter.export(metrics_data, timeout_millis, **kwargs)

    def force_flush(self, timeout_millis: float = 10_000) -> bool:  # noqa: ARG002 - the base's signature
        return True

    def shutdown(self, timeout_millis: float = 30_000, **kwargs: object) -> None:
        if self._exporter is not None:
            self._exporter.shutdown(timeout_millis, **kwargs)
