"""Stops asking a tool server that does not answer, for a while: pure state, no I/O.

After `THRESHOLD` failures in a row nothing is sent for a pause. Then one call is let through to see: if it fails too,
the next pause is twice as long; any answer ends the matter.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

THRESHOLD = 5
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(minutes=5)
_ALMOST = timedelta(seconds=59)
"""A time told in minutes must not be one at which it is still too early."""
PROBE_TIME = timedelta(seconds=30)
"""A call let through counts as gone after this; the next one is let through then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """Nothing is sent until `until`, because nothing came back since `since`."""

    since: datetime
    until: datetime

    def reason(self, now: datetime) -> str:
        """Say it for a person, after the server's name."""
        minutes = round((now - self.since).total_seconds() / 60)
        past = "about a minute" if minutes <= 1 else f"{minutes} minutes"
        return f"has not answered for {past}; it is tried again at {_hour(self.until + _ALMOST)}"

    @property
    def brief(self) -> str:
        """The reason in the same words for as long as the pause lasts."""
        return f"has not answered since {_hour(self.since)}"


class Breaker:
    """The state for one server."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._failures = 0
        self._since: datetime | None = None
        self._until: datetime | None = None
        self._pause = FIRST_PAUSE
        self._probing = False

    def enter(self) -> Pause | None:
        """Ask before a call; it must not be made when a pause comes back. May make the caller's call the probe."""
        now = self._now()
        if self._until is None or self._since is None:
            return None
        if now < self._until:
            return Pause(since=self._since, until=self._until)
        self._probing = True
        self._until = now + PROBE_TIME
        return None

    def answered(self) -> None:
        """Take note of any answer, be it an error of the tool's own."""
        self._failures, self._since, self._until = 0, None, None
        self._pause, self._probing = FIRST_PAUSE, False

    def failed(self) -> None:
        """Take note that the server was not there, broke off, answered 5xx or was too slow."""
        now = self._now()
        self._failures += 1
        self._since = self._since or now
        if self._probing:
            self._probing = False
            self._pause = min(self._pause * 2, LONGEST_PAUSE)
            self._until = now + self._pause
        elif self._failures >= THRESHOLD and self._until is None:
            self._until = now + self._pause


class Breakers:
    """One breaker for each server, named by a key."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._by_key: dict[str, Breaker] = {}

    def of(self, key: str) -> Breaker:
        return self._by_key.setdefault(key, Breaker(self._now))


def _hour(at: datetime) -> str:
    return f"{at.astimezone(UTC):%H:%M} UTC"
