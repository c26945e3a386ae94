"""What every log record of the process is: redacted, and with the trace it belongs to."""

import logging
from typing import Any

from opentelemetry import trace

from shared.redaction import redacting_record


def traced_record(*args: Any, **kwargs: Any) -> logging.LogRecord:
    """Make a redacted record that has `trace_id` and `span_id`, empty outside of traces; a log record factory."""
    record = redacting_record(*args, **kwargs)
    here = trace.get_current_span().get_span_context()
    record.trace_id = f"{here.trace_id:032x}" if here.is_valid else ""
    record.span_id = f"{here.span_id:016x}" if here.is_valid else ""
    return record
