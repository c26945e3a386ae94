"""The `call_model` activity: one model step, written once however often it runs."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from functools import partial

from orchestration import context, context_memory
from orchestration.begin_step import begin
from orchestration.context_summary import needs_summary
from orchestration.current_memory import memory_of_now
from orchestration.current_rights import with_rights_of_now
from orchestration.dependencies import TurnDependencies
from orchestration.limits import reached
from orchestration.messages import StepRequest, StepResult
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
from shared.model import ModelRequest
from shared.model_tokens import items_tokens
from shared.protocol.codes import ErrorCode
from shared.protocol.ephemeral import AiState

MAX_OUTPUT_TOKENS = 4_000
LAST_STEP = "\n\nYou have used up what one question may use. Answer now with what you have."
SMALLER = (1.0, 0.5, 0.25)
"""Parts of the context budget to try when the model says that even this much is too long for it."""

FILTERED = "The answer was held back by the content filter. Ask in other words."

EMPTY = "The language model gave an empty answer. Please try again."

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
        step = _Step(deps, request, record, view, offered, memory)
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

    def __init__(
        self,
        deps: TurnDependencies,
        request: StepRequest,
        record: Record,
        view: StepView,
        offered: Manifest,
        memory: Memory,
    ) -> None:
        self._deps = deps
        self._request = request
        self._record = record
        self._view = view
        self._manifest = manifest_of(record)
        self._offered = offered
        self._memory = memory
        self._memory_told: int | None = None
        self._limit = (
            ErrorCode.LIMIT_STEPS if request.last and not request.room else reached(record, request.turn_id, deps.now())
        )
        self._asked = self._model_request(SMALLER[0])

    async def hold(self) -> None:
        """Hold what the call may cost.

        Raises:
            BudgetExhausted, BudgetBusy, StoreUnavailable: as the budgets raise them.

        """
        deps, request = self._deps, self._request
        await deps.spending.hold(request, self._asked, deps.now().timestamp(), usage_before(self._record, request))

    async def run(self, live: VersionedLive, head: VersionedHead) -> StepResult:
        """Have the model write under the claim `live`, and append on `head`."""
        request = self._request
        await tell_room(self._deps, request, self._view)
        live = replace(live, live=live.live.model_copy(update={"audience": self._view.only}))
        written = await self._written(live)
        if written.interrupted == "over":
            return OVER
        if written.interrupted == "lost":
            raise StoreUnavailable("Another execution took this step over; its result will be used.")
        if written.completed is not None and written.completed.finish == "content_filter":
            await self._deps.spending.count(request, written.completed.usage)
            raise ModelFailed(FILTERED, code=ErrorCode.CONTENT_FILTERED)
        steers = context.pending_steers(self._record, request.turn_id, request.step)
        events = new_step(
            request,
            self._record,
            written,
            self._manifest,
            live=live.live,
            limit=self._limit,
            steers=steers,
        )
        if not says_anything(events):
            if written.interrupted:
                return STOPPED
            if written.completed is not None:
                await self._deps.spending.count(request, written.completed.usage)
            if self._limit is None:
                raise ModelUnavailable(EMPTY)
            return StepResult(outcome="answered", limit=self._limit)
        return await self._save(events, {steer.turn_id for steer in steers}, head)

    async def _written(self, live: VersionedLive) -> Written:
        """Have the model write; with less to read when it says that all this is too long for it."""
        deps, request = self._deps, self._request
        for part in SMALLER:
            asked = self._asked if part == SMALLER[0] else self._model_request(part)
            step = LiveStep(request.conversation_id, live, model=deps.model, texts=deps.live, publisher=deps.publisher)
            try:
                written = await step.run(asked)
            except (ModelFailed, ModelUnavailable) as error:
                if error.code is not ErrorCode.CONTEXT_TOO_LONG or part == SMALLER[-1]:
                    await deps.spending.give_back(request)
                    raise
            else:
                written.memory_version = self._memory_told
                if written.first_sent is not None:
                    first_text(self._record, request.turn_id, written.first_sent)
                if written.interrupted == "lost":
                    # The execution that took the step over counts it, under the same key.
                    return written
                if written.completed is None:
                    await deps.spending.count_broken_off(request, asked, written.text)
                else:
                    priced = deps.spending.priced(written.completed.usage)
                    written.completed = replace(written.completed, usage=priced)
                return written
        raise AssertionError("the last part returns or raises")

    def _model_request(self, part: float) -> ModelRequest:
        manifest, view = self._manifest, self._view
        last = self._limit is not None or self._request.room
        instructions = manifest.instructions + view.words + (LAST_STEP if self._limit is not None else "")
        tools = () if last else context.given_tools(self._offered, self._record, remembers=self._memory.enabled)
        budget = context.left(instructions, tools, int(context.BUDGET_TOKENS * part))
        notes = context_memory.notes(self._memory, budget)
        self._memory_told = self._memory.version if notes else None
        told = context.history(view.told, self._request.turn_id, budget - items_tokens(notes), view.readers)
        return ModelRequest(
            model=self._deps.chat_model,
            instructions=instructions,
            items=(*notes, *told),
            tools=tools,
            cache_key=f"{manifest.prompt}.{manifest.prompt_version}",
            max_output_tokens=MAX_OUTPUT_TOKENS,
        )

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
