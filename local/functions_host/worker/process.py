"""The host's end of one worker process: requests out, answers in, and what happens when it dies."""

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import suppress

from local.functions_host.functions import Function, FunctionTable
from local.functions_host.wire import Frame, FrameProtocol

_log = logging.getLogger("functions_host.worker")
_STOP_GRACE = 0.5  # requests were drained before; what still runs is delivered again after a restart


class WorkerLostError(ConnectionError):
    """The worker ended before it answered; whether the function ran is unknown."""

    def __init__(self, pid: int) -> None:
        super().__init__(f"the worker process (pid {pid}) ended before it answered")
        self.pid = pid


class AppLoadError(Exception):
    """The app did not load: `message` and `stack` are the runtime's own."""

    def __init__(self, message: str, stack: str) -> None:
        super().__init__(message)
        self.message = message
        self.stack = stack


class Worker:
    """One running child process. `send` resolves with the answer frame or raises WorkerLostError."""

    def __init__(self, process: asyncio.subprocess.Process, on_lost: Callable[[], None]) -> None:
        self.process = process
        self.started = time.monotonic()
        self._on_lost = on_lost
        self._waiting: dict[int, asyncio.Future[Frame]] = {}
        self._hello: asyncio.Future[Frame] = asyncio.get_running_loop().create_future()
        self._next = 0
        self._lost = False
        self.channel = FrameProtocol(self._on_frame, self._on_connection_lost)

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def busy(self) -> int:
        return len(self._waiting)

    async def loaded(self) -> FunctionTable:
        """Wait until the app is indexed.

        Raises:
            AppLoadError: the runtime refused the app.
            WorkerLostError: the process ended first.

        """
        header = (await self._hello).header
        if header["type"] == "failed":
            raise AppLoadError(header["message"], header["stack"])
        return FunctionTable([Function.from_metadata(each) for each in header["functions"]])

    async def send(self, frame: Frame) -> Frame:
        if self._lost:
            raise WorkerLostError(self.pid)
        self._next += 1
        number = self._next
        frame.header["id"] = number
        future: asyncio.Future[Frame] = asyncio.get_running_loop().create_future()
        self._waiting[number] = future
        try:
            self.channel.send(frame)
            return await future
        except WorkerLostError:
            raise
        except ConnectionError as error:
            raise WorkerLostError(self.pid) from error
        finally:
            self._waiting.pop(number, None)

    def _on_frame(self, frame: Frame) -> None:
        if frame.header["type"] != "done":
            if not self._hello.done():
                self._hello.set_result(frame)
            return
        future = self._waiting.get(frame.header["id"])
        if future is not None and not future.done():
            future.set_result(frame)

    def _on_connection_lost(self) -> None:
        self._lost = True
        for future in (self._hello, *self._waiting.values()):
            if not future.done():
                future.set_exception(WorkerLostError(self.pid))
        self._hello.exception()  # marks it as seen: nobody may be waiting for it any more
        self._on_lost()

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            self.process.kill()

    async def stop(self) -> None:
        """Ask the process to end, then insist."""
        with suppress(ConnectionError):
            self.channel.send(Frame({"type": "stop"}))
        try:
            await asyncio.wait_for(self.process.wait(), _STOP_GRACE)
        except TimeoutError:
            _log.warning("worker pid=%d did not stop in time and is killed", self.pid)
            self.kill()
            await self.process.wait()
