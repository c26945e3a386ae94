"""Keeps a worker running: starts it, restarts it when it dies, passes its output on."""

import asyncio
import logging
import socket
import sys
import time
from collections.abc import Callable, Coroutine
from pathlib import Path

from local.functions_host.functions import FunctionTable
from local.functions_host.settings import SettingsError
from local.functions_host.worker.process import AppLoadError, Worker, WorkerLostError

_log = logging.getLogger("functions_host.worker")
_ROOT = Path(__file__).resolve().parents[3]
_QUICK_DEATH = 2.0  # a worker that lived shorter than this many seconds is restarted with a growing pause
_FREE_RESTARTS = 3  # as many quick deaths in a row are followed by a restart at once
_LONGEST_PAUSE = 3.0


async def _copy_output(stream: asyncio.StreamReader, pid: int) -> None:
    """Pass the worker's output on to our stderr, line by line, whatever the length of its lines."""
    rest = b""
    while chunk := await stream.read(65536):
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            sys.stderr.write(f"[worker {pid}] {line.decode(errors='replace')}\n")
        sys.stderr.flush()
    if rest:
        sys.stderr.write(f"[worker {pid}] {rest.decode(errors='replace')}\n")


class WorkerSupervisor:
    """Keeps one worker alive. `get()` waits for a loaded worker; `table` is what the last one indexed."""

    def __init__(
        self,
        app_dir: Path,
        environment: dict[str, str],
        level: str,
        *,
        prepare: Callable[[FunctionTable], FunctionTable],
    ) -> None:
        self._app_dir = app_dir
        self._environment = environment
        self._level = level
        self._prepare = prepare
        self._ready: asyncio.Event = asyncio.Event()
        self._current: Worker | None = None
        self._stopping = False
        self._quick_deaths = 0
        self._restarting: asyncio.Task[None] | None = None
        self._background: set[asyncio.Task[None]] = set()
        self.table = FunctionTable([])
        self.on_loaded: Callable[[FunctionTable], None] = lambda _table: None

    @property
    def pid(self) -> int | None:
        return self._current.pid if self._current is not None else None

    @property
    def state(self) -> str:
        return "Running" if self._ready.is_set() else "Starting"

    async def start(self) -> None:
        """Start the first worker; raises AppLoadError or WorkerLostError when the app does not load."""
        worker = await self._spawn()
        await self._adopt(worker)

    async def ready(self, seconds: float) -> bool:
        """Return whether a loaded worker runs, waiting that long for one."""
        if self._ready.is_set():
            return True
        try:
            return await asyncio.wait_for(self._ready.wait(), seconds)
        except TimeoutError:
            return False

    async def get(self) -> Worker:
        await self._ready.wait()
        if self._current is None:
            raise WorkerLostError(0)
        return self._current

    def kill(self) -> None:
        """Kill the worker at once; it is restarted and its work redelivered."""
        if self._current is not None:
            self._current.kill()

    async def restart(self) -> None:
        """Replace the worker, e.g. because its code changed, and wait until a new one is loaded."""
        self._quick_deaths = 0
        self._begin_restart()
        await self._ready.wait()

    async def stop(self) -> None:
        self._stopping = True
        if self._current is not None:
            await self._current.stop()
        for task in tuple(self._background):
            task.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)

    async def _spawn(self) -> Worker:
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        command = [sys.executable, "-m", "local.functions_host.worker", str(theirs.fileno())]
        command += [str(self._app_dir), self._level]
        with theirs:
            process = await asyncio.create_subprocess_exec(
                *command,
                pass_fds=[theirs.fileno()],
                cwd=_ROOT,
                env=self._environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
            )
        worker = Worker(process, lambda: self._on_worker_lost(process.pid))
        self._current = worker
        _log.info("worker started pid=%d", worker.pid)
        for stream in (process.stdout, process.stderr):
            if stream is not None:
                self._keep_task(_copy_output(stream, worker.pid))
        await asyncio.get_running_loop().create_connection(lambda: worker.channel, sock=ours)
        return worker

    async def _adopt(self, worker: Worker) -> None:
        self.table = self._prepare(await worker.loaded())
        self.on_loaded(self.table)
        self._ready.set()

    def _on_worker_lost(self, pid: int) -> None:
        if self._ready.is_set() and pid == self.pid:
            self._begin_restart()

    def _begin_restart(self) -> None:
        self._ready.clear()
        if not self._stopping and (self._restarting is None or self._restarting.done()):
            self._restarting = self._keep_task(self._restart())

    async def _restart(self) -> None:
        while not self._stopping:
            old = self._current
            if old is not None:
                old.kill()
                code = await old.process.wait()
                _log.warning("worker pid=%d ended with code %s; starting another", old.pid, code)
                quick = time.monotonic() - old.started < _QUICK_DEATH
                self._quick_deaths = self._quick_deaths + 1 if quick else 0
            if self._quick_deaths > _FREE_RESTARTS:
                await asyncio.sleep(min(_LONGEST_PAUSE, 0.1 * 2 ** (self._quick_deaths - _FREE_RESTARTS)))
            worker = await self._spawn()
            try:
                await self._adopt(worker)
            except AppLoadError as error:
                _log.error("the app does not load: %s\n%s", error.message, error.stack)
                continue
            except (WorkerLostError, SettingsError) as error:
                _log.error("the new worker cannot be used: %s", error)
                continue
            return

    def _keep_task(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)
        return task
