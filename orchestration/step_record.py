"""What is stored of a model step, and what a stored step tells: pure functions between the model and the log."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Literal, TypeIs

from orchestration.context_sources import told_sources
from orchestration.context_tools import search_answer
from orchestration.end_errors import limit_of
from orchestration.limits import PREVIEW_CHARACTERS, Screened, screened
from orchestration.messages import StepRequest, StepResult
from orchestration.narrowing import is_hidden, of_turn, outlined
from orchestration.repeats import Standing
from orchestration.streaming import Written
from shared import ids
from shared.event_log.documents import LiveDocument, Manifest
from shared.event_log.head import Steer
from shared.event_log.shapes import NewEvent, Record
from shared.model import ToolRequested
from shared.protocol.codes import ErrorCode
from shared.protocol.durable import MessageCompleted, ToolCallCompleted
from shared.protocol.events import StoredEvent
from shared.protocol.shapes import COACH, SYSTEM, Part, TextPart, ToolCallPart, Usage
from shared.whispers import Narrow, hidden

MAX_NAME_CHARACTERS = 200


def recorded(record: Record, request: StepRequest) -> list[StoredEvent]:
    """Return what an earlier execution stored of this step, its message first; empty if none did."""
    wanted = ids.step_message(request.turn_id, request.step)
    message = next((e for e in record.events if isinstance(e, MessageCompleted) and e.message_id == wanted), None)
    if message is None:
        return []
    calls = {part.call_id for part in _calls(message)}
    return [message, *(e for e in record.events if _stands_in(e, message) and e.call_id in calls)]


def usage_before(record: Record, request: StepRequest) -> Usage | None:
    """Return what the turn's step before this one used; None when this is the first."""
    before = ids.step_message(request.turn_id, request.step - 1)
    steps = (event for event in record.events if isinstance(event, MessageCompleted))
    return next((step.usage for step in steps if step.message_id == before), None)


def new_step(
    request: StepRequest,
    record: Record,
    written: Written,
    manifest: Manifest,
    *,
    live: LiveDocument,
    limit: ErrorCode | None,
    steers: Sequence[Steer],
) -> list[NewEvent]:
    """Return the step's message, and an end for every call it asked for that is not made; for those `live` was for."""
    asked = () if written.interrupted or limit or request.room else written.calls
    parts = [_call_part(request, manifest, index, call) for index, call in enumerate(asked)]
    calls = [_searched(manifest, call) for call in screened(record, request.turn_id, parts)]
    message_id = ids.step_message(request.turn_id, request.step)
    narrow = hidden(live.audience) or (outlined(record, request.asker) if calls else {})
    words: list[Part] = [TextPart(text=written.text)] if written.text else []
    message = MessageCompleted(
        actor=COACH,
        message_id=message_id,
        turn_id=request.turn_id,
        step=request.step,
        author=COACH,
        parts=(*words, *(call.part for call in calls)),
        finish=_finish(written, has_calls=bool(calls)),
        usage=live.used,
        attempt=live.attempt,
        steered_by=tuple(ids.question_message(steer.turn_id) for steer in steers),
        limit=limit,
        manifest_id=request.manifest_id,
        memory_version=written.memory_version,
        untrusted_from=told_sources(record, request.turn_id),
        **narrow,
    )
    return [
        NewEvent(id=ids.completed(message_id), event=message),
        *(_standing(request, call.part, call.standing, narrow) for call in calls if call.standing),
    ]


def says_anything(events: Sequence[NewEvent]) -> bool:
    message = events[0].event
    assert isinstance(message, MessageCompleted)  # noqa: S101 - `new_step` puts it first
    return any(isinstance(part, ToolCallPart) or part.text.strip() for part in message.parts)


def result_of(events: Iterable[StoredEvent], summarise: int | None, record: Record) -> StepResult:
    """Return what a stored step means for the turn; `record` holds its question."""
    message, *refusals = events
    if not isinstance(message, MessageCompleted):
        return StepResult(outcome="over")
    refused = {refusal.call_id for refusal in refusals if isinstance(refusal, ToolCallCompleted)}
    calls = _calls(message)
    if calls:
        return StepResult(outcome="tools", calls=tuple(c.call_id for c in calls if c.call_id not in refused))
    if message.finish == "stopped":
        return StepResult(outcome="stopped")
    room_waits = is_hidden(message) and not of_turn(record, message.turn_id)
    return StepResult(outcome="answered", limit=limit_of(message), summarise=summarise, room_waits=room_waits)


def _calls(message: MessageCompleted) -> list[ToolCallPart]:
    return [part for part in message.parts if isinstance(part, ToolCallPart)]


def _stands_in(event: StoredEvent, message: MessageCompleted) -> TypeIs[ToolCallCompleted]:
    """Tell whether the event was stored with the step, in place of a call that was not made."""
    return isinstance(event, ToolCallCompleted) and event.actor == SYSTEM and event.at == message.at


def _call_part(request: StepRequest, manifest: Manifest, index: int, asked: ToolRequested) -> ToolCallPart:
    """Name the server's tool again; a name that was never offered stays as the model began it and is refused later."""
    offered = next((tool for tool in manifest.tools if tool.model_name == asked.name), None)
    return ToolCallPart(
        call_id=ids.call(request.turn_id, request.step, index),
        server=offered.server if offered else "",
        tool=offered.tool if offered else asked.name[:MAX_NAME_CHARACTERS],
        arguments=asked.arguments,
    )


def _searched(manifest: Manifest, call: Screened) -> Screened:
    """Answer a search for tools at once: it needs nobody else."""
    text = search_answer(manifest, call.part) if call.standing is None else None
    return call if text is None else replace(call, standing=Standing(status="completed", text=text))


def _standing(request: StepRequest, call: ToolCallPart, standing: Standing, narrow: Narrow) -> NewEvent:
    completed = ToolCallCompleted(
        actor=SYSTEM,
        call_id=call.call_id,
        turn_id=request.turn_id,
        server=call.server,
        tool=call.tool,
        status=standing.status,
        preview=standing.text[:PREVIEW_CHARACTERS],
        ms=0,
        readers=standing.readers,
        trust=standing.trust,
        **narrow,
    )
    return NewEvent(id=ids.completed(call.call_id), event=completed, private_text=standing.text)


def _finish(written: Written, *, has_calls: bool) -> Literal["stop", "tools", "length", "stopped"]:
    if written.interrupted:
        return "stopped"
    if has_calls:
        return "tools"
    length = written.completed is None or written.completed.finish == "length"
    return "length" if length else "stop"
