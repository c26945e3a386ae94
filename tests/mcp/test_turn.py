"""A public server in the catalog of the whole stack: a person asks, the model calls its tool, the answer has it."""

import asyncio
import json
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.e2e.client import Event
from tests.e2e.stack import Stack
from tests.orchestration.golden.scene import Scene, calls
from tests.services import program

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e"), pytest.mark.timeout(180)]

QUESTION = "When it is 16:30 in London, what time is it in Kolkata?"
TIMES = {"source_timezone": "UTC", "time": "16:30", "target_timezone": "Asia/Kolkata"}


class PublicScene(Scene):
    """A scene whose tool server is somebody else's."""

    def calm_tools(self) -> None:
        """Nothing: there are no faults to arm."""


@contextmanager
def stack_with(folder: Path, server_url: str) -> Generator[Stack]:
    """Run the stack with one tool server in its catalog."""
    catalog = folder / "catalog.json"
    server = {
        "url": f"{server_url}/mcp",
        "roles": ["Sales"],
        "private_network": True,
        "tools": {"convert_time": {"policy": "allow", "read_only": True}},
    }
    catalog.write_text(json.dumps({"servers": {"time": server}}), encoding="utf-8")
    settings = folder / "settings.json"
    settings.write_text(json.dumps({"Values": {"MCP_SERVERS_FILE": str(catalog)}}), encoding="utf-8")
    flags = ("--settings", str(settings), "--first-token-ms", "5", "--token-ms", "1")
    stack = Stack(state=folder / "stack", flags=flags)
    stack.start()
    try:
        yield stack
    finally:
        stack.stop()


def ask(folder: Path, server_url: str) -> tuple[Event, Event, Event]:
    """Ask about two time zones; return what is known of the call before and after, and the turn's end."""
    with stack_with(folder, server_url) as stack, PublicScene.set(stack) as scene:
        scene.model(calls(("time__convert_time", TIMES), step=0))
        turn = scene.ask(QUESTION)
        end = scene.sees("chat_response", turn)
        return scene.sees("tool_call.started", turn), scene.sees("tool_call.completed", turn), end


async def test_a_turn_uses_a_public_server(tmp_path: Path) -> None:
    bridge = (sys.executable, "-m", "tests.support.stdio_bridge", sys.executable, "-m", "mcp_server_time")
    async with program(*bridge) as server:
        started, completed, end = await asyncio.to_thread(ask, tmp_path, server.url)
    assert (started["server"], started["tool"]) == ("time", "convert_time")
    assert completed["status"] == "completed"
    assert "T22:00:00+05:30" in completed["preview"]
    assert end["status"] == "completed"
    # The scripted model answers from what the tool returned.
    assert "+5.5h" in end["response"], end["response"]
