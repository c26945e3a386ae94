"""Today's orchestrators with one thing changed, as a careless change would: for proving that replay notices."""

import json
from collections.abc import Callable, Generator
from datetime import timedelta
from typing import Any, cast

from durabletask import task

from orchestration.ambient import SPEAK_UP, ambient
from orchestration.messages import CALL_MODEL, CALL_TOOL, StepResult
from orchestration.turn import turn
from tests.orchestration.scripted_context import ScriptedContext

type Orchestrator = Callable[[task.OrchestrationContext, str], Generator[task.Task[Any], Any, str]]
_SHORT = timedelta(seconds=60)
"""No deadline of a turn is shorter, and no pause of those recorded longer."""


class _Changed:
    """The engine's context, handed on as it is but for what a subclass changes."""

    def __init__(self, ctx: task.OrchestrationContext, payload: str) -> None:
        self.ctx = ctx
        self.payload = payload

    def __getattr__(self, name: str) -> Any:
        return getattr(self.ctx, name)


def _with(changed: type[_Changed], original: Orchestrator = turn) -> Orchestrator:
    def orchestrator(ctx: task.OrchestrationContext, payload: str) -> Generator[task.Task[Any], Any, str]:
        return (yield from original(cast("task.OrchestrationContext", changed(ctx, payload)), payload))

    return orchestrator


def _audited(ctx: task.OrchestrationContext, payload: str) -> Generator[task.Task[Any], Any, str]:
    yield ctx.call_activity("audit", input=payload)
    return (yield from turn(ctx, payload))


def _thinks_at_once(ctx: task.OrchestrationContext, payload: str) -> Generator[task.Task[Any], Any, str]:
    outcome = yield ctx.call_activity(SPEAK_UP, input=payload)
    yield ctx.create_timer(timedelta(seconds=8))
    return outcome


class _AnotherName(_Changed):
    def call_activity(self, activity: str, **how: Any) -> task.Task[Any]:
        renamed = {CALL_MODEL: "call_llm", SPEAK_UP: "think"}
        return self.ctx.call_activity(renamed.get(activity, activity), **how)


class _ModelBeforeDeadline(_Changed):
    _early: task.Task[Any] | None = None
    _begun = False

    def create_timer(self, fire_at: timedelta) -> task.TimerTask:
        if not self._begun:
            self._begun = True
            first = ScriptedContext()
            next(turn(cast("task.OrchestrationContext", first), self.payload))
            name, wanted, _ = first.activities[0]
            self._early = self.ctx.call_activity(name, input=json.dumps(wanted), retry_policy=first.retries[0])
        return self.ctx.create_timer(fire_at)

    def call_activity(self, activity: str, **how: Any) -> task.Task[Any]:
        early, self._early = self._early, None
        return early or self.ctx.call_activity(activity, **how)


class _OneCallTwice(_Changed):
    _twice = False

    def call_activity(self, activity: str, **how: Any) -> task.Task[Any]:
        if activity == CALL_TOOL and not self._twice:
            self._twice = True
            self.ctx.call_activity(activity, **how)
        return self.ctx.call_activity(activity, **how)


class _OneCallOnly(_Changed):
    _only: task.Task[Any] | None = None

    def call_activity(self, activity: str, **how: Any) -> task.Task[Any]:
        if activity != CALL_TOOL:
            return self.ctx.call_activity(activity, **how)
        self._only = self._only or self.ctx.call_activity(activity, **how)
        return self._only


class _WithoutDeadline(_Changed):
    def create_timer(self, fire_at: timedelta) -> task.TimerTask:
        return task.TimerTask()


class _WithoutPauses(_Changed):
    def create_timer(self, fire_at: timedelta) -> task.TimerTask:
        if fire_at >= _SHORT:
            return self.ctx.create_timer(fire_at)
        over = task.TimerTask()
        over.complete(None)
        return over


