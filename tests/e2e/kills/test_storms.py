"""A service is out of order for some seconds while a question is asked, or somebody else is always faster."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Literal

import pytest

from shared.cosmos import Cosmos
from shared.credential import azure_credential
from shared.errors import StoreUnavailable
from shared.event_log.log import EventLog
from shared.event_log.shapes import Draft
from shared.settings import ServiceAddress
from tests.e2e.kills.cell import Cell, Kind, open_cell
from tests.e2e.kills.checks import as_told, check
from tests.e2e.kills.doors import Doors
from tests.e2e.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("storms"), pytest.mark.timeout(180)]

STORM_S = 3.0
OUTAGE_S = 8.0
"""Longer than a model step is tried again for."""
ENDLESS = 100_000
FEW_CHANGES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Storm:
    """Every request to the store fails this way for a few seconds, from when the question or its answer begins."""

    status: int
    begins: Literal["question", "answer"]
    fault: dict[str, Any] = field(default_factory=dict[str, Any])

    @property
    def name(self) -> str:
        return "-".join([str(self.status), self.begins, *self.fault])

    @property
    def faults(self) -> list[dict[str, Any]]:
        return [{"status": self.status, "match": "/docs", "count": ENDLESS, **self.fault}]


STORMS = (
    Storm(status=429, begins="question", fault={"substatus": 3200, "retry_after_ms": 50}),
    Storm(status=429, begins="answer", fault={"substatus": 3200, "retry_after_ms": 50}),
    Storm(status=449, begins="answer"),
    Storm(status=500, begins="question"),
    Storm(status=503, begins="answer"),
    Storm(status=503, begins="question", fault={"after": True}),
    Storm(status=503, begins="answer", fault={"after": True}),
)


@pytest.mark.parametrize("storm", STORMS, ids=lambda storm: storm.name)
async def test_a_turn_outlasts_a_storm_in_the_store(kill_stack: Stack, doors: Doors, storm: Storm) -> None:
    async with open_cell(kill_stack, doors, "looks up") as cell:
        if storm.begins == "answer":
            await cell.ask()
            await cell.client.wait_for(lambda event: event["type"] == "turn.started")
        await doors.spoil_cosmos(storm.faults)
        if storm.begins == "question":
            await cell.ask()
        await asyncio.sleep(STORM_S)
        (left,) = await doors.cosmos_faults()
        await doors.spoil_cosmos([])
        await cell.ended()
        assert left["count"] < ENDLESS - 1, "nobody was out in the storm"

        await as_told(cell, await check(cell), ("completed",), None)


@pytest.mark.parametrize("kind", ["answers", "writes down"])
async def test_a_turn_outlasts_a_live_connection_that_is_down(kill_stack: Stack, doors: Doors, kind: Kind) -> None:
    async with open_cell(kill_stack, doors, kind) as cell:
        place = await cell.arm("openai", {})
        await cell.ask()
        assert await doors.somebody(place)
        await cell.client.wait_for(lambda event: event["type"] == "command.accepted")
        await doors.spoil_web_pubsub(fail_sends=ENDLESS)
        await doors.decide(place, "carry_out")
        await asyncio.sleep(OUTAGE_S)
        await doors.spoil_web_pubsub(reset=True)
        await cell.ended()

        await as_told(cell, await check(cell, deaf=True), () if kind == "answers" else ("completed",), None)


async def test_a_turn_gets_through_though_its_head_is_always_changed_by_others(kill_stack: Stack, doors: Doors) -> None:
    async with open_cell(kill_stack, doors, "writes down") as cell, changing_the_head(cell) as changes:
        await cell.ask()
        await cell.ended()
        assert len(changes) >= FEW_CHANGES
        met = await doors.overtaken(cell.client.session_id)
        assert any(document.startswith("create ") for documents in met for document in documents), (
            "only the app adds events, and it was never too late"
        )

        await as_told(cell, await check(cell), ("completed",), 1)


@asynccontextmanager
async def changing_the_head(cell: Cell) -> AsyncGenerator[list[str]]:
    """Write the head as fast as one writer can, so that most appends of others meet 412; yields its ETags."""
    settings = cell.stack.settings()
    credential = azure_credential()
    cosmos = Cosmos(ServiceAddress(connection_string=settings["COSMOS"]), credential, settings["COSMOS_DATABASE"])
    log = EventLog(cosmos)

    etags: list[str] = []

    async def change() -> None:
        while True:
            with suppress(StoreUnavailable):
                changed = await log.append(cell.client.session_id, lambda head: Draft(events=(), head=head))
                etags.append(changed.head.etag)

    changing = asyncio.create_task(change())
    try:
        yield etags
    finally:
        changing.cancel()
        await asyncio.gather(changing, return_exceptions=True)
        await cosmos.close()
        await credential.close()
