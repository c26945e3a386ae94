"""What is found of an answer's links in a group is told to whoever may see what it was found in."""

from collections.abc import AsyncGenerator
from dataclasses import replace

import pytest

from orchestration.beside import beside_answer
from orchestration.messages import FinishRequest
from shared.settings import ServiceAddress
from shared.tools.outcome import ToolOutcome
from shared.usage.teams import UNASSIGNED
from tests.conftest import DATABASE
from tests.orchestration.beside import Utility, deps_of
from tests.orchestration.group_turns import GroupTurn, new_group_turn
from tests.support.doubles import Sent, answer, asks
from tests.support.side_calls import side_calls_of
from tests.support.world import CATALOG, World, world_on

LINK = "https://x.example/1"
PRIVATE_CATALOG = CATALOG.replace('"idempotent": true},', '"idempotent": true, "readers": "asker"},', 1)


@pytest.fixture
async def private_world(cosmos_address: ServiceAddress) -> AsyncGenerator[World]:
    """A world in which what `crm.find` returns is its asker's alone."""
    async with world_on(cosmos_address, DATABASE, PRIVATE_CATALOG) as world:
        yield world


async def told_of(world: World) -> tuple[GroupTurn, list[Sent]]:
    """Let a turn in a group look something up and link to it; return it, and what was told of its links."""
    room = await new_group_turn(world)
    world.tools.outcomes["find"] = ToolOutcome(status="completed", text=f"See {LINK}.", is_error=False, ms=5)
    asked = await room.step(0, *asks(("crm__find", "{}")))
    await room.call(asked.calls[0])
    told = await room.step(1, *answer(f"It is at {LINK}."))
    if told.room_waits:
        await room.step(2, *answer("I told them alone."), room=True)
    await room.finish()
    request = FinishRequest(
        conversation_id=room.group_id,
        turn_id=room.turn_id,
        asker=room.asker.id,
        team=UNASSIGNED,
        question_seq=room.question_seq,
        status="completed",
    )
    await beside_answer(replace(deps_of(world), calls=side_calls_of(world, model=Utility([], []))), request)
    found = [sent for sent in room.reaches(room.asker) if sent.type == "answer.checked"]
    assert [sent.event["sources"][0]["links"] for sent in found] == [[LINK]]
    return room, [sent for sent in room.reaches(room.others[0]) if sent.event.get("seq") == found[0].event["seq"]]


async def test_the_source_of_a_result_everyone_may_see_is_told_to_everyone(world: World) -> None:
    _, others = await told_of(world)
    assert [sent.type for sent in others] == ["answer.checked"]


async def test_the_source_of_a_result_for_its_asker_alone_is_told_to_nobody_else(private_world: World) -> None:
    room, others = await told_of(private_world)
    assert [sent.type for sent in others] == ["withheld"]
    assert LINK not in str([sent.event for sent in room.reaches(room.others[0])])
