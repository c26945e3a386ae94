"""Sending frames on an absolute schedule, with the faults a scenario asks for."""

import asyncio
import contextlib
import enum
import socket
import struct
from collections.abc import Awaitable, Callable, Iterator

from aiohttp import web

from local.holds import Passage
from local.openai.reply import Fault, Pace
from local.openai.request_log import LogEntry


class Mark(enum.Enum):
    """Places between frames: the next frame carries a token, or is the terminal event."""

    TOKEN = enum.auto()
    END = enum.auto()


Steps = Iterator[bytes | Mark]
Write = Callable[[bytes], Awaitable[None]]


class Clock:
    """The times at which tokens are due; lateness of one never moves the next."""

    def __init__(self, pace: Pace) -> None:
        self._loop = asyncio.get_running_loop()
        self._due = self._loop.time() + pace.first_token_ms / 1000
        self._gap = pace.token_ms / 1000

    async def tick(self) -> None:
        """Wait for the next due time."""
        await asyncio.sleep(max(0.0, self._due - self._loop.time()))
        self._due += self._gap


async def drive(
    steps: Steps, pace: Pace, fault: Fault | None, write: Write, entry: LogEntry, passage: Passage
) -> Fault | None:
    """Write frames when their token is due; return the fault that struck, or None when all was sent.

    Frames between two marks go out in one write, so `steps` makes a token's frame only after it is due.
    """
    clock = Clock(pace)
    sent = 0
    pending = bytearray()

    async def flush() -> None:
        if pending:
            await write(bytes(pending))
            pending.clear()

    for step in steps:
        if isinstance(step, bytes):
            pending += step
            continue
        await flush()
        if fault and (step is Mark.END or sent >= fault.after):
            return fault
        await passage.reach("done" if step is Mark.END else "during", sent)
        if step is Mark.TOKEN or not sent:
            await clock.tick()
            entry.token_sent()
            sent += 1
    await flush()
    return None


async def drain(steps: Steps, pace: Pace, fault: Fault | None, entry: LogEntry, passage: Passage) -> Fault | None:
    """Take the time a whole answer takes without sending anything; return the fault that struck."""

    async def nowhere(_frames: bytes) -> None:
        return None

    return await drive(steps, pace, fault, nowhere, entry, passage)


def reset(request: web.Request) -> None:
    """Break the connection with a TCP RST."""
    transport = request.transport
    if transport is None:
        return
    sock = transport.get_extra_info("socket")
    with contextlib.suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


async def stall() -> None:
    """Say nothing more, until the client gives up and this request is cancelled."""
    await asyncio.Event().wait()
