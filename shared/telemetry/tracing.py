"""Spans, and the thread that ties them: one trace from a person's click to the end of the answer.

A trace context travels as a W3C `traceparent`: in the client's command, in the head beside the turn that waits, in the
inputs of the turn and its activities, and in `_meta` of a tool call. The orchestrator only hands it on and makes no
spans, so replaying it makes none either. The span of the whole turn has an id derived from the turn's: everything
within the turn can name it as its parent long before it is told, and telling it twice tells the same span.

Without an exporter (`exporters.py`) spans are not recorded and cost next to nothing; the context is handed on all the
same.
"""

import hashlib
import re
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from opentelemetry import context, trace
from opentelemetry.trace import Link, NonRecordingSpan, Span, SpanContext, SpanKind, StatusCode, TraceFlags

from shared.errors import SalesCoachError
from shared.protocol.codes import FAULT_OF, ErrorCode
from shared.telemetry import names

TRACEPARENT = r"^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$"
"""What we take for a trace context; anything else is left alone."""
_TRACEPARENT = re.compile(TRACEPARENT.removesuffix("$") + r"\Z")
_TRACER = trace.get_tracer("salescoach")

type Attributes = Mapping[str, str | int | float | bool | tuple[str, ...]]

chosen_span_id: ContextVar[int | None] = ContextVar("chosen_span_id", default=None)
"""The id the next span gets, where that is derived; read by the id generator."""


def current_traceparent() -> str | None:
    """Return the trace context to hand on, if there is one."""
    here = trace.get_current_span().get_span_context()
    return _text(here) if here.is_valid else None


def current_trace_id() -> str | None:
    """Return the running trace's id as it is shown to people, if there is one."""
    here = trace.get_current_span().get_span_context()
    return f"{here.trace_id:032x}" if here.is_valid else None


def within_turn(traceparent: str | None, turn_id: str) -> str | None:
    """Return the trace context of the turn's own span, for what happens within the turn."""
    parent = _parsed(traceparent)
    if parent is None:
        return None
    return _text(SpanContext(parent.trace_id, _turn_span_id(turn_id), is_remote=True, trace_flags=parent.trace_flags))


@contextmanager
def span(
    name: str,
    *,
    kind: SpanKind = SpanKind.INTERNAL,
    parent: str | None = None,
    attributes: Attributes | None = None,
) -> Generator[Span]:
    """Run the body in a span of the trace `parent` (a `traceparent`), of the running one without it.

    The trace the runtime had begun for this execution is linked where it is another. An exception marks the span with
    its type, code and fault; its text, which may quote what people said, is not told.
    """
    around, links = _under(parent)
    with _TRACER.start_as_current_span(
        name,
        context=around,
        kind=kind,
        attributes=dict(attributes or {}),
        links=links,
        record_exception=False,
        set_status_on_exception=False,
    ) as made:
        try:
            yield made
        except Exception as error:
            mark_failed(made, error)
            raise


def begin_span(name: str, *, kind: SpanKind, attributes: Attributes) -> Span:
    """Begin a span under the running one that the caller ends; it is nobody's parent."""
    return _TRACER.start_span(name, kind=kind, attributes=dict(attributes))


def turn_span(traceparent: str | None, turn_id: str, started: datetime, attributes: Attributes, failed: str) -> None:
    """Tell the span of a whole turn, which began at `started` and ends now; `failed` is its error's code, or empty."""
    if _parsed(traceparent) is None:
        return
    around, _ = _under(traceparent)
    token = chosen_span_id.set(_turn_span_id(turn_id))
    try:
        began = int(started.timestamp() * 1e9)
        made = _TRACER.start_span("invoke_agent salescoach", around, attributes=dict(attributes), start_time=began)
    finally:
        chosen_span_id.reset(token)
    if failed:
        made.set_attribute(names.ERROR, failed)
        made.set_status(StatusCode.ERROR)
    made.end()


def mark_failed(made: Span, error: BaseException) -> None:
    """Mark the span as failed with the error's code and the domain at fault; a defect of ours counts as `app`."""
    code = error.code if isinstance(error, SalesCoachError) else ErrorCode.INTERNAL
    made.set_attributes({names.ERROR: type(error).__qualname__, names.CODE: code.value, names.FAULT: FAULT_OF[code]})
    made.set_status(StatusCode.ERROR)


def _under(traceparent: str | None) -> tuple[context.Context | None, list[Link]]:
    parent = _parsed(traceparent)
    if parent is None:
        return None, []
    here = trace.get_current_span().get_span_context()
    links = [Link(here)] if here.is_valid and here.trace_id != parent.trace_id else []
    return trace.set_span_in_context(NonRecordingSpan(parent)), links


def _parsed(traceparent: str | None) -> SpanContext | None:
    if traceparent is None or not _TRACEPARENT.match(traceparent):
        return None
    _, trace_id, span_id, flags = traceparent.split("-")
    return SpanContext(int(trace_id, 16), int(span_id, 16), is_remote=True, trace_flags=TraceFlags(int(flags, 16)))


def _text(here: SpanContext) -> str:
    return f"00-{here.trace_id:032x}-{here.span_id:016x}-{here.trace_flags:02x}"


def _turn_span_id(turn_id: str) -> int:
    return int.from_bytes(hashlib.sha256(b"span." + turn_id.encode()).digest()[:8]) or 1
