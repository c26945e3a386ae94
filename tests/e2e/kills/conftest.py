"""One stack for all cells; each cell has a conversation of its own."""

import json
import os
from collections.abc import AsyncGenerator, Generator

import aiohttp
import pytest

from tests.e2e.kills.cell import SCENARIO
from tests.e2e.kills.doors import Doors
from tests.e2e.stack import ROOT, Stack

NOTES_TIMEOUT_S = 3.0
"""A call that may not be repeated is waited for this long and five seconds more."""


def catalog() -> dict[str, object]:
    """Return the product's catalog, with tools of the CRM on servers of their own that differ."""
    document = json.loads((ROOT / "mcpservers.json").read_text(encoding="utf-8"))
    crm = document["servers"]["crm"]
    notes = {"log_activity": crm["tools"].pop("log_activity")}
    document["servers"]["crm_notes"] = crm | {"timeout_s": NOTES_TIMEOUT_S, "tools": notes}
    asking = {"log_activity": {"policy": "ask"}}
    document["servers"]["crm_asking"] = crm | {"timeout_s": NOTES_TIMEOUT_S, "tools": asking}
    private = {"find_accounts": {"policy": "allow", "read_only": True, "readers": "asker"}}
    document["servers"]["crm_private"] = crm | {"tools": private}
    return document


@pytest.fixture(scope="session")
def kill_stack(tmp_path_factory: pytest.TempPathFactory) -> Generator[Stack]:
    folder = tmp_path_factory.mktemp("kills")
    file = folder / "mcpservers.json"
    file.write_text(json.dumps(catalog()), encoding="utf-8")
    running = Stack(state=folder / "stack", flags=("--first-token-ms", "20", "--token-ms", "8"))
    with pytest.MonkeyPatch.context() as environment:
        environment.setitem(os.environ, "MCP_SERVERS_FILE", str(file))
        running.start()
    yield running
    running.stop()
    (folder / "output.log").write_text(running.output, encoding="utf-8")


@pytest.fixture
async def doors(kill_stack: Stack) -> AsyncGenerator[Doors]:
    async with aiohttp.ClientSession() as http:
        opened = Doors(kill_stack, http)
        await opened.open_all()
        await opened.script(SCENARIO)
        yield opened
        await opened.open_all()
