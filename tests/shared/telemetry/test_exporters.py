"""What exports is built by the thread that exports, with the first batch; log records carry their trace."""

import logging
from collections.abc import Sequence

from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import InMemoryLogRecordExporter, SimpleLogRecordProcessor
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from shared.redaction import redacting_record
from shared.settings import Settings
from shared.telemetry.exporters import LateSpans, receivers
from shared.telemetry.log_records import TellingHandler
from shared.telemetry.start import start_telemetry
from shared.telemetry.tracing import current_trace_id, span
from tests.shared.telemetry.recorder import Recorder
from tests.support.functions import SETTINGS


class _Noting(SpanExporter):
    def __init__(self) -> None:
        self.batches: list[int] = []

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        self.batches.append(len(spans))
        return SpanExportResult.SUCCESS


def test_an_exporter_is_built_with_the_first_batch_and_kept() -> None:
    built: list[_Noting] = []

    def build() -> _Noting:
        built.append(_Noting())
        return built[-1]

    late = LateSpans(build)
    late.shutdown()
    assert built == []
    late.export([])
    late.export([])
    assert [each.batches for each in built] == [[0, 0]]


def test_telemetry_goes_where_the_settings_say_and_nowhere_without_them() -> None:
    assert receivers("", "") == []
    assert len(receivers("InstrumentationKey=x", "https://otlp.example")) == 2
    assert isinstance(SETTINGS, Settings)
    assert start_telemetry(SETTINGS) is None


def _handler() -> tuple[TellingHandler, InMemoryLogRecordExporter]:
    kept, provider = InMemoryLogRecordExporter(), LoggerProvider()
    provider.add_log_record_processor(SimpleLogRecordProcessor(kept))
    return TellingHandler(provider), kept


def _told(name: str, level: int, message: str) -> list[tuple[str, str]]:
    handler, kept = _handler()
    handler.handle(redacting_record(name, level, "file.py", 1, message, (), None))
    found = [each.log_record for each in kept.get_finished_logs()]
    return [(str(record.body), f"{record.trace_id or 0:032x}") for record in found]


def test_a_log_record_is_redacted_and_carries_the_trace_it_belongs_to(told: Recorder) -> None:
    with span("command query"):
        trace_id = current_trace_id()
        found = _told("shared.upstream", logging.INFO, "refused Bearer abcdefghijk")
    assert found == [("refused Bearer [redacted]", trace_id)]


def test_what_exports_does_not_feed_itself_and_others_only_warn(told: Recorder) -> None:
    assert _told("azure.monitor.exporter", logging.ERROR, "x") == []
    assert _told("opentelemetry.sdk", logging.ERROR, "x") == []
    assert _told("durabletask", logging.INFO, "x") == []
    assert len(_told("durabletask", logging.WARNING, "x")) == 1
    assert _told("shared.blob", logging.DEBUG, "x") == []
