"""Every log record names the trace it belongs to, on the line and beside it."""

import io
import logging

from local.functions_host.worker.lines import TracedFormatter
from shared.log_lines import traced_record
from shared.telemetry.tracing import span

TRACE_ID, SPAN_ID = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
CLIENT = f"00-{TRACE_ID}-{SPAN_ID}-01"


def _line(record: logging.LogRecord) -> str:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(TracedFormatter("%(levelname)s %(name)s %(message)s"))
    handler.handle(record)
    return stream.getvalue()


def _record(message: str, error: Exception | None = None) -> logging.LogRecord:
    info = (type(error), error, None) if error is not None else None
    return traced_record("shared.upstream", logging.INFO, "file.py", 1, message, (), info)


def test_a_record_within_a_trace_names_it_and_is_redacted() -> None:
    with span("command query", parent=CLIENT):
        line = _line(_record("refused Bearer abcdefghijk"))
    head, trace_id, span_id = line.rstrip("\n").rsplit(" ", 2)
    assert head == "INFO shared.upstream refused Bearer [redacted]"
    assert trace_id == f"trace_id={TRACE_ID}"
    assert span_id.startswith("span_id=")
    assert len(span_id) == len(f"span_id={SPAN_ID}")


def test_a_record_outside_of_traces_names_none() -> None:
    record = _record("started")
    assert (vars(record)["trace_id"], vars(record)["span_id"]) == ("", "")
    assert _line(record) == "INFO shared.upstream started\n"


def test_a_stack_follows_the_line_that_names_the_trace() -> None:
    with span("call_model", parent=CLIENT):
        first, *rest = _line(_record("failed", ZeroDivisionError("by zero"))).splitlines()
    assert f"trace_id={TRACE_ID}" in first
    assert rest == ["ZeroDivisionError: by zero"]


def test_a_record_of_a_program_without_traces_is_a_line_all_the_same() -> None:
    assert _line(logging.LogRecord("any", logging.WARNING, "file.py", 1, "early", (), None)) == "WARNING any early\n"
