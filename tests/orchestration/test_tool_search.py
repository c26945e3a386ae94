"""A conversation of somebody who may use 120 tools, step by step."""

import json
from collections.abc import AsyncIterator

import pytest

from orchestration.context_tools import FOUND_AT_ONCE
from shared.model import ToolResult
from shared.protocol.durable import ToolCallCompleted, ToolCallStarted
from shared.settings import ServiceAddress
from shared.tools.names import FIND_TOOLS
from tests.conftest import DATABASE
from tests.orchestration.turns import Turn, new_turn
from tests.support.doubles import answer, asks
from tests.support.world import World, world_on

RULES = {"policy": "allow", "idempotent": True}
CATALOG = json.dumps(
    {
        "servers": {
            "erp": {
                "url": "http://127.0.0.1:9/mcp",
                "roles": ["Sales", "HR"],
                "tools": {
                    **{f"invoice_{n}": RULES for n in range(60)},
                    **{f"stock_{n}": RULES | ({"roles": ["HR"]} if n == 7 else {}) for n in range(60)},
                    "ping": RULES | {"always": True},
                },
            }
        }
    }
)


@pytest.fixture
async def turn(cosmos_address: ServiceAddress) -> AsyncIterator[Turn]:
    async with world_on(cosmos_address, DATABASE, CATALOG) as world:
        yield await new_turn(world, "How many parts are in stock?")


def _search(query: str) -> tuple[str, str]:
    return FIND_TOOLS, json.dumps({"query": query})


def _given(world: World) -> list[str]:
    return [tool.name for tool in world.model.requests[-1].tools]


async def test_the_model_searches_calls_what_it_found_and_answers(turn: Turn) -> None:
    world = turn.world
    searched = await turn.step(0, *asks(_search("stock")))
    assert (searched.outcome, searched.calls) == ("tools", ())
    assert _given(world) == [FIND_TOOLS, "erp__ping"]
    assert "120 tools" in world.model.requests[-1].instructions
    assert "stock_5" not in world.model.requests[-1].instructions
    asked = await turn.step(1, *asks(("erp__stock_0", "{}")))
    assert len(_given(world)) == 2 + FOUND_AT_ONCE
    assert "erp__stock_0" in _given(world)
    (output,) = [item.output for item in world.model.requests[-1].items if isinstance(item, ToolResult)]
    assert output.startswith("Found, and given to you from now on: erp__stock_0")
    assert await turn.call(asked.calls[0]) == "completed"
    assert (await turn.step(2, *answer("Seven."))).outcome == "answered"
    assert [use.tool for use in world.tools.calls] == ["stock_0"]
    await turn.finish()
    later = await turn.next_turn("And invoices?")
    await later.step(0, *answer("None."))
    assert "erp__stock_0" in _given(world)


async def test_the_answer_to_a_search_is_stored_with_the_step_and_told_like_any_result(turn: Turn) -> None:
    await turn.step(0, *asks(_search("stock")))
    events = await turn.world.events(turn.session_id)
    (done,) = [event for event in events if isinstance(event, ToolCallCompleted)]
    assert (done.server, done.tool, done.status, done.trust) == ("", FIND_TOOLS, "completed", "trusted")
    assert [event for event in events if isinstance(event, ToolCallStarted)] == []
    assert turn.world.tools.calls == []
    again = await turn.step(0)
    assert (again.outcome, again.calls) == ("tools", ())
    assert len(await turn.world.events(turn.session_id)) == len(events)


async def test_what_was_not_given_may_be_called_all_the_same_and_is_checked_as_ever(turn: Turn) -> None:
    asked = await turn.step(0, *asks(("erp__invoice_9", "{}"), ("erp__stock_7", "{}"), ("erp__none", "{}")))
    assert [await turn.call(call) for call in asked.calls] == ["completed", "denied", "denied"]
    assert [use.tool for use in turn.world.tools.calls] == ["invoice_9"]


async def test_the_same_search_a_third_time_is_refused_like_any_call(turn: Turn) -> None:
    for step in range(3):
        await turn.step(step, *asks(_search("stock")))
    events = await turn.world.events(turn.session_id)
    statuses = [event.status for event in events if isinstance(event, ToolCallCompleted)]
    assert statuses == ["completed", "completed", "denied"]


async def test_answering_again_may_search_with_other_words(turn: Turn) -> None:
    await turn.step(0, *asks(_search("stock")))
    await turn.step(1, *answer("Seven."))
    await turn.finish()
    told = await turn.client.send(
        {
            "type": "message.regenerate",
            "conversation_id": turn.session_id,
            "message_id": f"{turn.turn_id}.1",
            "client_message_id": "again",
        }
    )
    assert told.event["type"] == "command.accepted", told.event
    again = Turn(turn.world, turn.client, turn.session_id, told.event["turn_id"], told.event["seq"])
    await again.step(0, *asks(_search("invoice")))
    events = await turn.world.events(turn.session_id)
    statuses = [event.status for event in events if isinstance(event, ToolCallCompleted)]
    assert statuses == ["completed", "completed"]
