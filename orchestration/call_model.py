"""The `call_model` activity: one model step, written once however often it runs."""

import asyncio
import logging
from contextlib import suppress
from dataclasses import replace
from functools import partial

from orchestration import context
from orchestration.begin_step import begin
from orchestration.context_summary import needs_summary
from orchestration.current_memory import memory_of_now
from orchestration.current_rights import with_rights_of_now
from orchestration.dependencies import TurnDependencies
from orchestration.limits import reached
from orchestration.messages import StepRequest, StepResult
from orchestration.model_request import Material
from orchestration.patience import patiently
from orchestration.room_audience import for_summary
from orchestration.step_record import new_step, recorded, result_of, says_anything, usage_before
from orchestration.step_view import StepView, manifest_of, tell_room, view_of_step
from orchestration.streaming import LiveStep, Written, interruption
from orchestration.telling import first_text
from shared.errors import BudgetBusy, ModelFailed, ModelUnavailable, PublishFailed, StoreUnavailable, Transient
from shared.event_log import floor
from shared.event_log.documents import Manifest
from shared.event_log.head import Head, VersionedHead
from shared.event_log.shapes import AlreadyHappened, Appended, Draft, NewEvent, Record, VersionedLive
from shared.memory import Memory
from shared.protocol.codes import ErrorCode
from shared.protocol.ephemeral import AiState

FILTERED = "The answer was held back by the content filter. Ask in other words."

EMPTY = "The language model gave an empty answer. Please try again."

_LOG = logging.getLogger(__name__)

OVER = StepResult(outcome="over")
STOPPED = StepResult(outcome="stopped")


async def call_model(deps: TurnDependencies, request: StepRequest) -> StepResult:
    """Run the step, or report what its recorded execution did.

    Raises:
        ModelUnavailable, StoreUnavailable, PublishFailed: the turn runs the step again.

    """
    try:
        return await _call(deps, request)
    except ModelFailed as error:
        return StepResult(outcome="failed", error=error.info().model_dump_json())
    except (ModelUnavailable, BudgetBusy) as error:
        await _tell_wait(deps, request, error)
        raise


async def _call(deps: TurnDependencies, request: StepRequest) -> StepResult:
    held = False

    async def prepare(request: StepRequest, record: Record) -> _Step:
        nonlocal held
        offered, memory, view = await asyncio.gather(
            with_rights_of_now(deps, manifest_of(record), request.asker),
            memory_of_now(deps, request, record.head.head),
            view_of_step(deps, request, record),
        )
        step = _Step(deps, request, record, _material(deps, request, record, view, offered, memory))
        await step.hold()
        held = True
        return step

    begun = await begin(deps, request, prepare)
    reason = interruption(begun.record.head.head, request.turn_id)
    if held and reason is not None:
        # Nothing of this turn comes any more that would settle it.
        await deps.spending.give_back(request)
    before = recorded(begun.record, request)
    if before:
        await deps.publisher.to_conversation(request.conversation_id, before)
        return result_of(before, _summarise(begun.record), begun.record)
    if reason is not None or begun.live is None:
        return STOPPED if reason == "stopped" else OVER
    step = begun.prepared or await prepare(begun.request, begun.record)
    return await step.run(begun.live, begun.record.head)


async def _tell_wait(deps: TurnDependencies, request: StepRequest, error: Transient) -> None:
    state = AiState(
        conversation_id=request.conversation_id,
        turn_id=request.turn_id,
        state="waiting_for_model",
        message=error.message,
        after_ms=error.after_ms,
    )
    with suppress(PublishFailed):
        # What a budget says is its owner's business.
        only = (request.asker,) if isinstance(error, BudgetBusy) else None
        await deps.publisher.to_readers(request.conversation_id, state, only)