class _PauseBeforeDeadline(_Changed):
    """Swaps the two timers with which a turn goes on that waited for a person and now waits for a server."""

    _early: task.TimerTask | None = None
    _deadlines = 0

    def create_timer(self, fire_at: timedelta) -> task.TimerTask:
        if fire_at < _SHORT:
            early, self._early = self._early, None
            return early or self.ctx.create_timer(fire_at)
        self._deadlines += fire_at < timedelta(hours=1)
        if self._deadlines > 1:
            self._early = self.ctx.create_timer(timedelta(seconds=2))
        return self.ctx.create_timer(fire_at)


class _RoomForgotten(_Changed):
    def call_activity(self, activity: str, **how: Any) -> task.Task[Any]:
        if activity != CALL_MODEL or not json.loads(how["input"])["room"]:
            return self.ctx.call_activity(activity, **how)
        told = task.CompletableTask[Any]()
        told.complete(StepResult(outcome="answered").text())
        return told


class _NoRetries(_Changed):
    def call_activity(self, activity: str, **how: Any) -> task.Task[Any]:
        return self.ctx.call_activity(activity, **{**how, "retry_policy": None})


class _Input(_Changed):
    """Changes what activities are told."""

    def call_activity(self, activity: str, *, input: str, **how: Any) -> task.Task[Any]:  # noqa: A002 - the engine's name
        return self.ctx.call_activity(activity, input=json.dumps(self.told(json.loads(input))), **how)

    def told(self, fields: dict[str, Any]) -> dict[str, Any]:
        return fields


class _FieldGone(_Input):
    def told(self, fields: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in fields.items() if name != "question_seq"}


class _OtherValue(_Input):
    def told(self, fields: dict[str, Any]) -> dict[str, Any]:
        return {name: value + 1 if name == "question_seq" else value for name, value in fields.items()}


class _FieldMore(_Input):
    def told(self, fields: dict[str, Any]) -> dict[str, Any]:
        return {**fields, "locale": "en"}


class _LongerPauses(_Changed):
    def create_timer(self, fire_at: timedelta) -> task.TimerTask:
        return self.ctx.create_timer(fire_at * 2)


BROKEN: dict[str, tuple[Orchestrator, str]] = {
    "an activity before everything": (_audited, "parallel_tools"),
    "another name for an activity": (_with(_AnotherName), "plain_answer"),
    "an activity before the timer": (_with(_ModelBeforeDeadline), "plain_answer"),
    "a call made twice": (_with(_OneCallTwice), "parallel_tools"),
    "one call instead of three": (_with(_OneCallOnly), "parallel_tools"),
    "no deadline": (_with(_WithoutDeadline), "plain_answer"),
    "no retries": (_with(_NoRetries), "tool_that_the_engine_runs_again"),
    "a field of an input gone": (_with(_FieldGone), "one_tool"),
    "another value in an input": (_with(_OtherValue), "one_tool"),
    "no step for the room": (_with(_RoomForgotten), "an_answer_for_its_asker_and_one_for_the_room"),
    "no pause before a call is made again": (_with(_WithoutPauses), "a_server_that_is_not_ready_yet"),
    "the pause before the deadline": (_with(_PauseBeforeDeadline), "a_server_that_is_not_ready_beside_a_card"),
    "thinking before it is quiet": (_thinks_at_once, "the_coach_speaks_unasked"),
    "no wait for quiet": (_with(_WithoutPauses, ambient), "the_coach_stays_silent"),
    "another name for thinking": (_with(_AnotherName, ambient), "the_coach_speaks_unasked"),
    "no retries of thinking": (_with(_NoRetries, ambient), "speaking_that_the_engine_runs_again"),
}
"""What must not pass, each with a story that shows it."""
COMPATIBLE: dict[str, Orchestrator] = {
    "a field added to every input": _with(_FieldMore),
    "longer pauses": _with(_LongerPauses),
}
