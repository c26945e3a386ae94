"""The worker is killed at every place of a turn, at every moment, once and twice; the turn ends as if nothing was.

A cell kills the process that runs the app's code when a certain request of its turn is on its way, and looks at all
invariants when the turn has ended (`checks`).
"""

import pytest

from tests.e2e.kills.cell import open_cell
from tests.e2e.kills.doors import Doors
from tests.e2e.kills.matrix import Row, rows_and_times, survive
from tests.e2e.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]

ONCE = ("once",)
ROWS = (
    Row(place="model", moment="before", kind="answers"),
    Row(place="model", moment="during", kind="answers"),
    Row(place="model", moment="after", kind="answers"),
    Row(place="tool", moment="before", kind="looks up", told="completed"),
    Row(place="tool", moment="during", kind="looks up", told="completed"),
    Row(place="tool", moment="after", kind="looks up", told="completed"),
    Row(place="tool", moment="late", kind="looks up", told="completed", times=ONCE),
    Row(place="tool", moment="before", kind="writes down", again="result", told="unknown", ran=0),
    Row(place="tool", moment="during", kind="writes down", again="result", told="unknown", ran=1),
    Row(place="tool", moment="after", kind="writes down", again="result", told="unknown", ran=1),
    Row(place="tool", moment="late", kind="writes down", told="unknown", ran=1, times=ONCE),
    Row(place="save", moment="before", kind="writes down", told="completed", ran=1),
    Row(place="save", moment="during", kind="writes down", again="publish", told="completed", ran=1),
    Row(place="save", moment="after", kind="writes down", again="publish", told="completed", ran=1),
    Row(place="save", moment="late", kind="writes down", told="completed", ran=1, times=ONCE),
    Row(place="publish", moment="before", kind="looks up", told="completed"),
    Row(place="publish", moment="during", kind="looks up", told="completed"),
    Row(place="publish", moment="after", kind="looks up", again="step", told="completed"),
    Row(place="publish", moment="late", kind="looks up", told="completed", times=ONCE),
    Row(place="finish", moment="before", kind="answers"),
    Row(place="finish", moment="during", kind="answers", again="tell"),
    Row(place="finish", moment="after", kind="answers", again="tell"),
    Row(place="finish", moment="late", kind="answers", times=ONCE),
    Row(place="question", moment="before", kind="answers"),
    Row(place="question", moment="during", kind="answers"),
    Row(place="question", moment="after", kind="answers"),
    Row(place="question", moment="late", kind="answers", times=ONCE),
    Row(place="result", moment="before", kind="writes down", told="unknown", ran=1, times=ONCE),
    Row(place="result", moment="during", kind="writes down", told="completed", ran=1, times=ONCE),
    Row(place="tell", moment="before", kind="looks up", told="completed", times=ONCE),
    Row(place="tell", moment="during", kind="looks up", told="completed", times=ONCE),
)


@pytest.mark.parametrize(("row", "times"), rows_and_times(*ROWS))
async def test_a_worker_killed_here_loses_nothing_and_does_nothing_twice(
    kill_stack: Stack, doors: Doors, row: Row, times: str
) -> None:
    async with open_cell(kill_stack, doors, row.kind) as cell:
        await survive(cell, row, times)
