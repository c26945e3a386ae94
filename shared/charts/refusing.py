"""Why a proposal cannot be drawn from a table, in words the utility model can act on. Pure."""

from collections.abc import Iterator

from shared.charts.proposal import Proposal
from shared.charts.tables import Column, Table
from shared.charts.values import label_of

_SHOWN = 20
_AMOUNTS = frozenset({"amount", "revenue", "value", "price", "total", "cost", "sum", "won", "pipeline", "forecast"})


def reasons_against(proposal: Proposal, table: Table) -> tuple[str, ...]:
    """Return what is wrong with the proposal; nothing where it can be computed."""
    missing = tuple(_missing(proposal, table))
    return missing or tuple(_wrong(proposal, table))


def _missing(proposal: Proposal, table: Table) -> Iterator[str]:
    known = ", ".join(column.pointer for column in table.columns[:_SHOWN])
    for role, pointer in (("x", proposal.x), ("y", proposal.y), ("series", proposal.series)):
        if pointer is not None and table.column(pointer) is None:
            yield f"{role}: there is no column {pointer} in {table.pointer or 'the result'}; there are {known}"


def _wrong(proposal: Proposal, table: Table) -> Iterator[str]:
    x, y = table.column(proposal.x), table.column(proposal.y or "")
    if proposal.y is None and proposal.aggregate != "count":
        yield "y: name a column of numbers, or count"
    if y is not None and y.kind != "number" and proposal.aggregate != "count":
        yield f"y: {y.pointer} does not hold numbers; count its rows, or take another column"
    if x is not None and proposal.bucket != "none" and x.kind != "date":
        yield f"bucket: {x.pointer} does not hold days"
    if proposal.series is not None and proposal.series == proposal.x:
        yield "series: it is the same column as x"
    if proposal.mark == "arc" and (proposal.series is not None or proposal.aggregate == "mean"):
        yield "mark: an arc shows parts of one whole, without series and not of means"
    if proposal.mark in {"line", "area"} and x is not None and x.kind == "text" and proposal.sort.startswith("y"):
        yield "mark: a line needs an order along x; use bars, or sort by x"
    yield from _mixed(proposal, y, table)


def _mixed(proposal: Proposal, y: Column | None, table: Table) -> Iterator[str]:
    """Amounts of several currencies do not add up, and do not compare."""
    if y is None or proposal.aggregate == "count" or not _AMOUNTS & set(y.name.lower().split()):
        return
    for column in table.columns:
        if column.name.lower().split()[-1:] != ["currency"] or column.pointer in {proposal.x, proposal.series}:
            continue
        found = sorted({label for label in map(label_of, column.cells) if label})
        if len(found) > 1:
            yield f"series: the amounts are in {', '.join(found[:_SHOWN])}; take {column.pointer} as series"
