"""The `call_tool` activity: one tool call, whose effect record is `tool_call.started` and `.completed`.

A second execution finds the record. Where the tool may be called twice it goes on at once; where it may not, it
waits for the first one's lease and then reports that the outcome is unknown. See `docs/adr/0006`.
"""

import asyncio
import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Literal

from orchestration.dependencies import TurnDependencies
from orchestration.limits import PREVIEW_CHARACTERS
from orchestration.messages import CallRequest
from orchestration.patience import patiently
from orchestration.streaming import interruption
from shared import ids
from shared.clock import iso
from shared.errors import CallInFlight, NotAllowed, StoreUnavailable
from shared.event_log.head import Head
from shared.event_log.shapes import AlreadyHappened, Appended, Draft, NewEvent, Record
from shared.protocol.durable import MessageCompleted, ToolCallCompleted, ToolCallStarted
from shared.protocol.shapes import COACH, ToolCallPart, ToolStatus
from shared.tools.catalog import ServerSpec
from shared.tools.outcome import NotExecuted

RESULTS_CONTAINER = "results"
INLINE_BYTES = 32 * 1024
"""Results up to here live in the log; larger ones go to Blob Storage and the log keeps their beginning."""
LARGE_RESULT_CHARACTERS = 16_000
LEASE_MARGIN_S = 5

DENIED = "This tool is not available to the person who asked. Tell them; do not try to get around it."
UNKNOWN = "The call was interrupted and may or may not have taken effect. Say so; do not call it again."


type _Beginning = ToolCallStarted | ToolCallCompleted | Literal["lost", "over"]
"""Call it now; an earlier execution recorded its result, or may have had an effect; the turn stopped or ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Result:
    status: ToolStatus
    text: str
    ms: int = 0


async def call_tool(deps: TurnDependencies, request: CallRequest) -> str:
    """Make the call, or report what its recorded execution did; returns its status.

    Raises:
        CallInFlight: another execution may still be making this call.
        ToolServerUnavailable, StoreUnavailable, PublishFailed: the engine runs the call again.

    """
    place = ids.parse_call(request.call_id)
    record, roles = await asyncio.gather(_record(deps, request), _roles(deps, request.asker))
    done = _completed(record, request.call_id)
    if done is not None:
        return await _told_again(deps, request, done)
    part = _asked(record, request.call_id)
    if interruption(record.head.head, place.turn_id) is not None:
        return "cancelled"
    if part is None:
        raise StoreUnavailable("The step that asked for this call cannot be read yet. It will be tried again.")
    server = _allowed_server(deps, request, record, part, roles)
    if server is None:
        return await _complete(deps, request, part, _Result(status="denied", text=DENIED))
    match await _begin(deps, request, part, server):
        case "over":
            return "cancelled"
        case "lost":
            return await _complete(deps, request, part, _Result(status="unknown", text=UNKNOWN))
        case ToolCallCompleted() as done:
            return await _told_again(deps, request, done)
        case ToolCallStarted() as started:
            return await _make(deps, request, part, server, started)


async def _told_again(deps: TurnDependencies, request: CallRequest, done: ToolCallCompleted) -> str:
    """Publish what another execution stored, which may not have come to that."""
    started = await deps.log.event(request.conversation_id, ids.started(request.call_id))
    await deps.publisher.to_conversation(request.conversation_id, [e for e in (started, done) if e is not None])
    return done.status


async def _make(
    deps: TurnDependencies, request: CallRequest, part: ToolCallPart, server: ServerSpec, started: ToolCallStarted
) -> str:
    """Make the call while its beginning is told, and record its result; what could not be told is told with that."""
    telling = asyncio.create_task(deps.publisher.to_conversation(request.conversation_id, [started]))
    try:
        result = await _call(deps, request, part, server)
    finally:
        (failure,) = await asyncio.gather(telling, return_exceptions=True)
    untold = (started,) if failure is not None else ()
    return await patiently(partial(_complete, deps, request, part, result, untold))


async def _record(deps: TurnDependencies, request: CallRequest) -> Record:
    """Return the conversation since the question; as last seen if that holds the call: appends tell what is newer."""
    known = deps.log.memory.record(request.conversation_id, request.question_seq - 1, None)
    if known is not None and _asked(known, request.call_id) is not None:
        return known
    return await deps.log.record(request.conversation_id, after=request.question_seq - 1)


def _completed(record: Record, call_id: str) -> ToolCallCompleted | None:
    found = (e for e in record.events if isinstance(e, ToolCallCompleted) and e.call_id == call_id)
    return next(found, None)


def _asked(record: Record, call_id: str) -> ToolCallPart | None:
    parts = (p for e in record.events if isinstance(e, MessageCompleted) for p in e.parts)
    return next((p for p in parts if isinstance(p, ToolCallPart) and p.call_id == call_id), None)


async def _roles(deps: TurnDependencies, asker: str) -> frozenset[str]:
    """Return the asker's roles as they are now; none once the last sign-in is too long ago."""
    try:
        return (await deps.people.grant(asker, deps.now())).roles
    except NotAllowed:
        return frozenset()


