"""Work a client asked for, done one piece at a time in order of arrival."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable

_log = logging.getLogger(__name__)
_MAX_BYTES = 4 * 1024 * 1024
_MAX_ITEMS = 1000

type Job = Callable[[], Awaitable[None]]


class Backlog:
    """Jobs of one connection, begun at once when nothing is before them; a task lives only while one waits."""

    __slots__ = ("_bytes", "_jobs", "_room", "_task")

    def __init__(self) -> None:
        self._jobs: deque[tuple[Job, int]] = deque()
        self._bytes = 0
        self._room: asyncio.Future[None] | None = None
        self._task: asyncio.Task[None] | None = None

    def add(self, job: Job, size: int) -> None:
        """Queue a job that stands for `size` bytes of input."""
        self._jobs.append((job, size))
        self._bytes += size
        if self._task is None:
            task = asyncio.Task(self._work(), loop=asyncio.get_running_loop(), eager_start=True)
            if not task.done():
                self._task = task

    async def wait_for_room(self) -> None:
        """Wait while too much is queued, so that a fast sender is held back by its own socket."""
        while self._bytes > _MAX_BYTES or len(self._jobs) > _MAX_ITEMS:
            if self._room is None:
                self._room = asyncio.get_running_loop().create_future()
            await self._room

    async def _work(self) -> None:
        try:
            while self._jobs:
                job, size = self._jobs.popleft()
                self._bytes -= size
                self._make_room()
                try:
                    await job()
                except Exception:  # noqa: BLE001 - a boundary: one bad request must not stop the next
                    _log.exception("a client's request failed")
        finally:
            self._task = None

    def _make_room(self) -> None:
        if self._room is not None and not self._room.done():
            self._room.set_result(None)
        self._room = None

    def discard(self) -> None:
        """Forget what waits; a job that runs already is left to end."""
        self._jobs.clear()
        self._bytes = 0
        self._make_room()
