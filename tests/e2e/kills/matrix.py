"""A cell of the matrix: the worker is killed at a place; when the turn has ended, all invariants are looked at."""

from dataclasses import dataclass

import pytest

from tests.e2e.kills.cell import Cell, Kind
from tests.e2e.kills.checks import as_told, check
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


def rows_and_times(*rows: Row) -> list[object]:
    """Return the parameters of a test of these rows, each as often as it is to be killed; one stack for each."""
    return [
        pytest.param(
            row,
            times,
            id=f"{row.place}-{row.moment}-{times}-{row.kind.replace(' ', '_')}",
            marks=pytest.mark.xdist_group(f"kills-{times}"),
        )
        for row in rows
        for times in row.times
    ]


async def survive(cell: Cell, row: Row, times: str) -> None:
    """Ask, kill the worker as the row says, let what was late go on, and hold the turn against the invariants."""
    first = await arm(cell, PLACES[row.place], row.moment)
    await cell.ask()
    late = [await kill_at(cell, first, row.moment)]
    if times == "twice":
        again, moment = _again(row)
        late.append(await kill_at(cell, await arm(cell, again, moment), moment))
    await cell.ended()
    for held in late:
        if held is not None:
            await cell.doors.decide(held, "carry_out")

    await as_told(cell, await check(cell), (row.told,) if row.told else (), row.ran)


def _again(row: Row) -> tuple[Place, Moment]:
    """What was carried out is not come to again; what the work delivered again comes to is then killed before it."""
    return (PLACES[row.place], row.moment) if row.again is None else (PLACES[row.again], "before")
