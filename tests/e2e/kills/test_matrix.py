"""The worker is killed at every place of a turn, at every moment, once and twice; the turn ends as if nothing was.

A cell kills the process that runs the app's code when a certain request of its turn is on its way, and looks at all
invariants when the turn has ended (`checks`).
"""

from dataclasses import dataclass

import pytest

from tests.e2e.kills.cell import Kind, open_cell
from tests.e2e.kills.checks import as_told, check
from tests.e2e.kills.doors import Doors
from tests.e2e.kills.places import (
    FINISH,
    MODEL,
    PUBLISH,
    QUESTION,
    RESULT,
    SAVE,
    STEP,
    TELL,
    TOOL,
    Moment,
    Place,
    arm,
    kill_at,
)
from tests.e2e.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]

PLACES = {
    "model": MODEL,
    "tool": TOOL,
    "save": SAVE,
    "publish": PUBLISH,
    "finish": FINISH,
    "question": QUESTION,
    "step": STEP,
    "result": RESULT,
    "tell": TELL,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """`again` is where the work that is delivered again comes to, if the place is behind it by then.

    `told` is what the turn says of its tool call, `ran` how often the tool really ran, if that is certain.
    """

    place: str
    moment: Moment
    kind: Kind
    again: str | None = None
    told: str | None = None
    ran: int | None = None
    times: tuple[str, ...] = ("once", "twice")


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


@pytest.mark.parametrize(
    ("row", "times"),
    [
        pytest.param(
            row,
            times,
            id=f"{row.place}-{row.moment}-{times}-{row.kind.replace(' ', '_')}",
            marks=pytest.mark.xdist_group(f"kills-{times}"),
        )
        for row in ROWS
        for times in row.times
    ],
)
async def test_a_worker_killed_here_loses_nothing_and_does_nothing_twice(
    kill_stack: Stack, doors: Doors, row: Row, times: str
) -> None:
    async with open_cell(kill_stack, doors, row.kind) as cell:
        first = await arm(cell, PLACES[row.place], row.moment)
        await cell.ask()
        late = [await kill_at(cell, first, row.moment)]
        if times == "twice":
            again, moment = _again(row)
            late.append(await kill_at(cell, await arm(cell, again, moment), moment))
        await cell.ended()
        for held in late:
            if held is not None:
                await doors.decide(held, "carry_out")

        await as_told(cell, await check(cell), (row.told,) if row.told else (), row.ran)


def _again(row: Row) -> tuple[Place, Moment]:
    """What was carried out is not come to again; what the work delivered again comes to is then killed before it."""
    return (PLACES[row.place], row.moment) if row.again is None else (PLACES[row.again], "before")
