"""The worker is killed while somebody asks in a group: the turn ends as if nothing was, for each member as for them.

The same places, moments and times as in a session, and those where a group does more: a step has an audience, what is
narrow is sent twice, an answer is shared. Beside the invariants of any cell (`checks`), each member's client holds
exactly what the log says that this member may see, and a stranger with a connection gets nothing.
"""

import pytest

from shared.protocol.group import MessageShared
from tests.e2e.kills.checks import as_told, check
from tests.e2e.kills.doors import Doors
from tests.e2e.kills.group_cell import open_group_cell
from tests.e2e.kills.matrix import Row, rows_and_times, survive
from tests.e2e.kills.places import FINISH, Moment, Place, arm, creates, kill_at, publishes
from tests.e2e.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]
ONE_STACK = pytest.mark.xdist_group("kills-once")

ROWS = (
    Row(place="model", moment="before", kind="answers"),
    Row(place="model", moment="during", kind="answers"),
    Row(place="model", moment="after", kind="answers"),
    Row(place="tool", moment="before", kind="looks up", told="completed"),
    Row(place="tool", moment="during", kind="looks up", told="completed"),
    Row(place="tool", moment="after", kind="looks up", told="completed"),
    Row(place="save", moment="before", kind="looks up", told="completed"),
    Row(place="save", moment="during", kind="looks up", again="publish", told="completed"),
    Row(place="save", moment="after", kind="looks up", again="publish", told="completed"),
    Row(place="publish", moment="before", kind="looks up", told="completed"),
    Row(place="publish", moment="during", kind="looks up", told="completed"),
    Row(place="publish", moment="after", kind="looks up", again="step", told="completed"),
    Row(place="finish", moment="before", kind="answers"),
    Row(place="finish", moment="during", kind="answers", again="tell"),
    Row(place="finish", moment="after", kind="answers", again="tell"),
    Row(place="question", moment="before", kind="answers"),
    Row(place="question", moment="during", kind="answers"),
    Row(place="question", moment="after", kind="answers"),
)
TOLD_OTHERS = publishes("withheld")
SHARED = creates(r"\.\d\.shared")
TOLD_SHARED = publishes("message.shared")


@pytest.mark.parametrize(("row", "times"), rows_and_times(*ROWS))
async def test_a_worker_killed_here_loses_nothing_in_a_group(
    kill_stack: Stack, doors: Doors, row: Row, times: str
) -> None:
    async with open_group_cell(kill_stack, doors, row.kind) as cell:
        await survive(cell, row, times)


@ONE_STACK
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


@ONE_STACK
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


@ONE_STACK
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
