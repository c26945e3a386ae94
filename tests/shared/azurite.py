"""Azurite's blob service for tests, in memory, on a free port."""

import asyncio
import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

_HOME = Path(__file__).resolve().parents[2] / "local" / "azurite" / "node_modules"
_READY = re.compile(r"successfully listens on https?://127\.0\.0\.1:(\d+)")
_ACCOUNT = "devstoreaccount1"
# The key every Azurite has; it protects nothing.
_KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
_START_S = 30
_STOP_S = 10


def connection_string(port: int, key: str = _KEY) -> str:
    endpoint = f"http://127.0.0.1:{port}/{_ACCOUNT}"
    return f"DefaultEndpointsProtocol=http;AccountName={_ACCOUNT};AccountKey={key};BlobEndpoint={endpoint};"


@asynccontextmanager
async def azurite(*flags: str) -> AsyncGenerator[int]:
    """Run the blob service until the block ends; gives its port."""
    process = await asyncio.create_subprocess_exec(
        _HOME / ".bin" / "node",
        _HOME / "azurite" / "dist" / "src" / "blob" / "main.js",
        *("--blobHost", "127.0.0.1", "--blobPort", "0"),
        *("--inMemoryPersistence", "--skipApiVersionCheck", "--disableTelemetry", "--silent"),
        *flags,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield await asyncio.wait_for(_port(process), _START_S)
    finally:
        if process.returncode is None:
            process.terminate()
        await asyncio.wait_for(process.communicate(), _STOP_S)


async def _port(process: asyncio.subprocess.Process) -> int:
    assert process.stdout is not None
    while line := await process.stdout.readline():
        if match := _READY.search(line.decode()):
            return int(match.group(1))
    raise RuntimeError("Azurite ended before it was ready")
