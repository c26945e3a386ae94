"""Durable timers: one heap, one wake-up of the event loop, cancellation by instance."""

import asyncio
import heapq
from collections.abc import Callable

from local.functions_host.durable.journal import Journal
from local.functions_host.durable.model import Alarm

_LONGEST_SLEEP = 3600.0


class Alarms:
    """Keeps alarms in the journal until they rang or were cancelled."""

    def __init__(self, journal: Journal, now: Callable[[], float], ring: Callable[[list[Alarm]], None]) -> None:
        self._journal = journal
        self._now = now
        self._ring = ring
        self._heap: list[tuple[float, int]] = []
        self._alarms: dict[int, Alarm] = {}
        self._by_target: dict[str, set[int]] = {}
        self._next = 1
        self._handle: asyncio.TimerHandle | None = None

    def load(self) -> list[Alarm]:
        loaded = self._journal.alarms()
        for alarm in loaded:
            self._keep(alarm)
            self._next = max(self._next, alarm.number + 1)
        return loaded

    def add(self, *, due: float, kind: str, target: str, execution_id: str = "", event: bytes = b"") -> None:
        alarm = Alarm(number=self._next, due=due, kind=kind, target=target, execution_id=execution_id, event=event)
        self._next += 1
        self._keep(alarm)
        self._journal.add_alarm(alarm)

    def cancel(self, target: str) -> None:
        for number in self._by_target.pop(target, ()):
            self._journal.delete_alarm(self._alarms.pop(number))

    def schedule(self) -> None:
        """Arrange the next wake-up; call it after every change and every jump of the clock."""
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None
        while self._heap and self._heap[0][1] not in self._alarms:
            heapq.heappop(self._heap)
        if self._heap:
            delay = min(max(0.0, self._heap[0][0] - self._now()), _LONGEST_SLEEP)
            self._handle = asyncio.get_running_loop().call_later(delay, self._wake)

    def close(self) -> None:
        if self._handle is not None:
            self._handle.cancel()

    def _keep(self, alarm: Alarm) -> None:
        self._alarms[alarm.number] = alarm
        self._by_target.setdefault(alarm.target, set()).add(alarm.number)
        heapq.heappush(self._heap, (alarm.due, alarm.number))

    def _wake(self) -> None:
        due: list[Alarm] = []
        while self._heap and self._heap[0][0] <= self._now():
            alarm = self._alarms.pop(heapq.heappop(self._heap)[1], None)
            if alarm is not None:
                mates = self._by_target.get(alarm.target, set())
                mates.discard(alarm.number)
                if not mates:
                    self._by_target.pop(alarm.target, None)
                due.append(alarm)
        if due:
            self._ring(due)
        else:
            self.schedule()
