"""The `turn` orchestrator: model step, its tool calls, next model step, until there is an answer.

Pure and deterministic: it sees ids and outcomes, never content; no clock, no randomness, no I/O, no logging. A
stop or the deadline races whatever runs; late results of the loser are dropped by the log, which checks on every
append that the turn is still active.
"""

from collections.abc import Generator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from durabletask import task

from orchestration.messages import (
    CALL_MODEL,
    CALL_TOOL,
    FINISH_TURN,
    LIMIT_STEPS,
    LIMIT_TIME,
    CallRequest,
    EndStatus,
    FinishRequest,
    StepRequest,
    StepResult,
)
from shared.event_log.floor import TURN_SECONDS
from shared.turns import STOP_EVENT, TurnRequest

MAX_STEPS = 8
GRACE = timedelta(seconds=5)
"""How long a model step may take to notice a stop and save what it has."""

MODEL_RETRIES = task.RetryPolicy(
    first_retry_interval=timedelta(milliseconds=500), max_number_of_attempts=4, backoff_coefficient=3
)
# Has to outlast a tool call's lease: a second execution inside it is refused as transient.
TOOL_RETRIES = task.RetryPolicy(
    first_retry_interval=timedelta(seconds=1),
    max_number_of_attempts=8,
    backoff_coefficient=2,
    max_retry_interval=timedelta(seconds=15),
)
FINISH_RETRIES = task.RetryPolicy(
    first_retry_interval=timedelta(seconds=1),
    max_number_of_attempts=20,
    backoff_coefficient=2,
    max_retry_interval=timedelta(seconds=30),
)

type Steps[T] = Generator[task.Task[Any], Any, T]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How the turn ends."""

    status: EndStatus
    error: str | None = None


OUT_OF_STEPS = Ending(status="exhausted", error=LIMIT_STEPS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Interrupts:
    """What may end a turn early."""

    stop: task.Task[Any]
    deadline: task.Task[Any]

    def ending(self, winner: task.Task[Any]) -> Ending:
        return Ending(status="stopped") if winner is self.stop else Ending(status="exhausted", error=LIMIT_TIME)


def turn(ctx: task.OrchestrationContext, payload: str) -> Steps[str]:
    """Run one turn (`payload` is a `TurnRequest` as text) and return its status."""
    request = TurnRequest.from_text(payload)
    deadline = ctx.create_timer(timedelta(seconds=TURN_SECONDS))
    interrupts = Interrupts(stop=ctx.wait_for_external_event(STOP_EVENT), deadline=deadline)
    ending = yield from _run_steps(ctx, request, interrupts)
    if not deadline.is_complete:
        deadline.cancel()
    finish = FinishRequest(
        conversation_id=request.conversation_id,
        turn_id=request.turn_id,
        question_seq=request.question_seq,
        status=ending.status,
        error=ending.error,
    )
    yield ctx.call_activity(FINISH_TURN, input=finish.text(), retry_policy=FINISH_RETRIES)
    return ending.status


def _run_steps(ctx: task.OrchestrationContext, request: TurnRequest, interrupts: Interrupts) -> Steps[Ending]:
    for step in range(MAX_STEPS):
        last = step == MAX_STEPS - 1
        outcome = yield from _model_step(ctx, request, interrupts, step=step, last=last)
        if isinstance(outcome, Ending):
            return outcome
        match outcome.outcome:
            case "tools":
                ending = yield from _tool_calls(ctx, request, interrupts, outcome.calls)
                if ending is not None:
                    return ending
            case "answered":
                return OUT_OF_STEPS if last else Ending(status="completed")
            case "stopped":
                return Ending(status="stopped")
            case "failed":
                return Ending(status="failed", error=outcome.error)
            case "over":
                return Ending(status="completed")
    return OUT_OF_STEPS


def _model_step(
    ctx: task.OrchestrationContext, request: TurnRequest, interrupts: Interrupts, *, step: int, last: bool
) -> Steps[StepResult | Ending]:
    wanted = StepRequest(
        conversation_id=request.conversation_id,
        turn_id=request.turn_id,
        question_seq=request.question_seq,
        manifest_id=request.manifest_id,
        step=step,
        last=last,
    )
    model = ctx.call_activity(CALL_MODEL, input=wanted.text(), retry_policy=MODEL_RETRIES)
    winner = yield task.when_any([model, interrupts.stop, interrupts.deadline])
    if winner is not model:
        grace = ctx.create_timer(GRACE)
        yield task.when_any([model, grace])
        if not grace.is_complete:
            grace.cancel()
        return interrupts.ending(winner)
    try:
        return StepResult.from_text(model.get_result())
    except task.TaskFailedError as error:
        return Ending(status="failed", error=error.details.message)


def _tool_calls(
    ctx: task.OrchestrationContext, request: TurnRequest, interrupts: Interrupts, calls: tuple[str, ...]
) -> Steps[Ending | None]:
    """Run the calls side by side; a call that failed for good is told to the model by its absence."""
    running: list[task.Task[Any]] = [
        ctx.call_activity(
            CALL_TOOL,
            input=CallRequest(
                conversation_id=request.conversation_id,
                asker=request.asker,
                call_id=call_id,
                question_seq=request.question_seq,
            ).text(),
            retry_policy=TOOL_RETRIES,
        )
        for call_id in calls
    ]
    everything = task.when_all(running)
    winner = yield task.when_any([everything, interrupts.stop, interrupts.deadline])
    return None if winner is everything else interrupts.ending(winner)
