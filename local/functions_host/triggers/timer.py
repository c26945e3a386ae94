"""Timer functions: six-field cron or time span, schedule status kept, missed runs made up, never overlapping."""

import asyncio
import json
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from croniter import croniter

from local.functions_host.durable.journal import Journal
from local.functions_host.functions import Function, FunctionTable
from local.functions_host.invoker import Failure, Invoker, Payload
from local.functions_host.settings import SettingsError, seconds_of
from local.functions_host.triggers.retry import call_with_retry
from local.functions_host.worker.process import WorkerLostError

_log = logging.getLogger("functions_host.timer")
_MONITOR_FROM = timedelta(minutes=1)
_SIX_FIELDS = 6


@dataclass(frozen=True, slots=True)
class Schedule:
    """`next_after(moment)` is the first occurrence later than it. All times are UTC."""

    expression: str
    interval: timedelta | None

    @classmethod
    def parse(cls, expression: str) -> "Schedule":
        """Read a cron expression with seconds first (five fields mean second 0) or a time span.

        Raises:
            SettingsError: it is neither.

        """
        fields = expression.split()
        if len(fields) == _SIX_FIELDS - 1:
            fields.insert(0, "0")
        if len(fields) == _SIX_FIELDS:
            text = " ".join(fields)
            try:
                croniter(text, datetime.now(UTC), second_at_beginning=True)
            except (ValueError, KeyError) as error:
                raise SettingsError(f"'{expression}' is not a valid timer schedule: {error}") from error
            return cls(text, None)
        return cls(expression, timedelta(seconds=seconds_of(expression)))

    def next_after(self, moment: datetime) -> datetime:
        if self.interval is not None:
            return moment + self.interval
        found = croniter(self.expression, moment, second_at_beginning=True).get_next(datetime)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found

    def monitored(self) -> bool:
        """Schedules tighter than a minute keep no status, as in production."""
        first = self.next_after(datetime.now(UTC))
        return self.next_after(first) - first >= _MONITOR_FROM


class TimerFunction:
    """One timer function and its running status."""

    def __init__(self, function: Function, invoker: Invoker, journal: Journal) -> None:
        trigger = function.trigger
        self.function = function
        self._schedule = Schedule.parse(str(trigger["schedule"]))
        self._run_on_startup = bool(trigger.get("runOnStartup"))
        self._monitor = trigger.get("useMonitor") is not False and self._schedule.monitored()
        self._invoker = invoker
        self._journal = journal
        self._busy = asyncio.Lock()
        self._last = self._stored_last()

    def _stored_last(self) -> datetime | None:
        stored = self._journal.schedule(self.function.name) if self._monitor else None
        return datetime.fromisoformat(json.loads(stored)["Last"]) if stored else None

    async def serve(self) -> None:
        """Run at every occurrence until cancelled; one that passed while a run lasted is skipped."""
        now = datetime.now(UTC)
        missed = self._last is not None and self._schedule.next_after(self._last) <= now
        if missed or self._run_on_startup:
            await self.run(past_due=missed)
        elif self._monitor and self._last is None:
            self._last = now
            self._store(now)
        due = self._schedule.next_after(datetime.now(UTC))
        while True:
            await asyncio.sleep(max(0.0, (due - datetime.now(UTC)).total_seconds()))
            if datetime.now(UTC) < due:
                continue
            await self.run(past_due=False)
            due = self._schedule.next_after(max(due, datetime.now(UTC)))

    async def run(self, *, past_due: bool) -> None:
        """Run once, after the run that may be under way."""
        async with self._busy:
            started = datetime.now(UTC)
            body = json.dumps(
                {
                    "Schedule": {"AdjustForDST": True},
                    "ScheduleStatus": self._status(self._last) if self._monitor and self._last else None,
                    "IsPastDue": past_due,
                }
            )
            try:
                outcome = await call_with_retry(self._invoker, self.function, Payload("json", body.encode()))
            except WorkerLostError as error:
                _log.warning("timer function %s was lost: %s", self.function.name, error)
                return
            if isinstance(outcome, Failure):
                _log.warning("timer function %s failed: %s", self.function.name, outcome.message)
            self._last = started
            if self._monitor:
                self._store(started)

    def _status(self, last: datetime) -> dict[str, str]:
        following = self._schedule.next_after(last).isoformat()
        return {"Last": last.isoformat(), "Next": following, "LastUpdated": last.isoformat()}

    def _store(self, last: datetime) -> None:
        self._journal.save_schedule(self.function.name, json.dumps(self._status(last)))


class Timers:
    """All timer functions of the app."""

    def __init__(self, invoker: Invoker, journal: Journal) -> None:
        self._invoker = invoker
        self._journal = journal
        self._timers: dict[str, TimerFunction] = {}
        self._tasks: list[asyncio.Task[None]] = []

    def check(self, table: FunctionTable) -> None:
        """Raise SettingsError when a schedule is wrong."""
        for function in table.of_type("timertrigger"):
            Schedule.parse(str(function.trigger["schedule"]))

    def start(self, table: FunctionTable, report: Callable[[asyncio.Task[None]], None]) -> None:
        self._cancel()
        for function in table.of_type("timertrigger"):
            timer = self._timers[function.name] = TimerFunction(function, self._invoker, self._journal)
            task = asyncio.create_task(timer.serve())
            task.add_done_callback(report)
            self._tasks.append(task)

    async def run_now(self, function: Function) -> None:
        await self._timers[function.name].run(past_due=False)

    async def stop(self) -> None:
        tasks = self._tasks
        self._cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task

    def _cancel(self) -> None:
        for task in self._tasks:
            task.cancel()
        self._tasks = []
        self._timers.clear()
