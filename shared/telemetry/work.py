"""Work that no turn's span is around: timers, cards' ends, speaking unasked, the analyzer's steps."""

from collections.abc import Generator
from contextlib import contextmanager

from opentelemetry.trace import Span, SpanKind

from shared.errors import SalesCoachError
from shared.protocol.codes import ErrorCode
from shared.telemetry import metrics
from shared.telemetry.tracing import begin_span, mark_failed, span


@contextmanager
def work(name: str) -> Generator[Span]:
    """Run the body in a span; a failure is told and counted with the domain at fault, under `name` as its place."""
    with span(name) as made, counted(name):
        yield made


@contextmanager
def timed_work(name: str) -> Generator[None]:
    """Run what a clock starts again and again: told only when it fails, in a span that says why, and counted."""
    try:
        with counted(name):
            yield
    except Exception as error:
        made = begin_span(name, kind=SpanKind.INTERNAL, attributes={})
        mark_failed(made, error)
        made.end()
        raise


@contextmanager
def counted(place: str) -> Generator[None]:
    """Count what the body raises with the domain at fault; a defect of ours counts as `app`."""
    try:
        yield
    except Exception as error:
        metrics.failed(place, error.code if isinstance(error, SalesCoachError) else ErrorCode.INTERNAL)
        raise
