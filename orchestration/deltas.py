"""Sending the model's text while it is written: frames, not tokens.

The first piece goes at once; after that a frame goes when the window has passed or enough has piled up, and never
before the previous send returned, so frames keep their order and a slow service makes them fewer, not late. A frame
that could not be sent is merged into the next one: offsets never skip.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

from shared.errors import PublishFailed

WINDOW_S = 0.05
BUSY_WINDOW_S = 0.1
BUSY_STREAMS = 20
"""From so many streams per process on, frames go half as often: reading speed does not need more."""
FULL_CHARACTERS = 200
PAUSE_AFTER_FAILURE_S = 0.5


class DeltaStream:
    """Coalesces text into `send(offset, text)` calls, one at a time. `offset` counts characters."""

    _open = 0

    def __init__(
        self,
        send: Callable[[int, str], Awaitable[None]],
        *,
        window_s: float | None = None,
        full: int = FULL_CHARACTERS,
    ) -> None:
        self._send = send
        self._window_s = window_s
        self._full = full
        self._sent = 0
        self._waiting = ""
        self._something = asyncio.Event()
        self._enough = asyncio.Event()
        self._closing = asyncio.Event()
        self._task = asyncio.create_task(self._run())

    @classmethod
    def usual_window_s(cls) -> float:
        """Return how far apart frames are now, in seconds."""
        return BUSY_WINDOW_S if cls._open > BUSY_STREAMS else WINDOW_S

    def write(self, text: str) -> None:
        """Take the next piece of text; never waits."""
        self._waiting += text
        self._something.set()
        if len(self._waiting) >= self._full:
            self._enough.set()

    async def close(self) -> None:
        """Send what is left, once, and end. A failure here is harmless: `message.completed` carries all text."""
        self._closing.set()
        self._something.set()
        self._enough.set()
        await self._task

    async def abandon(self) -> None:
        """End without sending what is left."""
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task

    async def _run(self) -> None:
        DeltaStream._open += 1
        try:
            await self._flush_in_windows()
        finally:
            DeltaStream._open -= 1

    async def _flush_in_windows(self) -> None:
        while True:
            await self._something.wait()
            sent = await self._flush()
            if self._closing.is_set():
                await self._flush()
                return
            self._something.clear()
            self._enough.clear()
            if self._waiting:
                self.write("")
            # A service that failed is left alone for the whole pause, however much text piles up.
            window = self.usual_window_s() if self._window_s is None else self._window_s
            pause, early = (window, self._enough) if sent else (PAUSE_AFTER_FAILURE_S, self._closing)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(early.wait(), pause)

    async def _flush(self) -> bool:
        """Send what waits; False when it could not be sent and waits on."""
        text, self._waiting = self._waiting, ""
        if not text:
            return True
        try:
            await self._send(self._sent, text)
        except PublishFailed:
            self._waiting = text + self._waiting
            return False
        self._sent += len(text)
        return True
