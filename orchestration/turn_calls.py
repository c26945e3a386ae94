"""The tool calls of a model step: side by side, and again once a person has answered what they wait for.

Pure and deterministic, as `turn.py` is. A call comes back as over, or as waiting: for cards, with its turn parked
meanwhile, or for a server that is not ready. Waiting calls are run again when nothing is waited for any more, and the
log tells them how they go on.
"""

from collections.abc import Sequence
from datetime import timedelta
from itertools import batched
from typing import Any, cast

from durabletask import task

from orchestration.messages import CALL_TOOL, EXPIRE_CARDS, CallRequest, CallWaits, ExpireRequest, waits_in
from orchestration.turn_races import FINISH_RETRIES, Ending, Interrupts, Steps, give_up
from shared.turns import TurnRequest, floor_event

MAX_PARALLEL_CALLS = 8
MAX_WAITS = 30
"""How often the calls of a step may come back waiting; each ends by itself long before that."""
# Has to outlast a tool call's lease: a second execution inside it is refused as transient.
TOOL_RETRIES = task.RetryPolicy(
    first_retry_interval=timedelta(seconds=1),
    max_number_of_attempts=8,
    backoff_coefficient=2,
    max_retry_interval=timedelta(seconds=15),
)

type _Waiting = dict[str, CallWaits]
"""By call id."""


def tool_calls(
    ctx: task.OrchestrationContext, request: TurnRequest, interrupts: Interrupts, calls: Sequence[str]
) -> Steps[Ending | None]:
    """Run the calls side by side, so many at a time; one that failed for good is told to the model by its absence."""
    for wave in batched(calls, MAX_PARALLEL_CALLS, strict=False):
        first = [_call(request, call_id, None) for call_id in wave]
        waiting = yield from _run(ctx, interrupts, first)
        for _ in range(MAX_WAITS):
            if isinstance(waiting, Ending):
                return waiting
            if not waiting:
                break
            ending = yield from _wait(ctx, request, interrupts, waiting)
            if ending is not None:
                return ending
            again = [_call(request, call_id, waits) for call_id, waits in waiting.items()]
            waiting = yield from _run(ctx, interrupts, again)
    return None


def _call(request: TurnRequest, call_id: str, waits: CallWaits | None) -> CallRequest:
    return CallRequest(
        conversation_id=request.conversation_id,
        asker=request.asker,
        call_id=call_id,
        question_seq=request.question_seq,
        round=waits.round if waits else 0,
        again=waits is not None,
        trace=request.trace,
    )


def _run(
    ctx: task.OrchestrationContext, interrupts: Interrupts, calls: Sequence[CallRequest]
) -> Steps[_Waiting | Ending]:
    """Run the calls to their ends; return those that wait. As soon as one has parked the turn no time counts."""
    running: dict[str, task.Task[Any]] = {
        call.call_id: ctx.call_activity(CALL_TOOL, input=call.text(), retry_policy=TOOL_RETRIES) for call in calls
    }
    waiting: _Waiting = {}
    while running:
        winner = yield task.when_any([*running.values(), *interrupts.racing()])
        if all(winner is not call for call in running.values()):
            return interrupts.ending(winner)
        for call_id, call in list(running.items()):
            if not call.is_complete:
                continue
            del running[call_id]
            waits = None if call.is_failed else waits_in(str(call.get_result()))
            if waits is not None:
                waiting[call_id] = waits
                if waits.parking:
                    interrupts.pause()
    return {call.call_id: waiting[call.call_id] for call in calls if call.call_id in waiting}


def _wait(
    ctx: task.OrchestrationContext, request: TurnRequest, interrupts: Interrupts, waiting: _Waiting
) -> Steps[Ending | None]:
    """Wait for what the calls wait for: the floor, which comes when the last card is closed, and servers."""
    parking = max(waits.parking for waits in waiting.values())
    if parking:
        ending = yield from _parked(ctx, request, interrupts, waiting, parking)
        if ending is not None:
            return ending
        interrupts.go_on()
    pause = max((waits.seconds for waits in waiting.values() if not waits.parking), default=0)
    if not pause:
        return None
    timer = ctx.create_timer(timedelta(seconds=pause))
    winner = yield task.when_any([cast("task.Task[Any]", timer), *interrupts.racing()])
    if winner is timer:
        return None
    give_up(timer)
    return interrupts.ending(winner)


def _parked(
    ctx: task.OrchestrationContext, request: TurnRequest, interrupts: Interrupts, waiting: _Waiting, parking: int
) -> Steps[Ending | None]:
    floor = ctx.wait_for_external_event(floor_event(parking))
    timers: list[tuple[Any, CallWaits]] = [
        (ctx.create_timer(timedelta(seconds=waits.seconds)), waits) for waits in waiting.values() if waits.questions
    ]
    expiring: list[task.Task[Any]] = []
    while True:
        winner = yield task.when_any([floor, interrupts.stop, *expiring, *(timer for timer, _ in timers)])
        if winner is floor or winner is interrupts.stop:
            for timer, _ in timers:
                give_up(timer)
            return interrupts.ending(winner) if winner is interrupts.stop else None
        expiring = [each for each in expiring if each is not winner]
        due = [waits for timer, waits in timers if timer is winner]
        timers = [(timer, waits) for timer, waits in timers if timer is not winner]
        expiring += [_expire(ctx, request, waits.questions) for waits in due]


def _expire(ctx: task.OrchestrationContext, request: TurnRequest, questions: tuple[str, ...]) -> task.Task[Any]:
    wanted = ExpireRequest(conversation_id=request.conversation_id, turn_id=request.turn_id, questions=questions)
    return ctx.call_activity(EXPIRE_CARDS, input=wanted.text(), retry_policy=FINISH_RETRIES)
