"""Azurite's queue service for tests, in memory, on a free port."""

import asyncio
import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from local.functions_host.triggers.connections import parts_of
from tests.local.functions_host.running import ROOT

_HOME = ROOT / "local" / "azurite" / "node_modules"
_READY = re.compile(r"successfully listens on http://127\.0\.0\.1:(\d+)")


@asynccontextmanager
async def azurite_queue() -> AsyncGenerator[str]:
    """Run the queue service until the block ends; gives its connection string."""
    process = await asyncio.create_subprocess_exec(
        _HOME / ".bin" / "node",
        _HOME / "azurite" / "dist" / "src" / "queue" / "main.js",
        *("--queueHost", "127.0.0.1", "--queuePort", "0"),
        *("--inMemoryPersistence", "--skipApiVersionCheck", "--disableTelemetry", "--silent"),
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        port = await asyncio.wait_for(_port(process), 30)
        development = parts_of("UseDevelopmentStorage=true")
        account, key = development["AccountName"], development["AccountKey"]
        yield f"AccountName={account};AccountKey={key};QueueEndpoint=http://127.0.0.1:{port}/{account};"
    finally:
        if process.returncode is None:
            process.terminate()
        await asyncio.wait_for(process.communicate(), 10)


async def _port(process: asyncio.subprocess.Process) -> int:
    assert process.stdout is not None
    while line := await process.stdout.readline():
        if match := _READY.search(line.decode()):
            return int(match.group(1))
    raise RuntimeError("Azurite ended before it was ready")
