"""An MCP server in this process that answers calls with whatever a test wants, reachable from the stack."""

import asyncio
import json
import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.shared.tools.scripted_server import ScriptedServer, scripted_server

START_S = 10
CATALOG = {
    "servers": {
        "pages": {
            "url": "%MCP_BASE_URL%",
            "roles": ["Sales"],
            "timeout_s": 10,
            "max_result_bytes": 4_000_000,
            "default_policy": "deny",
            "tools": {"echo": {"policy": "allow", "idempotent": True, "read_only": True}},
        }
    }
}
ECHO = "pages__echo"


@contextmanager
def tool_server() -> Generator[ScriptedServer]:
    """Serve from a thread of its own until the block ends."""
    started: list[ScriptedServer] = []
    ready, over = threading.Event(), threading.Event()

    async def serve() -> None:
        async with scripted_server() as server:
            started.append(server)
            ready.set()
            await asyncio.to_thread(over.wait)

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    try:
        assert ready.wait(START_S), "the tool server did not start"
        yield started[0]
    finally:
        over.set()
        thread.join(START_S)


def settings_file(folder: Path, url: str) -> Path:
    """Write the settings of an app that knows this tool server only."""
    catalog = folder / "catalog.json"
    catalog.write_text(json.dumps(CATALOG), encoding="utf-8")
    values: dict[str, Any] = {"MCP_SERVERS_FILE": str(catalog), "MCP_BASE_URL": url}
    path = folder / "settings.json"
    path.write_text(json.dumps({"Values": values}), encoding="utf-8")
    return path
