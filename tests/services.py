"""Start programs the way a person would, services of the development cloud and others', and stop them by process id."""

import asyncio
import os
import re
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
READY = re.compile(rb"ready on (https?://\S+)")
START_TIMEOUT_S = 30
STOP_TIMEOUT_S = 10


@dataclass(frozen=True, slots=True)
class Service:
    """A running service: where it listens, and the process that serves it."""

    url: str
    process: asyncio.subprocess.Process

    @property
    def port(self) -> int:
        return int(self.url.rsplit(":", 1)[1])


@asynccontextmanager
async def service(name: str, *flags: str) -> AsyncGenerator[Service]:
    """Run `python -m local.NAME --port 0 FLAGS` until the block ends."""
    async with program(sys.executable, "-m", f"local.{name}", "--port", "0", *flags) as running:
        yield running


@asynccontextmanager
async def program(*command: str, **environment: str) -> AsyncGenerator[Service]:
    """Run `command`, which says on standard output `ready on URL`, until the block ends."""
    process = await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, env={**os.environ, **environment}, stdout=asyncio.subprocess.PIPE
    )
    rest: asyncio.Task[None] | None = None
    try:
        url = await asyncio.wait_for(_ready_url(process), START_TIMEOUT_S)
        rest = asyncio.create_task(_read_on(process))
        yield Service(url=url, process=process)
    finally:
        await _stop(process, rest)


async def _ready_url(process: asyncio.subprocess.Process) -> str:
    assert process.stdout is not None
    while line := await process.stdout.readline():
        if match := READY.search(line):
            return match.group(1).decode()
    raise RuntimeError(f"the program ended with status {await process.wait()} before it was ready")


async def _read_on(process: asyncio.subprocess.Process) -> None:
    """Take what it says from then on: a program that talks would otherwise stop when the pipe is full."""
    assert process.stdout is not None
    while await process.stdout.read(65536):
        pass


async def _stop(process: asyncio.subprocess.Process, rest: asyncio.Task[None] | None) -> None:
    if process.returncode is None:
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), STOP_TIMEOUT_S)
    except TimeoutError:
        process.kill()
        await process.wait()
    if rest is not None:
        await rest
