"""Log lines of the app on stderr: with the trace a record belongs to, where the app says so."""

import logging
from typing import TextIO


class TracedFormatter(logging.Formatter):
    """Adds `trace_id` and `span_id` to the line of a record that has them; a stack follows on lines of its own."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the base's name
        line = super().formatMessage(record)
        trace_id = getattr(record, "trace_id", "")
        return f"{line} trace_id={trace_id} span_id={getattr(record, 'span_id', '')}" if trace_id else line


def log_to(stream: TextIO, level: str) -> None:
    """Let every logger of the process write to `stream`."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(TracedFormatter("%(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=level, handlers=[handler])
