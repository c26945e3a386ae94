"""What a turn tells of itself: spans of its activities, its own span once it has ended, and its figures."""

import time
from collections.abc import Coroutine, Generator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from opentelemetry.trace import Span, SpanKind, StatusCode

from orchestration.messages import CallRequest, FinishRequest, StepRequest, SummaryRequest
from shared import ids
from shared.answers import text_of
from shared.event_log.shapes import Record
from shared.protocol.codes import FAULT_OF, ErrorCode
from shared.protocol.durable import ChatResponse, MessageCompleted, MessageCreated, TurnStarted
from shared.protocol.events import StoredEvent
from shared.protocol.shapes import ToolCallPart
from shared.telemetry import metrics, names
from shared.telemetry.content import content_of
from shared.telemetry.tracing import Attributes, span, turn_span, within_turn
from shared.telemetry.work import counted
from shared.tools.outcome import CallOutcome, ToolOutcome
from shared.tools.text import clean_line

type Told = StepRequest | CallRequest | FinishRequest | SummaryRequest


@contextmanager
def activity(name: str, request: Told) -> Generator[Span]:
    """Run an activity in a span within its turn's; a failure is counted with the domain at fault."""
    turn_id = _turn_of(request)
    parent = within_turn(request.trace, turn_id) if turn_id else request.trace
    attributes: dict[str, str] = {names.CONVERSATION: request.conversation_id}
    if turn_id:
        attributes[names.TURN] = turn_id
    if isinstance(request, CallRequest):
        attributes[names.CALL] = request.call_id
    with span(name, kind=SpanKind.CONSUMER, parent=parent, attributes=attributes) as made, counted(name):
        yield made


def _turn_of(request: Told) -> str | None:
    match request:
        case CallRequest():
            return ids.parse_call(request.call_id).turn_id
        case SummaryRequest():
            return None
        case _:
            return request.turn_id


def turn_ended(request: FinishRequest, record: Record, appended: Sequence[StoredEvent]) -> None:
    """Tell a turn whose end was just appended. Whoever finds the end stored does not tell it again."""
    end = next((event for event in appended if isinstance(event, ChatResponse)), None)
    if end is None:
        return
    began = datetime.fromisoformat(_begun_at(record, request.turn_id) or end.at)
    fault = end.error.fault.value if end.error is not None else ""
    code = end.error.code.value if end.error is not None else ""
    figures = {names.STATUS: end.status} | ({names.FAULT: fault, names.CODE: code} if code else {})
    metrics.turns.add(1, figures)
    metrics.turn_duration.record(_seconds(began, end.at), {names.STATUS: end.status})
    if end.error is not None:
        metrics.failed("turn", end.error.code)
    attributes: Attributes = {
        names.OPERATION: "invoke_agent",
        "gen_ai.agent.name": "salescoach",
        names.CONVERSATION: request.conversation_id,
        names.TURN: request.turn_id,
        "gen_ai.usage.input_tokens": end.usage.input_tokens,
        "gen_ai.usage.output_tokens": end.usage.output_tokens,
        **figures,
    }
    turn_span(request.trace, request.turn_id, began, attributes, code)


def first_text(record: Record, turn_id: str, at: datetime) -> None:
    """Measure how long a person waited for the first text of their turn, sent at `at`; of later steps nothing."""
    earlier = (event for event in record.events if isinstance(event, MessageCompleted) and event.turn_id == turn_id)
    begun = _begun_at(record, turn_id)
    if begun is None or any(text_of(event.parts) for event in earlier):
        return
    metrics.first_delta.record(_seconds(datetime.fromisoformat(begun), at.isoformat()))


async def tool_call(
    server: str, part: ToolCallPart, call_id: str, calling: Coroutine[Any, Any, CallOutcome], *, content: bool
) -> CallOutcome:
    """Await a tool call in a span of its own, under which the MCP SDK makes its spans and sends `_meta.traceparent`.

    With `content` the span holds what the tool was given and gave back.
    """
    tool = clean_line(part.tool)
    attributes = {names.OPERATION: "execute_tool", names.TOOL: tool, names.CALL: call_id, names.SERVER: server}
    if content:
        attributes["gen_ai.tool.call.arguments"] = content_of(part.arguments)
    began = time.perf_counter()
    with span(f"execute_tool {tool}", kind=SpanKind.CLIENT, attributes=attributes) as made:
        try:
            outcome = await calling
        except BaseException:
            _tell_tool(made, server, tool, None, time.perf_counter() - began)
            raise
        _tell_tool(made, server, tool, outcome, time.perf_counter() - began)
        if content and isinstance(outcome, ToolOutcome):
            made.set_attribute("gen_ai.tool.call.result", content_of(outcome.text))
        return outcome


def _tell_tool(made: Span, server: str, tool: str, outcome: CallOutcome | None, seconds: float) -> None:
    """Tell how it went; an error the server itself flagged is a failure of the tool, as no answer is."""
    status = "not_made" if outcome is None else getattr(outcome, "status", type(outcome).__name__)
    metrics.tool_duration.record(seconds, {names.SERVER: server, names.TOOL: tool, names.STATUS: status})
    made.set_attribute(names.STATUS, status)
    if not isinstance(outcome, ToolOutcome) or outcome.status == "completed":
        return
    metrics.failed("tool", ErrorCode.TOOL_UNAVAILABLE)
    fault = FAULT_OF[ErrorCode.TOOL_UNAVAILABLE].value
    made.set_attributes({names.ERROR: "tool_error" if outcome.is_error else status, names.FAULT: fault})
    made.set_status(StatusCode.ERROR)


def _begun_at(record: Record, turn_id: str) -> str | None:
    """Return when the question was stored; of a turn that answers nothing new, when it took the floor."""
    own = [event for event in record.events if getattr(event, "turn_id", None) == turn_id]
    asked = next((event.at for event in own if isinstance(event, MessageCreated)), None)
    return asked or next((event.at for event in own if isinstance(event, TurnStarted)), None)


def _seconds(began: datetime, ended: str) -> float:
    return max(0.0, (datetime.fromisoformat(ended) - began).total_seconds())
