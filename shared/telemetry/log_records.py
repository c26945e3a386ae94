"""Log records as telemetry: redacted as they were made (`shared/redaction.py`), with the trace they belong to."""

import logging

from opentelemetry._logs import LoggerProvider, LogRecord, SeverityNumber

_SEVERITIES = (
    (logging.CRITICAL, SeverityNumber.FATAL),
    (logging.ERROR, SeverityNumber.ERROR),
    (logging.WARNING, SeverityNumber.WARN),
    (logging.INFO, SeverityNumber.INFO),
)
_OURS = ("api", "chat", "group_chat", "orchestration", "shared", "salescoach")
# What exports must not feed itself.
_EXPORTING = ("opentelemetry", "azure", "urllib3", "requests")


class TellingHandler(logging.Handler):
    """Hands our own records from INFO on, and what others warn of, to OpenTelemetry."""

    def __init__(self, provider: LoggerProvider) -> None:
        super().__init__()
        self._logger = provider.get_logger("salescoach")

    def filter(self, record: logging.LogRecord) -> bool:
        package = record.name.partition(".")[0]
        least = logging.INFO if package in _OURS else logging.WARNING
        return record.levelno >= least and package not in _EXPORTING

    def emit(self, record: logging.LogRecord) -> None:
        attributes = {"logger": record.name, "code.function.name": record.funcName, "code.line.number": record.lineno}
        if record.exc_text:
            attributes["exception.stacktrace"] = record.exc_text
        if record.exc_info and record.exc_info[0] is not None:
            attributes["exception.type"] = record.exc_info[0].__qualname__
        self._logger.emit(
            LogRecord(
                timestamp=int(record.created * 1e9),
                severity_text=record.levelname,
                severity_number=_severity(record.levelno),
                body=record.getMessage(),
                attributes=attributes,
            )
        )


def _severity(level: int) -> SeverityNumber:
    return next((number for least, number in _SEVERITIES if level >= least), SeverityNumber.DEBUG)
