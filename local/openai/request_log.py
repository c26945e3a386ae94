"""The list of requests, with the times a benchmark subtracts and the outcomes a test asserts."""

import time
from collections import deque
from dataclasses import asdict, dataclass
from typing import Any

KEPT = 200_000


@dataclass(slots=True, kw_only=True)
class LogEntry:
    """One request; times are CLOCK_MONOTONIC seconds, `outcome` is `running` until it is over."""

    number: int
    api: str
    model: str
    text: str
    step: int
    attempt: int
    rule: str | None
    stream: bool
    recv: float
    first: float | None = None
    end: float | None = None
    tokens: int = 0
    status: int = 200
    outcome: str = "running"

    def token_sent(self) -> None:
        """Count a token that is about to be written."""
        self.tokens += 1
        if self.first is None:
            self.first = time.monotonic()

    def close(self, outcome: str, status: int | None = None) -> None:
        """Record the end: completed, cancelled, error, truncate, reset, stall, error_frame or failed."""
        self.outcome = outcome
        self.end = time.monotonic()
        self.status = self.status if status is None else status


class RequestLog:
    """The last 200,000 requests."""

    def __init__(self) -> None:
        self._entries: deque[LogEntry] = deque(maxlen=KEPT)
        self._count = 0

    def next_number(self) -> int:
        self._count += 1
        return self._count

    def add(self, entry: LogEntry) -> None:
        self._entries.append(entry)

    def clear(self) -> None:
        self._entries.clear()

    def as_json(self) -> list[dict[str, Any]]:
        return [asdict(entry) for entry in self._entries]
