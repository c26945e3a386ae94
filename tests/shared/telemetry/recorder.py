"""Lets what the app tells be read by a test: real SDK, memory instead of an exporter. The SDK takes one per process."""

from collections.abc import Generator, Iterable
from contextlib import contextmanager
from functools import cache

from opentelemetry import metrics, trace
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader, NumberDataPoint
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from shared.telemetry.exporters import DerivableIds


class _Gate(SimpleSpanProcessor):
    """Lets spans through while it is open."""

    open = False

    def on_end(self, span: ReadableSpan) -> None:
        if self.open:
            super().on_end(span)


class Recorder:
    """What was told since the last look."""

    def __init__(self) -> None:
        self._spans = InMemorySpanExporter()
        self._reader = InMemoryMetricReader()
        tracers = TracerProvider(id_generator=DerivableIds())
        self._gate = _Gate(self._spans)
        tracers.add_span_processor(self._gate)
        trace.set_tracer_provider(tracers)
        metrics.set_meter_provider(MeterProvider([self._reader]))

    @contextmanager
    def listening(self) -> Generator["Recorder"]:
        """Keep the spans that end within the body; nothing of the rest of the process."""
        self._spans.clear()
        self._gate.open = True
        try:
            yield self
        finally:
            self._gate.open = False
            self._spans.clear()

    def spans(self) -> dict[str, ReadableSpan]:
        """Return the finished spans by name; of several of one name the last."""
        return {span.name: span for span in self._spans.get_finished_spans()}

    def all(self) -> list[ReadableSpan]:
        """Return the finished spans, in the order of their ends."""
        return list(self._spans.get_finished_spans())

    def named(self, name: str) -> list[ReadableSpan]:
        return [span for span in self._spans.get_finished_spans() if span.name == name]

    def total(self, metric: str, **attributes: str) -> float:
        """Return what a counter has counted with these attributes, in the whole process; of a histogram, how often."""
        return sum(self._values(metric, attributes.items()))

    def _values(self, metric: str, attributes: Iterable[tuple[str, str]]) -> Iterable[float]:
        data = self._reader.get_metrics_data()
        for resource in data.resource_metrics if data is not None else ():
            for scope in resource.scope_metrics:
                for found in scope.metrics:
                    for point in found.data.data_points if found.name == metric else ():
                        if set(attributes) <= {(key, str(value)) for key, value in (point.attributes or {}).items()}:
                            yield point.value if isinstance(point, NumberDataPoint) else getattr(point, "count", 0)


@cache
def recorder() -> Recorder:
    return Recorder()
