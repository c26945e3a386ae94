"""A call in the log: `tool_call.started` is its effect record, `.completed` its result. See `docs/adr/0006`."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from orchestration.dependencies import TurnDependencies
from orchestration.limits import PREVIEW_CHARACTERS
from orchestration.messages import CallRequest
from shared import ids
from shared.blob import NotModified
from shared.clock import iso
from shared.containers import RESULTS
from shared.errors import CallInFlight
from shared.event_log import parking
from shared.event_log.head import Head
from shared.event_log.shapes import AlreadyHappened, Appended, Draft, NewEvent, Record
from shared.protocol.cards import CardOpened
from shared.protocol.durable import MessageCompleted, ToolCallCompleted, ToolCallStarted
from shared.protocol.events import StoredEvent
from shared.protocol.shapes import COACH, ToolCallPart, ToolStatus
from shared.tools.catalog import Labels, ServerSpec
from shared.whispers import Narrow

INLINE_BYTES = 32 * 1024
"""Results up to here live in the log; larger ones go to Blob Storage and the log keeps their beginning."""
LARGE_RESULT_CHARACTERS = 16_000
LEASE_MARGIN_S = 5
OWN_WORDS = Labels(readers="everyone", trust="trusted")
"""Of a result that holds nothing a server said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """The call may be made now. `first`: no earlier execution began it."""

    started: ToolCallStarted
    first: bool


