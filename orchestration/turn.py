"""The `turn` orchestrator: model step, its tool calls, next model step, until there is an answer.

Pure and deterministic: it sees ids and outcomes, never content; no clock, no randomness, no I/O, no logging. A
stop or the deadline races whatever runs; late results of the loser are dropped by the log, which checks on every
append that the turn is still active.

What it schedules, in which order, is a contract with every turn that runs while a new version is deployed:
`tests/orchestration/golden` replays recorded histories against it.
"""

from dataclasses import dataclass
from datetime import timedelta

from durabletask import task

from orchestration.end_errors import code_of, retry_hint_ms
from orchestration.messages import (
    CALL_MODEL,
    FINISH_TURN,
    LIMIT_STEPS,
    WRITE_SUMMARY,
    EndStatus,
    FinishRequest,
    StepRequest,
    StepResult,
    SummaryRequest,
)
from orchestration.turn_calls import tool_calls
from orchestration.turn_races import FINISH_RETRIES, Ending, Interrupts, Steps, give_up
from shared.protocol.codes import ErrorCode
from shared.turns import TurnRequest

MAX_STEPS = 8
GRACE = timedelta(seconds=5)
"""How long a model step may take to notice a stop and save what it has."""

MODEL_PAUSES_MS = (500, 1_500, 4_500, 10_000, 15_000)
"""How long to wait before each further attempt at a model step; the service's own hint may make it longer."""
MODEL_PATIENCE_MS = 45_000
"""What all waiting for one model step may come to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Failed:
    """An attempt at a model step that raised; the error's text may hold a hint when to try again."""

    error: str


def turn(ctx: task.OrchestrationContext, payload: str) -> Steps[str]:
    """Run one turn (`payload` is a `TurnRequest` as text) and return its status."""
    request = TurnRequest.from_text(payload)
    interrupts = Interrupts(ctx)
    ending = yield from _run_steps(ctx, request, interrupts)
    interrupts.pause()
    finish = FinishRequest(
        conversation_id=request.conversation_id,
        turn_id=request.turn_id,
        asker=request.asker,
        team=request.team,
        question_seq=request.question_seq,
        status=ending.status,
        error=ending.error,
        trace=request.trace,
        suggests=request.suggests,
    )
    yield ctx.call_activity(FINISH_TURN, input=finish.text(), retry_policy=FINISH_RETRIES)
    if ending.summarise is not None:
        summary = SummaryRequest(
            conversation_id=request.conversation_id,
            question_seq=request.question_seq,
            through_seq=ending.summarise,
            trace=request.trace,
        )
        yield ctx.call_activity(WRITE_SUMMARY, input=summary.text())
    return ending.status


def _run_steps(ctx: task.OrchestrationContext, request: TurnRequest, interrupts: Interrupts) -> Steps[Ending]:
    for step in range(MAX_STEPS):
        outcome = yield from _model_step(ctx, request, interrupts, step=step)
        if isinstance(outcome, Ending):
            return outcome
        match outcome.outcome:
            case "tools":
                ending = yield from tool_calls(ctx, request, interrupts, outcome.calls)
                if ending is not None:
                    return ending
            case "answered":
                return (yield from _answered(ctx, request, interrupts, outcome, step=step + 1))
            case "stopped":
                return Ending(status="stopped")
            case "failed":
                return Ending(status="failed", error=outcome.error)
            case "over":
                return Ending(status="completed")
    return Ending(status="exhausted", error=LIMIT_STEPS)


def _answered(
    ctx: task.OrchestrationContext, request: TurnRequest, interrupts: Interrupts, outcome: StepResult, *, step: int
) -> Steps[Ending]:
    """End the turn; if its asker alone was answered, after a `step` for the room they asked in."""
    limit = outcome.limit
    if outcome.room_waits:
        for_room = yield from _model_step(ctx, request, interrupts, step=step, room=True)
        if isinstance(for_room, Ending):
            return for_room
        if for_room.outcome == "failed":
            return Ending(status="failed", error=for_room.error)
        if for_room.outcome == "stopped":
            return Ending(status="stopped")
        limit = limit or for_room.limit
    status: EndStatus = "exhausted" if limit else "completed"
    return Ending(status=status, error=limit, summarise=outcome.summarise)


def _model_step(
    ctx: task.OrchestrationContext, request: TurnRequest, interrupts: Interrupts, *, step: int, room: bool = False
) -> Steps[StepResult | Ending]:
    """Run the step, again after a pause when it failed in a way that may pass."""
    waited = 0
    pauses = iter(MODEL_PAUSES_MS)
    while True:
        outcome = yield from _attempt(ctx, request, interrupts, step=step, room=room)
        if not isinstance(outcome, _Failed):
            return outcome
        wait = _pause_ms(outcome.error, next(pauses, None), waited)
        if wait is None:
            return Ending(status="failed", error=outcome.error)
        waited += wait
        again = ctx.create_timer(timedelta(milliseconds=wait))
        winner = yield task.when_any([again, *interrupts.racing()])
        if winner is not again:
            give_up(again)
            return interrupts.ending(winner)


def _pause_ms(error: str, usual: int | None, waited: int) -> int | None:
    """Return how long to wait before the next attempt, None to give up."""
    if code_of(error) is ErrorCode.PUBLISH_FAILED:
        # The step is stored and only could not be told: its next execution finds it and tells it, however late.
        return usual or MODEL_PAUSES_MS[-1]
    if usual is None:
        return None
    wait = max(usual, retry_hint_ms(error) or 0)
    return None if waited + wait > MODEL_PATIENCE_MS else wait


def _attempt(
    ctx: task.OrchestrationContext, request: TurnRequest, interrupts: Interrupts, *, step: int, room: bool
) -> Steps[StepResult | Ending | _Failed]:
    wanted = StepRequest(
        conversation_id=request.conversation_id,
        turn_id=request.turn_id,
        asker=request.asker,
        team=request.team,
        question_seq=request.question_seq,
        manifest_id=request.manifest_id,
        step=step,
        last=room or step == MAX_STEPS - 1,
        room=room,
        trace=request.trace,
    )
    model = ctx.call_activity(CALL_MODEL, input=wanted.text())
    winner = yield task.when_any([model, *interrupts.racing()])
    if winner is not model:
        grace = ctx.create_timer(GRACE)
        yield task.when_any([model, grace])
        give_up(grace)
        return interrupts.ending(winner)
    try:
        return StepResult.from_text(model.get_result())
    except task.TaskFailedError as error:
        return _Failed(error=error.details.message)
