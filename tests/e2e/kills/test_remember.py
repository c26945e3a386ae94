"""The worker is killed while what a person allowed the coach to remember is stored: it is stored once."""

from collections.abc import AsyncGenerator
from typing import Any

import httpx2
import jwt
import pytest

from tests.e2e.kills.cell import Cell, open_cell
from tests.e2e.kills.checks import check
from tests.e2e.kills.doors import Doors, Held
from tests.e2e.kills.places import RESULT, STARTED, Moment, Place, kill_at
from tests.e2e.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]

USER = "ben"
"""Nobody else's cells are told this person's memory."""
STORE = Place(service="cosmos", match={"container": "people", "document": r"create memory\.\d+"})


@pytest.fixture
async def memory(kill_stack: Stack) -> AsyncGenerator[httpx2.AsyncClient]:
    """Switch the person's memory on."""
    signed_in = {"Authorization": f"Bearer {kill_stack.token(USER)}"}
    async with httpx2.AsyncClient(base_url=kill_stack.url("functions_host"), headers=signed_in, timeout=30) as http:
        assert (await http.patch("/api/memory", json={"enabled": True})).status_code == 200
        yield http
        assert (await http.delete("/api/memory")).status_code == 204


async def _arm(cell: Cell, place: Place, moment: Moment) -> Held:
    at = "before" if moment == "before" else "done"
    if place is not STORE:
        return await cell.arm(place.service, place.match, at)
    claims: dict[str, Any] = jwt.decode(cell.stack.token(USER), options={"verify_signature": False})
    mine = {"partition": rf'\["{claims["tid"]}\.{claims["oid"]}"\]'}
    return await cell.doors.arm(place.service, place.match | mine, at)


async def _allow(cell: Cell) -> None:
    card = await cell.client.wait_for(lambda event: event["type"] == "question.opened")
    names = {name: card[name] for name in ("conversation_id", "question_id", "fence")}
    await cell.client.wait_for(lambda event: event["type"] == "turn.parked")
    await cell.client.send({"type": "question.answer", "answer": "approve", "command_id": "allowed", **names})


@pytest.mark.parametrize("moment", ["before", "during", "after"])
@pytest.mark.parametrize("place", [STARTED, STORE, RESULT], ids=["started", "store", "result"])
async def test_what_was_allowed_is_remembered_once(
    kill_stack: Stack, doors: Doors, memory: httpx2.AsyncClient, place: Place, moment: Moment
) -> None:
    async with open_cell(kill_stack, doors, "remembers", USER) as cell:
        await cell.ask()
        held = await _arm(cell, place, moment)
        await _allow(cell)
        await kill_at(cell, held, moment)
        await cell.ended()
        end = await check(cell)
    assert [(tool.tool, tool.status) for tool in end.tool_feedback] == [("remember", "completed")]
    told = (await memory.get("/api/memory")).json()
    (entry,) = told["entries"]
    assert (entry["kind"], entry["text"], entry["source"]["by"]) == ("fact", f"I know {cell.marker}.", "coach")
