"""The `call_model` activity: one model step, written once however often it runs."""

from typing import Literal

from orchestration import context
from orchestration.dependencies import TurnDependencies
from orchestration.messages import StepRequest, StepResult
from orchestration.streaming import LiveStep, Written, interruption
from shared import ids
from shared.errors import ModelFailed, ModelUnavailable, StoreUnavailable
from shared.event_log.documents import Manifest
from shared.event_log.head import Head
from shared.event_log.shapes import AlreadyHappened, Appended, Draft, NewEvent, Record
from shared.model import ModelRequest, ToolRequested
from shared.protocol.codes import ErrorCode
from shared.protocol.durable import MessageCompleted
from shared.protocol.shapes import COACH, Part, TextPart, ToolCallPart

MAX_OUTPUT_TOKENS = 4_000
MAX_CALLS = 8
HISTORY_EVENTS = 600
"""How far back (in `seq`) the log is read for the model's context."""
LAST_STEP = "\n\nYou have used all your tool calls for this question. Answer now with what you have."

FILTERED = "The answer was held back by the content filter. Ask in other words."

EMPTY = "The language model gave an empty answer. Please try again."

OVER = StepResult(outcome="over")
STOPPED = StepResult(outcome="stopped")


async def call_model(deps: TurnDependencies, request: StepRequest) -> StepResult:
    """Run the step, or report what its recorded execution did.

    Raises:
        ModelUnavailable, StoreUnavailable, PublishFailed: the engine runs the step again.

    """
    record = await deps.log.record(
        request.conversation_id, after=max(0, request.question_seq - HISTORY_EVENTS), manifest_id=request.manifest_id
    )
    recorded = _recorded(record, request)
    if recorded is not None:
        await deps.publisher.to_conversation(request.conversation_id, [recorded])
        return _result(recorded)
    reason = interruption(record.head.head, request.turn_id)
    if reason is not None:
        return STOPPED if reason == "stopped" else OVER
    manifest = _manifest(record)
    live = await deps.live.claim(request.conversation_id, request.turn_id, request.step, record.live)
    step = LiveStep(request.conversation_id, live, model=deps.model, texts=deps.live, publisher=deps.publisher)
    try:
        written = await step.run(_model_request(deps, request, record, manifest))
    except ModelFailed as error:
        return _failed(error)
    if written.interrupted == "over":
        return OVER
    if written.interrupted == "lost":
        raise StoreUnavailable("Another execution took this step over; its result will be used.")
    if written.completed is not None and written.completed.finish == "content_filter":
        return _failed(ModelFailed(FILTERED, code=ErrorCode.CONTENT_FILTERED))
    completed = _completed(request, written, manifest)
    if not written.interrupted and not _says_anything(completed):
        raise ModelUnavailable(EMPTY)
    return await _save(deps, request, record, completed)


def _says_anything(completed: MessageCompleted) -> bool:
    return any(isinstance(part, ToolCallPart) or part.text.strip() for part in completed.parts)


def _recorded(record: Record, request: StepRequest) -> MessageCompleted | None:
    wanted = ids.step_message(request.turn_id, request.step)
    found = (e for e in record.events if isinstance(e, MessageCompleted) and e.message_id == wanted)
    return next(found, None)


def _manifest(record: Record) -> Manifest:
    if record.manifest is None:
        raise StoreUnavailable("The session's manifest could not be read. The turn will be tried again.")
    return record.manifest


def _model_request(deps: TurnDependencies, request: StepRequest, record: Record, manifest: Manifest) -> ModelRequest:
    return ModelRequest(
        model=deps.chat_model,
        instructions=manifest.instructions + (LAST_STEP if request.last else ""),
        items=context.history(record, request.turn_id),
        tools=() if request.last else context.tools(manifest),
        cache_key=f"{manifest.prompt}.{manifest.prompt_version}",
        max_output_tokens=MAX_OUTPUT_TOKENS,
    )


def _completed(request: StepRequest, written: Written, manifest: Manifest) -> MessageCompleted:
    calls = [] if written.interrupted else written.calls[:MAX_CALLS]
    parts: list[Part] = [TextPart(text=written.text)] if written.text else []
    parts += [_call_part(request, manifest, index, asked) for index, asked in enumerate(calls)]
    return MessageCompleted(
        actor=COACH,
        message_id=ids.step_message(request.turn_id, request.step),
        turn_id=request.turn_id,
        step=request.step,
        author=COACH,
        parts=tuple(parts),
        finish=_finish(written, has_calls=bool(calls)),
        usage=written.completed.usage if written.completed else None,
    )


def _finish(written: Written, *, has_calls: bool) -> Literal["stop", "tools", "length", "stopped"]:
    if written.interrupted:
        return "stopped"
    if has_calls:
        return "tools"
    length = written.completed is not None and written.completed.finish == "length"
    return "length" if length else "stop"


def _call_part(request: StepRequest, manifest: Manifest, index: int, asked: ToolRequested) -> ToolCallPart:
    """Name the server's tool again; a name that was never offered stays as the model wrote it and is refused later."""
    offered = next((tool for tool in manifest.tools if tool.model_name == asked.name), None)
    return ToolCallPart(
        call_id=ids.call(request.turn_id, request.step, index),
        server=offered.server if offered else "",
        tool=offered.tool if offered else asked.name,
        arguments=asked.arguments,
    )


async def _save(
    deps: TurnDependencies, request: StepRequest, record: Record, completed: MessageCompleted
) -> StepResult:
    def decide(head: Head) -> Draft | None:
        if interruption(head, request.turn_id) == "over":
            return None
        return Draft(events=(NewEvent(id=ids.completed(completed.message_id), event=completed),), head=head)

    if completed.finish == "stopped" and not completed.parts:
        return STOPPED
    result = await deps.log.append(request.conversation_id, decide, known=record.head)
    match result:
        case Appended(events=(event,)) | AlreadyHappened(event=event):
            await deps.publisher.to_conversation(request.conversation_id, [event])
            return _result(event) if isinstance(event, MessageCompleted) else OVER
        case _:
            return OVER


def _result(event: MessageCompleted) -> StepResult:
    calls = tuple(part.call_id for part in event.parts if isinstance(part, ToolCallPart))
    if calls:
        return StepResult(outcome="tools", calls=calls)
    return STOPPED if event.finish == "stopped" else StepResult(outcome="answered")


def _failed(error: ModelFailed) -> StepResult:
    return StepResult(outcome="failed", error=error.info().model_dump_json())