type Beginning = Begun | ToolCallCompleted | Literal["lost", "over"]
"""Call it now; an earlier execution recorded its result, or may have had an effect; the turn stopped or ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """How a call ended, in full."""

    status: ToolStatus
    text: str
    ms: int = 0
    labels: Labels = OWN_WORDS


async def record_of(deps: TurnDependencies, request: CallRequest, *, fresh: bool) -> Record:
    """Return the conversation since the question; as last seen if that holds the call, unless it has to be `fresh`.

    It has to be where a person was asked: who has the floor since, and what waits for it, others decide.
    """
    known = deps.log.memory.record(request.conversation_id, request.question_seq - 1, None)
    if known is not None and not fresh and _holds_call(known, request.call_id):
        return known
    return await deps.log.record(request.conversation_id, after=request.question_seq - 1)


def _holds_call(record: Record, call_id: str) -> bool:
    person_asked = any(isinstance(event, CardOpened) and event.call_id == call_id for event in record.events)
    return asked_for(record, call_id) is not None and not person_asked


def completed_in(record: Record, call_id: str) -> ToolCallCompleted | None:
    found = (e for e in record.events if isinstance(e, ToolCallCompleted) and e.call_id == call_id)
    return next(found, None)


def asked_for(record: Record, call_id: str) -> ToolCallPart | None:
    """Return what the model asked for."""
    parts = (p for e in record.events if isinstance(e, MessageCompleted) for p in e.parts)
    return next((p for p in parts if isinstance(p, ToolCallPart) and p.call_id == call_id), None)


async def told_again(deps: TurnDependencies, request: CallRequest, done: ToolCallCompleted) -> str:
    """Publish what another execution stored, which may not have come to that."""
    started = await deps.log.event(request.conversation_id, ids.started(request.call_id))
    await deps.publisher.to_conversation(request.conversation_id, [e for e in (started, done) if e is not None])
    return done.status


async def begin(
    deps: TurnDependencies,
    request: CallRequest,
    part: ToolCallPart,
    server: ServerSpec,
    number: int,
    narrow: Narrow,
) -> Beginning:
    """Append `tool_call.started` of that round, or find out what became of an earlier execution.

    Raises:
        CallInFlight: another execution may still be making this call.

    """
    started = _started(part, server, number, deps.now()).model_copy(update=dict(narrow))
    event_id = ids.begun_again(request.call_id, number) if number else ids.started(request.call_id)

    def decide(head: Head) -> Draft | None:
        if parking.standing(head, started.turn_id) != "runs":
            return None
        return Draft(events=(NewEvent(id=event_id, event=started),), head=head)

    result = await deps.log.append(request.conversation_id, decide)
    match result:
        case Appended(events=(ToolCallStarted() as begun,)):
            return Begun(started=begun, first=True)
        case AlreadyHappened(event=ToolCallStarted() as before):
            done = await deps.log.event(request.conversation_id, ids.completed(request.call_id))
            if isinstance(done, ToolCallCompleted):
                return done
            await deps.publisher.to_conversation(request.conversation_id, [before])
            may_repeat = _may_repeat(before, started.idempotent, deps.now())
            return Begun(started=before, first=False) if may_repeat else "lost"
        case _:
            return "over"


def _started(part: ToolCallPart, server: ServerSpec, number: int, now: datetime) -> ToolCallStarted:
    return ToolCallStarted(
        actor=COACH,
        call_id=part.call_id,
        turn_id=ids.parse_call(part.call_id).turn_id,
        server=part.server,
        tool=part.tool,
        arguments=part.arguments,
        lease_until=iso(now + timedelta(seconds=server.timeout_s + LEASE_MARGIN_S)),
        idempotent=server.tool_policy(part.tool).idempotent,
        round=number,
    )


def _may_repeat(before: ToolCallStarted, idempotent: bool, now: datetime) -> bool:  # noqa: FBT001 - one fact
    if idempotent:
        return True
    if now < datetime.fromisoformat(before.lease_until):
        raise CallInFlight("Another execution of this call may still be running.")
    return False


async def complete(
    deps: TurnDependencies,
    request: CallRequest,
    part: ToolCallPart,
    result: Result,
    narrow: Narrow,
    untold: tuple[StoredEvent, ...] = (),
) -> str:
    """Record the result and tell it, after what is still `untold`; returns the status that counts.

    `narrow`: who sees the call whole; a result that everyone may read is hidden only where all of the call is.
    """
    turn_id = ids.parse_call(request.call_id).turn_id
    text, reference = await _stored(deps, request, result.text)
    completed = _completed(part, result, narrow).model_copy(update={"result_ref": reference})

    def decide(head: Head) -> Draft | None:
        if parking.standing(head, turn_id) == "over":
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


def _completed(part: ToolCallPart, result: Result, narrow: Narrow) -> ToolCallCompleted:
    completed = ToolCallCompleted(
        actor=COACH,
        call_id=part.call_id,
        turn_id=ids.parse_call(part.call_id).turn_id,
        server=part.server,
        tool=part.tool,
        status=result.status,
        preview=result.text[:PREVIEW_CHARACTERS],
        ms=result.ms,
        readers=result.labels.readers,
        trust=result.labels.trust,
    )
    hides = narrow.get("others_see") == "nothing" or completed.readers == "asker"
    return completed.model_copy(update=dict(narrow)) if hides else completed


async def keep_state(deps: TurnDependencies, request: CallRequest, number: int, state: str | None) -> None:
    """Keep a server's state until the call goes on as round `number`."""
    data = (state or "").encode()
    await deps.blobs.write(RESULTS, _state_name(request, number), data, "text/plain; charset=utf-8")


async def kept_state(deps: TurnDependencies, request: CallRequest, number: int) -> str | None:
    """Return the state the call goes on with in round `number`."""
    found = await deps.blobs.read(RESULTS, _state_name(request, number))
    return None if isinstance(found, NotModified) else found.data.decode() or None


def _state_name(request: CallRequest, number: int) -> str:
    return f"{request.conversation_id}/{request.call_id}.state.{number}.txt"


async def _stored(deps: TurnDependencies, request: CallRequest, text: str) -> tuple[str, str | None]:
    """Return what the log keeps of a result, and where all of it is when that is elsewhere."""
    data = text.encode()
    if len(data) <= INLINE_BYTES:
        return text, None
    digest = hashlib.sha256(data).hexdigest()[:16]
    name = f"{request.conversation_id}/{request.call_id}.{digest}.txt"
    await deps.blobs.write(RESULTS, name, data, "text/plain; charset=utf-8")
    kept = f"{text[:LARGE_RESULT_CHARACTERS]}\n[shortened: the result has {len(text)} characters]"
    return kept, f"{RESULTS}/{name}"
