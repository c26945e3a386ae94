"""The worker is killed while somebody asks in a group: the turn ends as if nothing was, for each member as for them.

Each place of the matrix, and each moment, where a group does more than a session: the question is decided on with its
members, a step has an audience, what is narrow is sent twice. What is killed twice, late or overtaken is the same code
as in a session and tried there. Beside the invariants of any cell (`checks`), each member's client holds exactly what
the log says that this member may see, and a stranger with a connection gets nothing.
"""

import pytest

from shared.protocol.group import MessageShared
from tests.e2e.kills.cell import Kind
from tests.e2e.kills.checks import as_told, check
from tests.e2e.kills.doors import Doors
from tests.e2e.kills.group_cell import open_group_cell
from tests.e2e.kills.places import (
    FINISH,
    MODEL,
    PUBLISH,
    QUESTION,
    SAVE,
    TOOL,
    Moment,
    Place,
    arm,
    creates,
    kill_at,
    publishes,
)
from tests.e2e.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("kills-once"), pytest.mark.timeout(180)]

type Row = tuple[str, Place, Moment, Kind, str | None]
"""Name, where and when, what is asked, and what is said of the tool call."""
ROWS: tuple[Row, ...] = (
    ("model", MODEL, "during", "answers", None),
    ("tool", TOOL, "after", "looks up", "completed"),
    ("save", SAVE, "during", "looks up", "completed"),
    ("publish", PUBLISH, "during", "looks up", "completed"),
    ("finish", FINISH, "during", "answers", None),
    ("question", QUESTION, "before", "answers", None),
    ("question", QUESTION, "during", "answers", None),
)
TOLD_OTHERS = publishes("withheld")
SHARED = creates(r"\.\d\.shared")
TOLD_SHARED = publishes("message.shared")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]}-{row[2]}")
async def test_a_worker_killed_here_loses_nothing_in_a_group(kill_stack: Stack, doors: Doors, row: Row) -> None:
    _, place, moment, kind, told = row
    async with open_group_cell(kill_stack, doors, kind) as cell:
        held = await arm(cell, place, moment)
        await cell.ask()
        await kill_at(cell, held, moment)
        await cell.ended()
        await as_told(cell, await check(cell), (told,) if told else (), None)


@pytest.mark.parametrize(
    ("place", "moment"),
    [(TOLD_OTHERS, "during"), (FINISH, "after")],
    ids=["others-during", "finish-after"],
)
async def test_a_whispered_question_stays_its_askers_whenever_the_worker_dies(
    kill_stack: Stack, doors: Doors, place: Place, moment: Moment
) -> None:
    async with open_group_cell(kill_stack, doors, "answers", whispered=True) as cell:
        held = await arm(cell, place, moment)
        await cell.ask()
        await kill_at(cell, held, moment)
        await cell.ended()
        await as_told(cell, await check(cell), (), None)
        (other,) = cell.others
        told = [event for event in other.events if event["type"] != "snapshot"]
        assert cell.marker not in str(told)
        assert cell.client.principal not in str(told)


async def test_what_only_the_asker_may_see_reaches_nobody_else_when_the_worker_dies(
    kill_stack: Stack, doors: Doors
) -> None:
    async with open_group_cell(kill_stack, doors, "looks around") as cell:
        held = await arm(cell, TOLD_OTHERS, "during")
        await cell.ask()
        await kill_at(cell, held, "during")
        await cell.ended()
        end = await check(cell)
        await as_told(cell, end, ("completed",), None)
        # The room is answered by a step of its own.
        assert end.message_id == f"{end.turn_id}.2"


@pytest.mark.parametrize(
    ("place", "moment"),
    [(SHARED, "during"), (TOLD_SHARED, "before")],
    ids=["save-during", "publish-before"],
)
async def test_an_answer_that_was_being_shared_is_shared_once(
    kill_stack: Stack, doors: Doors, place: Place, moment: Moment
) -> None:
    async with open_group_cell(kill_stack, doors, "answers", whispered=True) as cell:
        await cell.ask()
        await cell.ended()
        end = await check(cell)
        held = await arm(cell, place, moment)
        wish = {"type": "message.share", "conversation_id": cell.client.session_id, "message_id": end.message_id}
        await cell.client.send(wish | {"command_id": "share"})
        await kill_at(cell, held, moment)
        await cell.client.wait_for(lambda event: event.get("command_id") == "share")
        for client in cell.clients:
            shared = await client.wait_for(lambda event: event["type"] == "message.shared")
            assert shared["parts"], shared
        log = await cell.log()
        assert [event.message_id for event in log.events if isinstance(event, MessageShared)] == [end.message_id]
        log.assert_sound()