class _Step:
    """One execution of a step that nobody has recorded yet. A limit makes it the turn's last: no tools any more."""

    def __init__(self, deps: TurnDependencies, request: StepRequest, record: Record, material: Material) -> None:
        self._deps = deps
        self._request = request
        self._record = record
        self._material = material
        self._asked = material.whole()

    async def hold(self) -> None:
        """Hold what the call may cost.

        Raises:
            BudgetExhausted, BudgetBusy, StoreUnavailable: as the budgets raise them.

        """
        deps, request = self._deps, self._request
        used = usage_before(self._record, request)
        await deps.spending.hold(request, self._asked.request, deps.now().timestamp(), used)

    async def run(self, live: VersionedLive, head: VersionedHead) -> StepResult:
        """Have the model write under the claim `live`, and append on `head`."""
        request, view = self._request, self._material.view
        await tell_room(self._deps, request, view)
        live, written = await self._written(replace(live, live=live.live.model_copy(update={"audience": view.only})))
        if written.interrupted == "over":
            await self._deps.spending.count(request, live.live.used)
            return OVER
        if written.interrupted == "lost":
            # The execution that took the step over counts it, as far as it was saved.
            raise StoreUnavailable("Another execution took this step over; its result will be used.")
        if written.completed is not None and written.completed.finish == "content_filter":
            await self._forget(live)
            raise ModelFailed(FILTERED, code=ErrorCode.CONTENT_FILTERED)
        steers = context.pending_steers(self._record, request.turn_id, request.step)
        limit = self._material.limit
        events = new_step(
            request, self._record, written, self._material.manifest, live=live.live, limit=limit, steers=steers
        )
        if not says_anything(events):
            if written.interrupted:
                return STOPPED
            await self._keep_used(live)
            if limit is None:
                await self._deps.spending.give_back(request)
                raise ModelUnavailable(EMPTY)
            return StepResult(outcome="answered", limit=limit)
        return await self._save(events, {steer.turn_id for steer in steers}, head)

    async def _written(self, live: VersionedLive) -> tuple[VersionedLive, Written]:
        """Have the model write; where its service refuses what it is told, with less of it. Also return the claim."""
        deps, request = self._deps, self._request
        while True:
            step = self._live_step(live)
            try:
                written = await step.run(self._asked.request)
            except (ModelFailed, ModelUnavailable) as error:
                less = self._material.after(self._asked, error.code)
                if less is None:
                    await self._give_up(step, error)
                    raise
                _LOG.warning("step %d of %s is asked with less: %s", request.step, request.turn_id, error.code)
                self._asked = less
                again = await deps.live.claim_again(request.conversation_id, step.live)
                if again is None:
                    return live, Written(interrupted="lost")
                live = replace(again, live=again.live.model_copy(update={"audience": live.live.audience}))
            else:
                written.memory_version = self._asked.memory_version
                if written.first_sent is not None:
                    first_text(self._record, request.turn_id, written.first_sent)
                return step.live, written

    def _live_step(self, live: VersionedLive) -> LiveStep:
        deps = self._deps
        return LiveStep(
            self._request.conversation_id,
            live,
            model=deps.model,
            texts=deps.live,
            publisher=deps.publisher,
            meter=deps.spending.meter(self._asked.request),
        )

    async def _give_up(self, step: LiveStep, error: ModelFailed | ModelUnavailable) -> None:
        await self._deps.spending.give_back(self._request)
        if error.code is ErrorCode.CONTENT_FILTERED:
            await self._forget(step.live)
        elif not step.is_noted:
            await self._keep_used(step.live)

    async def _keep_used(self, live: VersionedLive) -> None:
        """Keep what an attempt used that leaves no step, for the next one or the turn's end."""
        with suppress(StoreUnavailable):
            await self._deps.live.keep_used(self._request.conversation_id, live)

    async def _forget(self, live: VersionedLive) -> None:
        """Drop text that is held back: it must not come back as the answer of a turn that is stopped meanwhile."""
        with suppress(StoreUnavailable):
            await self._deps.live.claim_again(self._request.conversation_id, live)

    async def _save(self, events: list[NewEvent], steers: set[str], head: VersionedHead) -> StepResult:
        deps, request = self._deps, self._request

        def decide(now: Head) -> Draft | None:
            if interruption(now, request.turn_id) == "over":
                return None
            return Draft(events=tuple(events), head=floor.used(now, steers))

        result = await patiently(partial(deps.log.append, request.conversation_id, decide, known=head))
        match result:
            case Appended(events=stored):
                pass
            case AlreadyHappened():
                record = await deps.log.record(request.conversation_id, after=request.question_seq - 1)
                stored = tuple(recorded(record, request))
            case _:
                return OVER
        await deps.publisher.to_conversation(request.conversation_id, stored)
        return result_of(stored, _summarise(self._record), self._record)


def _summarise(record: Record) -> int | None:
    return needs_summary(for_summary(record), context.BUDGET_TOKENS)


def _material(
    deps: TurnDependencies, request: StepRequest, record: Record, view: StepView, offered: Manifest, memory: Memory
) -> Material:
    by_steps = request.last and not request.room
    limit = ErrorCode.LIMIT_STEPS if by_steps else reached(record, request.turn_id, deps.now())
    return Material(
        record=record,
        view=view,
        turn_id=request.turn_id,
        model=deps.chat_model,
        manifest=manifest_of(record),
        offered=offered,
        memory=memory,
        is_last=limit is not None or request.room,
        limit=limit,
    )
