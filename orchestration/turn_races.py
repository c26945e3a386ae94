"""What a turn races against: a stop, and its deadline, which counts only while the turn runs. Pure, as `turn.py` is."""

from collections.abc import Generator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from durabletask import task

from orchestration.messages import LIMIT_TIME, EndStatus
from shared.event_log.floor import LEAST_SECONDS, TURN_SECONDS
from shared.turns import STOP_EVENT

FINISH_RETRIES = task.RetryPolicy(
    first_retry_interval=timedelta(seconds=1),
    max_number_of_attempts=20,
    backoff_coefficient=2,
    max_retry_interval=timedelta(seconds=30),
)

type Steps[T] = Generator[task.Task[Any], Any, T]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How the turn ends, and up to which event the conversation should be summarised after it."""

    status: EndStatus
    error: str | None = None
    summarise: int | None = None


class Interrupts:
    """What may end a turn early."""

    def __init__(self, ctx: task.OrchestrationContext) -> None:
        self._ctx = ctx
        self._left = timedelta(seconds=TURN_SECONDS)
        self._since = ctx.current_utc_datetime
        self._deadline: Any = ctx.create_timer(self._left)
        self.stop: task.Task[Any] = ctx.wait_for_external_event(STOP_EVENT)

    def racing(self) -> list[task.Task[Any]]:
        """Return what to race against; a parked turn has no deadline."""
        return [self.stop] if self._deadline is None else [self.stop, self._deadline]

    def ending(self, winner: task.Task[Any]) -> Ending:
        return Ending(status="stopped") if winner is self.stop else Ending(status="exhausted", error=LIMIT_TIME)

    def pause(self) -> None:
        """Let no more time count: the turn is parked, or over."""
        if self._deadline is not None:
            self._left -= self._ctx.current_utc_datetime - self._since
            give_up(self._deadline)
            self._deadline = None

    def go_on(self) -> None:
        """Let what is left of the time count again."""
        if self._deadline is None:
            self._left = max(self._left, timedelta(seconds=LEAST_SECONDS))
            self._since = self._ctx.current_utc_datetime
            self._deadline = self._ctx.create_timer(self._left)


def give_up(timer: Any) -> None:
    """Give up a timer that lost its race: an open one keeps the instance alive."""
    if not timer.is_complete:
        timer.cancel()
