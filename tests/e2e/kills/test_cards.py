"""The worker is killed while a card is opened, while it is answered, and while the answered call is made."""

import pytest

from shared.protocol.durable import ChatResponse
from tests.e2e.kills.cell import Cell, open_cell
from tests.e2e.kills.checks import as_told, check
from tests.e2e.kills.doors import Doors
from tests.e2e.kills.places import Moment, Place, arm, creates, kill_at, publishes
from tests.e2e.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]

OPENING = creates(r"\.0\.0\.q1\.opened")
SHOWING = publishes("question.opened")
PARKING = publishes("turn.parked")
CLOSING = creates(r"\.0\.0\.q1\.closed")
RESUMING = publishes("turn.resumed")


async def _answered(cell: Cell) -> None:
    card = await cell.client.wait_for(lambda event: event["type"] == "question.opened")
    names = {name: card[name] for name in ("conversation_id", "question_id", "fence")}
    await cell.client.send({"type": "question.answer", "answer": "approve", "command_id": "allowed", **names})


async def _ended(cell: Cell) -> ChatResponse:
    await cell.ended()
    end = await check(cell)
    assert (await cell.log()).head.cards == ()
    return end


@pytest.mark.parametrize("moment", ["before", "during", "after"])
@pytest.mark.parametrize("place", [OPENING, SHOWING, PARKING], ids=["opening", "showing", "parking"])
async def test_a_card_that_was_being_opened_is_opened_once_and_shown(
    kill_stack: Stack, doors: Doors, place: Place, moment: Moment
) -> None:
    async with open_cell(kill_stack, doors, "has to ask") as cell:
        held = await arm(cell, place, moment)
        await cell.ask()
        await kill_at(cell, held, moment)
        await _answered(cell)
        await as_told(cell, await _ended(cell), ("completed",), 1)


@pytest.mark.parametrize("moment", ["before", "during"])
async def test_an_answer_that_was_being_stored_counts_once(kill_stack: Stack, doors: Doors, moment: Moment) -> None:
    async with open_cell(kill_stack, doors, "has to ask") as cell:
        await cell.ask()
        await cell.client.wait_for(lambda event: event["type"] == "turn.parked")
        held = await arm(cell, CLOSING, moment)
        await _answered(cell)
        await kill_at(cell, held, moment)
        await as_told(cell, await _ended(cell), ("completed",), 1)


@pytest.mark.parametrize(
    ("place", "moment"),
    [(CLOSING, "after"), (RESUMING, "before"), (RESUMING, "during"), (RESUMING, "after")],
    ids=["closing-after", "resuming-before", "resuming-during", "resuming-after"],
)
async def test_an_answer_that_was_stored_stands_and_what_it_allowed_is_done_once_at_most(
    kill_stack: Stack, doors: Doors, place: Place, moment: Moment
) -> None:
    async with open_cell(kill_stack, doors, "has to ask") as cell:
        await cell.ask()
        await cell.client.wait_for(lambda event: event["type"] == "turn.parked")
        held = await arm(cell, place, moment)
        await _answered(cell)
        await kill_at(cell, held, moment)
        # The turn is told to go on at the same time: its call may be what was killed.
        assert [tool.status for tool in (await _ended(cell)).tool_feedback] in (["completed"], ["unknown"])
