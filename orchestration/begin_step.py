"""Beginning a model step: what the log says now, and the claim to write its live text.

Where this process knows the conversation already, the claim's own transaction tells whether that is still all there is;
one request then does both. Else the conversation is read first.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from orchestration.context import HISTORY_EVENTS
from orchestration.dependencies import TurnDependencies
from orchestration.messages import StepRequest
from orchestration.step_record import recorded
from orchestration.streaming import interruption
from shared.event_log.live import Checkpoint
from shared.event_log.shapes import Record, VersionedLive


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun[T]:
    """The conversation as it is now. `live` is claimed unless the step is not to be written: done, stopped, or over.

    `prepared` is what was prepared on this very record meanwhile.
    """

    record: Record
    live: VersionedLive | None
    prepared: T | None = None


async def begin[T](deps: TurnDependencies, request: StepRequest, prepare: Callable[[Record], Awaitable[T]]) -> Begun[T]:
    """Read the conversation and claim the next attempt at the step.

    Raises:
        StoreUnavailable, CommandRefused: as the log raises them.
        Exception: what `prepare` raised, which runs beside the claim where the conversation is known.

    """
    conversation_id = request.conversation_id
    after = max(0, request.question_seq - HISTORY_EVENTS)
    known = deps.log.memory.record(conversation_id, after, request.manifest_id)
    if known is not None and _is_to_be_written(known, request):
        claimed, prepared = await asyncio.gather(_try_claim(deps, request), prepare(known), return_exceptions=True)
        if isinstance(claimed, BaseException):
            raise claimed
        if claimed is not None:
            if claimed.head.seq == known.head.seq:
                if isinstance(prepared, BaseException):
                    raise prepared
                return Begun(record=replace(known, head=claimed.head), live=claimed.live, prepared=prepared)
            record = await deps.log.record(conversation_id, after=after, manifest_id=request.manifest_id)
            return Begun(record=record, live=claimed.live)
    record = await deps.log.record(conversation_id, after=after, manifest_id=request.manifest_id)
    if not _is_to_be_written(record, request):
        return Begun(record=record, live=None)
    live = await deps.live.claim(conversation_id, request.turn_id, request.step, record.live)
    return Begun(record=record, live=live)


async def _try_claim(deps: TurnDependencies, request: StepRequest) -> Checkpoint | None:
    before = deps.live.last_written(request.conversation_id)
    return await deps.live.try_claim(request.conversation_id, request.turn_id, request.step, before)


def _is_to_be_written(record: Record, request: StepRequest) -> bool:
    return interruption(record.head.head, request.turn_id) is None and not recorded(record, request)
