"""Start services of the development cloud as programs, the way a person would, and stop them by process id."""

import asyncio
import re
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
READY = re.compile(r"ready on (https?://\S+)")
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
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", f"local.{name}", "--port", "0", *flags, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    try:
        url = await asyncio.wait_for(_ready_url(process), START_TIMEOUT_S)
        yield Service(url=url, process=process)
    finally:
        await _stop(process)


async def _ready_url(process: asyncio.subprocess.Process) -> str:
    assert process.stdout is not None
    while line := await process.stdout.readline():
        if match := READY.search(line.decode()):
            return match.group(1)
    raise RuntimeError(f"the service ended with status {await process.wait()} before it was ready")


async def _stop(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.terminate()
    try:
        await asyncio.wait_for(process.communicate(), STOP_TIMEOUT_S)
    except TimeoutError:
        process.kill()
        await process.communicate()
