"""The bounded queue of frames in front of one client socket."""

import asyncio
from collections import deque
from time import monotonic
from typing import NamedTuple

from aiohttp import WSMsgType, web

from local.web_pubsub.close_answer import answer_close

_MAX_FRAMES = 10_000
_CLOSE_SECONDS = 2.0


class OutboxFullError(Exception):
    """The client reads too slowly: more is waiting than one connection may hold."""


class Outgoing(NamedTuple):
    """One frame to send; `expires_at` is a `monotonic()` time after which it is dropped instead."""

    data: bytes
    binary: bool = False
    expires_at: float | None = None

    def expired(self, now: float) -> bool:
        return self.expires_at is not None and self.expires_at <= now


class Outbox:
    """Sends frames in order, at once while the socket takes them; a task lives only while something must wait."""

    __slots__ = ("_limit", "_pump", "_queue", "_socket", "_transport", "_waiting", "closing")

    def __init__(self, socket: web.WebSocketResponse, transport: asyncio.BaseTransport | None, limit: int) -> None:
        """`limit` is the number of bytes that may wait; `transport` is what carries the socket."""
        self._socket = socket
        self._transport = transport
        self._limit = limit
        self._queue: deque[Outgoing] | None = None
        self._waiting = 0
        self._pump: asyncio.Task[None] | None = None
        self.closing = False

    def put(self, item: Outgoing) -> None:
        """Queue one frame; ignored once closing.

        Raises:
            OutboxFullError: too much waits already.

        """
        if self.closing:
            return
        if self._queue is None:
            self._queue = deque()
        if self._waiting + len(item.data) > self._limit or len(self._queue) >= _MAX_FRAMES:
            raise OutboxFullError
        self._queue.append(item)
        self._waiting += len(item.data)
        if self._pump is None:
            task = asyncio.Task(self._send_waiting(), loop=asyncio.get_running_loop(), eager_start=True)
            if not task.done():
                self._pump = task

    async def _send_waiting(self) -> None:
        try:
            while self._queue:
                item = self._queue.popleft()
                self._waiting -= len(item.data)
                if not item.expired(monotonic()):
                    opcode = WSMsgType.BINARY if item.binary else WSMsgType.TEXT
                    await self._socket.send_frame(item.data, opcode)
        except (ConnectionError, RuntimeError):
            self.closing = True  # the read loop notices the lost socket and decides what follows
        finally:
            self._queue, self._waiting, self._pump = None, 0, None

    async def close(self, code: int, reason: str, last: bytes | None = None) -> None:
        """Send what waits, then `last`, then the close frame; cut the socket after 2 s without progress."""
        if self.closing:
            return
        self.closing = True
        try:
            async with asyncio.timeout(_CLOSE_SECONDS):
                if self._pump is not None:
                    await self._pump
                if last is not None:
                    await self._socket.send_frame(last, WSMsgType.TEXT)
                await self._socket.close(code=code, message=reason.encode()[:120])
        except (TimeoutError, ConnectionError, RuntimeError):
            self.abort()

    async def answer_close(self, *, at_once: bool) -> None:
        """Answer the client's close frame and end the TCP connection; nothing that waits is sent any more."""
        self._stop()
        if at_once or not isinstance(self._transport, asyncio.Transport):
            await self._socket.close(drain=False)
        else:
            await answer_close(self._transport)

    def _stop(self) -> None:
        self.closing = True
        if self._pump is not None:
            self._pump.cancel()

    def abort(self) -> None:
        """Cut the TCP connection without a close frame."""
        self._stop()
        if isinstance(self._transport, asyncio.Transport):
            self._transport.abort()
