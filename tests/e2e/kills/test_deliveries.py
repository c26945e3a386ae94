"""Deliveries are doubled, lost, late or out of order, and tools fail, while a question is asked."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any, Literal

import pytest

from orchestration.messages import CALL_MODEL, CALL_TOOL
from tests.e2e.kills.cell import Kind, open_cell
from tests.e2e.kills.checks import as_told, check
from tests.e2e.kills.doors import Doors
from tests.e2e.kills.live import live_client
from tests.e2e.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("storms"), pytest.mark.timeout(180)]

ENDLESS = 100_000
TABS = 5
STRUCK = {"activities-doubled": "doubled", "activities-late": "delayed"}
"""What the host counts of each trouble that is its own."""
COUNTED = ("webhooks", "sends", "answers")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What one service does wrong from when the question is sent, or its answer begins, until it has done it all."""

    name: str
    service: Literal["web_pubsub", "mcp", "host"]
    wish: dict[str, Any]
    kind: Kind = "asks around"
    told: tuple[str, ...] = ("completed", "completed")
    ran: int | None = None


def notes(name: str, told: str, ran: int, **fault: object) -> Trouble:
    """Return a trouble with the tool that may not be called twice."""
    wish = {"server": "crm", "tool": "log_activity", **fault}
    return Trouble(name=f"mcp-{name}", service="mcp", wish=wish, kind="writes down", told=(told,), ran=ran)


def lookups(name: str, told: str, **fault: object) -> Trouble:
    """Return a trouble with a tool that may be called twice."""
    wish = {"server": "crm", "tool": "find_accounts", **fault}
    return Trouble(name=f"mcp-lookup-{name}", service="mcp", wish=wish, kind="looks up", told=(told,))


def sends(name: str, **wish: object) -> Trouble:
    return Trouble(name=f"send-{name}", service="web_pubsub", wish=wish)


def webhooks(name: str, **wish: object) -> Trouble:
    return Trouble(name=f"webhook-{name}", service="web_pubsub", wish={"event": "message", **wish})


TROUBLES = (
    webhooks("doubled", duplicate_webhooks=1),
    webhooks("late", delay_webhooks=1, delay_seconds=1.5),
    webhooks("lost", fail_webhooks=2),
    sends("doubled", duplicate_sends=ENDLESS),
    sends("reordered", reorder_sends=4),
    sends("429", fail_sends=6, send_status=429),
    sends("503", fail_sends=6, send_status=503),
    sends("unanswered", lose_answers=6),
    notes("timeout", "unknown", 1, delay_ms=4000),
    notes("drop-before", "unknown", 0, fail="drop"),
    notes("drop-after", "unknown", 1, fail="drop", when="after"),
    notes("500", "unknown", 0, fail="http_500"),
    notes("tool-error", "failed", 0, fail="tool_error"),
    lookups("drop-before", "unknown", fail="drop"),
    lookups("drop-after", "unknown", fail="drop", when="after"),
    lookups("late", "completed", delay_ms=1500),
    Trouble(
        name="activities-doubled",
        service="host",
        wish={"duplicate_activities": True},
        kind="writes down",
        told=("completed",),
        ran=1,
    ),
    Trouble(name="activities-late", service="host", wish={"delay_ms": [0, 400], "seed": 1}),
)


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: trouble.name)
async def test_a_turn_gets_through(kill_stack: Stack, doors: Doors, trouble: Trouble) -> None:
    async with open_cell(kill_stack, doors, trouble.kind) as cell:
        match trouble.service:
            case "web_pubsub":
                await doors.spoil_web_pubsub(**trouble.wish)
            case "mcp":
                await doors.spoil_mcp(**trouble.wish)
            case "host":
                await doors.spoil_host(trouble.wish)
        await cell.ask()
        await cell.ended()

        await as_told(cell, await check(cell, deaf="fail_sends" in trouble.wish), trouble.told, trouble.ran)
        assert await _struck(doors, trouble), "nothing went wrong"


async def _struck(doors: Doors, trouble: Trouble) -> bool:
    """Tell whether the service did what it was to do wrong."""
    match trouble.service:
        case "web_pubsub":
            left = await doors.web_pubsub_switches()
            return all(left[name] < count for name, count in trouble.wish.items() if name.endswith(COUNTED))
        case "mcp":
            return await doors.mcp_faults() == []
        case "host":
            struck = (await doors.host_struck()).get(STRUCK[trouble.name], {})
            return struck.keys() >= {CALL_MODEL, CALL_TOOL}


async def test_one_query_from_five_tabs_at_once_is_one_turn(kill_stack: Stack, doors: Doors) -> None:
    async with open_cell(kill_stack, doors, "writes down") as cell, AsyncExitStack() as tabs:
        session_id = cell.client.session_id
        clients = [await tabs.enter_async_context(live_client(kill_stack, session_id)) for _ in range(TABS)]

        await asyncio.gather(*(client.send(cell.query) for client in clients))
        accepted = await asyncio.gather(
            *(client.wait_for(lambda event: event["type"] == "command.accepted") for client in clients)
        )
        await cell.ended()

        assert len({answer["turn_id"] for answer in accepted}) == 1
        await as_told(cell, await check(cell), ("completed",), 1)
        for client in clients:
            await client.until(lambda client=client: client.fold.through == cell.client.fold.through)
            assert client.fold.durable == cell.client.fold.durable


async def test_one_query_from_two_tabs_whose_webhooks_overtake_each_other_is_one_turn(
    kill_stack: Stack, doors: Doors
) -> None:
    async with (
        open_cell(kill_stack, doors, "writes down") as cell,
        live_client(kill_stack, cell.client.session_id) as other,
    ):
        await doors.spoil_web_pubsub(event="message", reorder_webhooks=2)

        await asyncio.gather(cell.ask(), other.send(cell.query))
        await other.wait_for(lambda event: event["type"] == "command.accepted")
        await cell.ended()

        await as_told(cell, await check(cell), ("completed",), 1)
