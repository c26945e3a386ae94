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
from orchestration.step_view import on_newest_manifest, with_newest_manifest
from orchestration.streaming import interruption
from shared.event_log.head import VersionedHead
from shared.event_log.live import Checkpoint
from shared.event_log.shapes import Record, VersionedLive


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun[T]:
    """The conversation as it is now. `live` is claimed unless the step is not to be written: done, stopped, or over.

    `request` names the manifest of now; `prepared` is what was prepared for it on this very record meanwhile.
    """

    request: StepRequest
    record: Record
    live: VersionedLive | None
    prepared: T | None = None


async def begin[T](
    deps: TurnDependencies, request: StepRequest, prepare: Callable[[StepRequest, Record], Awaitable[T]]
) -> Begun[T]:
    """Read the conversation and claim the next attempt at the step.

    Raises:
        StoreUnavailable, CommandRefused: as the log raises them.
        Exception: what `prepare` raised, which runs beside the claim where the conversation is known.

    """
    request = with_newest_manifest(deps, request)
    known = deps.log.memory.record(request.conversation_id, _after(request), request.manifest_id)
    if known is not None and _is_to_be_written(known, request):
        preparing = prepare(request, known)
        claimed, prepared = await asyncio.gather(_try_claim(deps, request), preparing, return_exceptions=True)
        if isinstance(claimed, BaseException):
            raise claimed
        if claimed is not None:
            if _is_the_same(claimed.head, known.head):
                if isinstance(prepared, BaseException):
                    raise prepared
                record = replace(known, head=claimed.head)
                return Begun(request=request, record=record, live=claimed.live, prepared=prepared)
            request, record = await _read(deps, request)
            return Begun(request=request, record=record, live=claimed.live)
    request, record = await _read(deps, request)
    if not _is_to_be_written(record, request):
        return Begun(request=request, record=record, live=None)
    live = await deps.live.claim(request.conversation_id, request.turn_id, request.step, record.live)
    return Begun(request=request, record=record, live=live)


async def _read(deps: TurnDependencies, request: StepRequest) -> tuple[StepRequest, Record]:
    record = await deps.log.record(request.conversation_id, after=_after(request), manifest_id=request.manifest_id)
    return await on_newest_manifest(deps, request, record)


def _after(request: StepRequest) -> int:
    return max(0, request.question_seq - HISTORY_EVENTS)


async def _try_claim(deps: TurnDependencies, request: StepRequest) -> Checkpoint | None:
    before = deps.live.last_written(request.conversation_id)
    return await deps.live.try_claim(request.conversation_id, request.turn_id, request.step, before)


def _is_the_same(now: VersionedHead, known: VersionedHead) -> bool:
    """Tell whether nothing was appended since; what is pinned again makes no event."""
    return now.seq == known.seq and now.head.manifest_id == known.head.manifest_id


def _is_to_be_written(record: Record, request: StepRequest) -> bool:
    return interruption(record.head.head, request.turn_id) is None and not recorded(record, request)
