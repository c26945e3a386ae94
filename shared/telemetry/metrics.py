"""What is counted and measured. Without an exporter (`exporters.py`) every call here does nothing.

Attributes are few and of few values each: never a person, a conversation or a text.
"""

from opentelemetry import metrics

from shared.protocol.codes import FAULT_OF, ErrorCode
from shared.telemetry import names

_METER = metrics.get_meter("salescoach")
_SECONDS = [0.05, 0.1, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 7.5, 10.0, 20.0, 30.0, 60.0, 120.0]
_TOKENS = [1, 4, 16, 64, 256, 1_024, 4_096, 16_384, 65_536, 262_144]

turns = _METER.create_counter(names.TURNS, "{turn}", "Turns that ended, by status and fault")
turn_duration = _METER.create_histogram(
    names.TURN_DURATION, "s", "From question to end", explicit_bucket_boundaries_advisory=_SECONDS
)
first_delta = _METER.create_histogram(
    names.TIME_TO_FIRST_DELTA,
    "s",
    "From the question stored to the first text sent",
    explicit_bucket_boundaries_advisory=_SECONDS,
)
tool_duration = _METER.create_histogram(
    names.TOOL_DURATION, "s", "Tool calls, by server, tool and outcome", explicit_bucket_boundaries_advisory=_SECONDS
)
log_conflicts = _METER.create_counter(names.LOG_CONFLICTS, "{append}", "Appends decided again because of a 412")
sweeps = _METER.create_counter(names.SWEEPS, "{sweep}", "Runs of the sweeper")
swept_turns = _METER.create_counter(names.SWEPT_TURNS, "{turn}", "Turns the sweeper moved on, by how they were found")
connections = _METER.create_counter(names.CONNECTIONS, "{connection}", "Sockets opened and closed, by hub")
failures = _METER.create_counter(names.FAILURES, "{failure}", "What failed, by place, code and fault")
model_tokens = _METER.create_histogram(
    names.MODEL_TOKENS, "{token}", "Tokens of model calls", explicit_bucket_boundaries_advisory=_TOKENS
)
model_duration = _METER.create_histogram(
    names.MODEL_DURATION, "s", "Model calls", explicit_bucket_boundaries_advisory=_SECONDS
)


def failed(place: str, code: ErrorCode) -> None:
    """Count a failure with the domain at fault; `place` is what failed."""
    failures.add(1, {names.PLACE: place, names.CODE: code.value, names.FAULT: FAULT_OF[code].value})