def _allowed_server(
    deps: TurnDependencies, request: CallRequest, record: Record, part: ToolCallPart, roles: frozenset[str]
) -> ServerSpec | None:
    """Check the rights again; the list the model saw may be older."""
    active = record.head.head.active_turn
    if active is None or active.asker != request.asker or not deps.catalog.may_call(part.server, part.tool, roles):
        return None
    return deps.catalog.servers.get(part.server)


async def _begin(deps: TurnDependencies, request: CallRequest, part: ToolCallPart, server: ServerSpec) -> _Beginning:
    """Append `tool_call.started`, or find out what became of an earlier execution."""
    turn_id = ids.parse_call(request.call_id).turn_id
    lease = deps.now() + timedelta(seconds=server.timeout_s + LEASE_MARGIN_S)
    started = ToolCallStarted(
        actor=COACH,
        call_id=request.call_id,
        turn_id=turn_id,
        server=part.server,
        tool=part.tool,
        arguments=part.arguments,
        lease_until=iso(lease),
        idempotent=server.tool_policy(part.tool).idempotent,
    )

    def decide(head: Head) -> Draft | None:
        if interruption(head, turn_id) is not None:
            return None
        return Draft(events=(NewEvent(id=ids.started(request.call_id), event=started),), head=head)

    result = await deps.log.append(request.conversation_id, decide)
    match result:
        case Appended(events=(ToolCallStarted() as begun,)):
            return begun
        case AlreadyHappened(event=ToolCallStarted() as before):
            done = await deps.log.event(request.conversation_id, ids.completed(request.call_id))
            if isinstance(done, ToolCallCompleted):
                return done
            await deps.publisher.to_conversation(request.conversation_id, [before])
            repeat = _may_repeat(before, server.tool_policy(part.tool).idempotent, deps.now())
            return before if repeat else "lost"
        case _:
            return "over"


def _may_repeat(before: ToolCallStarted, idempotent: bool, now: datetime) -> bool:  # noqa: FBT001 - one fact
    if idempotent:
        return True
    if now < datetime.fromisoformat(before.lease_until):
        raise CallInFlight("Another execution of this call may still be running.")
    return False


async def _call(deps: TurnDependencies, request: CallRequest, part: ToolCallPart, server: ServerSpec) -> _Result:
    try:
        outcome = await deps.tools.call(server, part.tool, part.arguments, request.asker, server.timeout_s)
    except NotExecuted as error:
        return _Result(status="failed", text=f"The tool server could not be reached: {error.message}")
    return _Result(status=outcome.status, text=outcome.text, ms=outcome.ms)


async def _complete(
    deps: TurnDependencies,
    request: CallRequest,
    part: ToolCallPart,
    result: _Result,
    untold: tuple[ToolCallStarted, ...] = (),
) -> str:
    turn_id = ids.parse_call(request.call_id).turn_id
    text, reference = await _stored(deps, request, result.text)
    completed = ToolCallCompleted(
        actor=COACH,
        call_id=request.call_id,
        turn_id=turn_id,
        server=part.server,
        tool=part.tool,
        status=result.status,
        preview=result.text[:PREVIEW_CHARACTERS],
        result_ref=reference,
        ms=result.ms,
    )

    def decide(head: Head) -> Draft | None:
        if interruption(head, turn_id) == "over":
            return None
        new = NewEvent(id=ids.completed(request.call_id), event=completed, private_text=text)
        return Draft(events=(new,), head=head)

    outcome = await deps.log.append(request.conversation_id, decide)
    match outcome:
        case Appended(events=(event,)) | AlreadyHappened(event=event):
            await deps.publisher.to_conversation(request.conversation_id, [*untold, event])
            return event.status if isinstance(event, ToolCallCompleted) else "cancelled"
        case _:
            return "cancelled"


async def _stored(deps: TurnDependencies, request: CallRequest, text: str) -> tuple[str, str | None]:
    """Return what the log keeps of a result, and where all of it is when that is elsewhere."""
    data = text.encode()
    if len(data) <= INLINE_BYTES:
        return text, None
    digest = hashlib.sha256(data).hexdigest()[:16]
    name = f"{request.conversation_id}/{request.call_id}.{digest}.txt"
    await deps.blobs.write(RESULTS_CONTAINER, name, data, "text/plain; charset=utf-8")
    kept = f"{text[:LARGE_RESULT_CHARACTERS]}\n[shortened: the result has {len(text)} characters]"
    return kept, f"{RESULTS_CONTAINER}/{name}"
