"""A catalog of 120 tools on a real tool server: the model searches, and an administrator changes rights meanwhile."""

import asyncio
import json
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from shared.blob import BlobStore
from shared.settings import ServiceAddress
from shared.tools.catalogs import BLOB, CONTAINER
from shared.tools.names import FIND_TOOLS
from tests.e2e.stack import Stack
from tests.orchestration.golden.scene import Scene, calls, says
from tests.pitfalls.tool_server import tool_server
from tests.shared.tools.scripted_server import ScriptedServer, text

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e"), pytest.mark.timeout(240)]

WITHIN_S = 60.0
SUBJECTS = ("invoice", "stock", "order", "partner")
NAMES = tuple(f"{subject}_{number}" for subject in SUBJECTS for number in range(30))
STOCK, HIDDEN = "erp__stock_7", "erp__invoice_3"


def _catalog(*, denied: str = "") -> dict[str, Any]:
    rules = {name: {"policy": "deny" if name == denied else "allow", "read_only": True} for name in NAMES}
    server = {"url": "%MCP_BASE_URL%", "roles": ["Sales"], "timeout_s": 10, "trust": "untrusted", "tools": rules}
    return {"servers": {"erp": server}}


class CatalogScene(Scene):
    """A scene whose tools belong to the test."""

    def calm_tools(self) -> None:
        """Nothing: every test says what the tools answer."""

    def calls_a_tool(self, name: str, arguments: dict[str, Any]) -> str:
        """Have the model call one tool for a question of its own; return the call's status."""
        self.model(calls((name, arguments), step=0), says())
        turn = self.ask()
        assert self.ends(turn) == "completed"
        return str(self.sees("tool_call.completed", turn)["status"])


@pytest.fixture(scope="module")
def tools() -> Generator[ScriptedServer]:
    with tool_server() as server:
        server.tools = [
            {"name": name, "description": f"Looks up {name.split('_')[0]}s.", "inputSchema": {"type": "object"}}
            for name in NAMES
        ]
        server.on_call(text("Seven."))
        yield server


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory, tools: ScriptedServer) -> Generator[Stack]:
    folder = tmp_path_factory.mktemp("catalog")
    catalog = folder / "catalog.json"
    catalog.write_text(json.dumps(_catalog()), encoding="utf-8")
    settings = folder / "settings.json"
    values = {"MCP_SERVERS_FILE": str(catalog), "MCP_BASE_URL": tools.url}
    settings.write_text(json.dumps({"Values": values}), encoding="utf-8")
    running = Stack(
        state=folder / "stack", flags=("--settings", str(settings), "--first-token-ms", "5", "--token-ms", "1")
    )
    running.start()
    yield running
    running.stop()
    Path(folder / "output.log").write_text(running.output, encoding="utf-8")


@pytest.fixture
def scene(stack: Stack) -> Generator[CatalogScene]:
    with CatalogScene.set(stack) as opened:
        yield opened


def _write_override(stack: Stack, catalog: object) -> None:
    async def write() -> None:
        blobs = BlobStore(ServiceAddress(connection_string=stack.settings()["BLOB"]), None)
        try:
            await blobs.write(CONTAINER, BLOB, json.dumps(catalog).encode(), "application/json")
        finally:
            await blobs.close()

    asyncio.run(write())


def _within_a_minute(scene: CatalogScene, status: str) -> None:
    ends = time.monotonic() + WITHIN_S
    while (now := scene.calls_a_tool(STOCK, {"n": time.monotonic()})) != status:
        assert time.monotonic() < ends, f"still {now} after a minute"


def test_the_model_searches_its_tools_and_calls_what_it_found(scene: CatalogScene, tools: ScriptedServer) -> None:
    tools.asked.clear()
    scene.model(calls((FIND_TOOLS, {"query": "stock"}), step=0), calls((STOCK, {}), step=1), says())
    turn = scene.ask("How many parts are left?")
    assert scene.ends(turn) == "completed"
    found = scene.seen(lambda event: event["type"] == "tool_call.completed" and event["tool"] == FIND_TOOLS)
    assert (found["server"], found["status"]) == ("", "completed")
    assert found["preview"].startswith("Found, and given to you from now on: erp__stock_")
    called = scene.seen(lambda event: event["type"] == "tool_call.completed" and event["server"] == "erp")
    assert (called["status"], called["preview"]) == ("completed", "Seven.")
    assert tools.count("tools/call") == 1
    end = scene.sees("chat_response", turn)
    assert [told["status"] for told in end["tool_feedback"]] == ["completed", "completed"]


def test_a_right_taken_away_in_blob_storage_is_gone_within_a_minute(
    scene: CatalogScene, stack: Stack, tools: ScriptedServer
) -> None:
    assert scene.calls_a_tool(STOCK, {}) == "completed"
    _write_override(stack, _catalog(denied="stock_7"))
    _within_a_minute(scene, "denied")
    made = tools.count("tools/call")
    assert scene.calls_a_tool(STOCK, {"again": True}) == "denied"
    assert tools.count("tools/call") == made
    assert scene.calls_a_tool(HIDDEN, {}) == "completed"
