"""Keeps what is costly to fetch for a while, and lets any number of callers share one fetch."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class _Kept[T]:
    value: T
    until: datetime


MOST_KEPT = 2_000


class Listings[T]:
    """Values by key, each at most `keep` old, `MOST_KEPT` in all.

    A failed fetch is not kept, and fails every caller that waited for it.
    """

    def __init__(self, keep: timedelta, now: Callable[[], datetime]) -> None:
        self._keep = keep
        self._now = now
        self._kept: dict[str, _Kept[T]] = {}
        self._fetching: dict[str, asyncio.Task[T]] = {}

    def kept(self, key: str) -> T | None:
        """Return the kept value, if there is one that is not too old."""
        kept = self._kept.get(key)
        return kept.value if kept is not None and self._now() < kept.until else None

    async def get(self, key: str, fetch: Callable[[], Awaitable[T]]) -> T:
        """Return the kept value, or the result of `fetch`, which runs at most once at a time for a key."""
        kept = self.kept(key)
        if kept is not None:
            return kept
        task = self._fetching.get(key)
        if task is None:
            task = asyncio.create_task(self._fetch(key, fetch))
            self._fetching[key] = task
            task.add_done_callback(lambda done: self._fetched(key, done))
        # A caller that is cancelled must not take the fetch away from the others.
        return await asyncio.shield(task)

    def drop(self, key: str, value: T) -> None:
        """Forget `value`; a newer one that another caller fetched meanwhile stays."""
        kept = self._kept.get(key)
        if kept is not None and kept.value is value:
            del self._kept[key]

    async def close(self) -> None:
        """Cancel the fetches under way."""
        tasks = tuple(self._fetching.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _fetch(self, key: str, fetch: Callable[[], Awaitable[T]]) -> T:
        value = await fetch()
        self._kept.pop(key, None)
        if len(self._kept) >= MOST_KEPT:
            del self._kept[next(iter(self._kept))]
        self._kept[key] = _Kept(value, self._now() + self._keep)
        return value

    def _fetched(self, key: str, task: asyncio.Task[T]) -> None:
        del self._fetching[key]
        if not task.cancelled():
            task.exception()  # seen here, so that a failure all callers gave up on is not reported as lost
