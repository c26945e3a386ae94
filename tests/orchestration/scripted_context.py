"""The orchestrator driven by hand: what it schedules is written down, what happens is decided by the test."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from durabletask import task

from orchestration.messages import StepResult
from orchestration.turn import turn
from shared.turns import STOP_EVENT, TurnRequest

REQUEST = TurnRequest(
    conversation_id="s_1", turn_id="t_1", asker="p", team="north", question_seq=4, manifest_id="manifest.1"
)


@dataclass(slots=True)
class ScriptedContext:
    """Stands in for the engine's context: hands out real tasks, and lists by name what was asked of it."""

    transcript: list[str] = field(default_factory=list[str])
    activities: list[tuple[str, dict[str, Any], task.CompletableTask[Any]]] = field(
        default_factory=list[tuple[str, dict[str, Any], task.CompletableTask[Any]]]
    )
    retries: list[task.RetryPolicy | None] = field(default_factory=list[task.RetryPolicy | None])
    timers: list[tuple[timedelta, task.TimerTask]] = field(default_factory=list[tuple[timedelta, task.TimerTask]])
    events: dict[str, task.CancellableTask[Any]] = field(default_factory=dict[str, task.CancellableTask[Any]])
    current_utc_datetime: datetime = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    stop: task.CancellableTask[Any] = field(default_factory=task.CancellableTask[Any])

    def create_timer(self, fire_at: timedelta) -> task.TimerTask:
        timer = task.TimerTask()
        timer.set_cancel_handler(lambda: self.transcript.append(f"cancel timer {fire_at.total_seconds():g}"))
        self.timers.append((fire_at, timer))
        self.transcript.append(f"timer {fire_at.total_seconds():g}")
        return timer

    def wait_for_external_event(self, name: str) -> task.CancellableTask[Any]:
        self.transcript.append(f"wait {name}")
        return self.stop if name == STOP_EVENT else self.events.setdefault(name, task.CancellableTask[Any]())

    def call_activity(
        self,
        activity: str,
        *,
        input: str,  # noqa: A002 - the engine's name
        retry_policy: task.RetryPolicy | None = None,
    ) -> task.CompletableTask[Any]:
        wanted: dict[str, Any] = json.loads(input)
        scheduled = task.CompletableTask[Any]()
        self.activities.append((activity, wanted, scheduled))
        self.retries.append(retry_policy)
        detail = {
            "call_model": lambda: f"{wanted['step']}{' last' if wanted['last'] else ''}",
            "call_tool": lambda: f"{wanted['call_id']}{' again' if wanted['again'] else ''}",
            "expire_cards": lambda: " ".join(wanted["questions"]),
            "finish_turn": lambda: wanted["status"] + (f" {wanted['error']}" if wanted["error"] else ""),
            "write_summary": lambda: str(wanted["through_seq"]),
        }[activity]()
        self.transcript.append(f"{activity} {detail}")
        return scheduled

    def last(self, activity: str) -> task.CompletableTask[Any]:
        return [scheduled for name, _, scheduled in self.activities if name == activity][-1]

    def answered(self) -> None:
        self.last("call_model").complete(StepResult(outcome="answered").text())

    def stopped(self) -> None:
        self.stop.complete("")

    def wants(self, *calls: str) -> None:
        self.last("call_model").complete(StepResult(outcome="tools", calls=calls).text())

    def tool_done(self, call_id: str, status: str = "completed") -> None:
        self._call(call_id).complete(status)

    def tool_failed(self, call_id: str) -> None:
        self._call(call_id).fail("retries are used up", RuntimeError("the store is away"))

    def _call(self, call_id: str) -> task.CompletableTask[Any]:
        return next(done for _, wanted, done in self.activities if wanted.get("call_id") == call_id)

    def latest_call(self, call_id: str) -> task.CompletableTask[Any]:
        """Return the latest run of a call that was run again."""
        return [done for name, wanted, done in self.activities if name == "call_tool" and wanted["call_id"] == call_id][
            -1
        ]

    def deadline(self) -> None:
        self.timers[0][1].complete(None)

    def grace_over(self) -> None:
        self.timers[-1][1].complete(None)

    def pause_over(self) -> None:
        self.timers[-1][1].complete(None)


def drive(*happenings: Callable[[ScriptedContext], object]) -> tuple[ScriptedContext, str]:
    """Run a turn: each happening in turn, until it asks to finish; return the context and the turn's status."""
    context = ScriptedContext()
    running = turn(cast("task.OrchestrationContext", context), REQUEST.text())
    waiting = next(running)
    for happening in happenings:
        assert not waiting.is_complete, f"the turn does not wait for {happening}"
        happening(context)
        while waiting.is_complete:
            waiting = running.send(waiting.get_result())
    context.last("finish_turn").complete("ended")
    assert waiting.is_complete, f"the turn still waits after {context.transcript}"
    try:
        waiting = running.send(waiting.get_result())
        context.last("write_summary").complete("")
        running.send(waiting.get_result())
    except StopIteration as ended:
        return context, cast("str", ended.value)
    raise AssertionError("the turn went on after it was finished")
