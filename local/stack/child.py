"""One supervised program: start, wait for its ready line, pass its output on under a prefix, stop."""

import asyncio
import os
import signal
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

START_TIMEOUT_S = 60
STOP_TIMEOUT_S = 12


class ServiceFailedError(RuntimeError):
    """A service did not start, or died."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """What to run. `ready` is a text its output contains once it serves; `url` is where (for people)."""

    name: str
    command: tuple[str, ...]
    url: str
    ready: str
    environment: Mapping[str, str] = field(default_factory=dict[str, str])


class Child:
    """A running program. Its process group is its own, so that a terminal's Ctrl-C reaches only the supervisor."""

    def __init__(self, program: Program, process: asyncio.subprocess.Process, log: Callable[[str, str], None]) -> None:
        self.program = program
        self._process = process
        self._log = log
        self._is_ready = asyncio.Event()
        self._readers = [
            asyncio.create_task(self._read(stream)) for stream in (process.stdout, process.stderr) if stream
        ]

    @classmethod
    async def start(cls, program: Program, log: Callable[[str, str], None]) -> "Child":
        process = await asyncio.create_subprocess_exec(
            *program.command,
            env={**os.environ, **program.environment},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
            limit=1 << 20,
        )
        return cls(program, process, log)

    @property
    def pid(self) -> int:
        return self._process.pid

    async def _read(self, stream: asyncio.StreamReader) -> None:
        while line := await _line(stream):
            text = line.decode(errors="replace").rstrip()
            if self.program.ready in text:
                self._is_ready.set()
            self._log(self.program.name, text)

    async def ready(self) -> None:
        """Wait until it serves.

        Raises:
            ServiceFailedError: it ended, or took too long.

        """
        ready, ended = asyncio.create_task(self._is_ready.wait()), asyncio.create_task(self._process.wait())
        try:
            await asyncio.wait({ready, ended}, timeout=START_TIMEOUT_S, return_when=asyncio.FIRST_COMPLETED)
            if ready.done():
                return
            if ended.done():
                await asyncio.gather(*self._readers)
                raise ServiceFailedError(f"{self.program.name} ended with status {ended.result()} while starting")
            raise ServiceFailedError(f"{self.program.name} was not ready within {START_TIMEOUT_S} s")
        finally:
            ready.cancel()
            ended.cancel()

    async def died(self) -> str:
        """Wait until it ends by itself and tell how."""
        status = await self._process.wait()
        return f"{self.program.name} ended with status {status}"

    async def stop(self) -> None:
        """Ask it to end, then make it."""
        with suppress(ProcessLookupError):
            self._process.terminate()
        try:
            await asyncio.wait_for(self._process.wait(), STOP_TIMEOUT_S)
        except TimeoutError:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            await self._process.wait()
        for reader in self._readers:
            reader.cancel()
        await asyncio.gather(*self._readers, return_exceptions=True)


async def _line(stream: asyncio.StreamReader) -> bytes:
    try:
        return await stream.readline()
    except ValueError:
        return b"(a line too long to show)\n"
