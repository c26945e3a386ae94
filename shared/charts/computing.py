"""Makes a proposed chart of a table: resolves its columns, groups, computes, sorts; or says why it cannot. Pure.

Sums and means are of exact decimals. A cell that says nothing counts for nothing; a group in which no cell says a
number has no sum and no mean, and is left out.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from shared.charts.buckets import bucket_of
from shared.charts.proposal import Proposal, ProposalRefused
from shared.charts.refusing import reasons_against
from shared.charts.tables import Column, Table
from shared.charts.values import day_of, label_of, number_of

MAX_MARKS = 200

type Key = tuple[str | Decimal | None, str | None]
"""Where a mark stands (a label, or a number of a `point` chart), and its series."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One mark: its place, its series if there are any, and its value."""

    x: str | Decimal | None
    series: str | None
    value: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Computed:
    """A chart's marks in their order, and what they were made of. `unit` is the one currency of the values, if any."""

    x: Column
    y: Column | None
    series: Column | None
    unit: str | None
    marks: tuple[Mark, ...]


def compute(proposal: Proposal, table: Table) -> Computed:
    """Return the chart's data.

    Raises:
        ProposalRefused: it cannot be drawn; the reasons say what is wrong with it.

    """
    refused = reasons_against(proposal, table)
    if refused:
        raise ProposalRefused(*refused)
    x, y = table.column(proposal.x), table.column(proposal.y or "")
    series = table.column(proposal.series or "")
    assert x is not None  # noqa: S101 - a proposal without it is refused above
    marks = _marks(proposal, _rows(proposal, x, y, series, table.size))
    marks = _sorted(proposal, _top(proposal, marks), by_time=x.kind == "date")
    if not marks:
        raise ProposalRefused("no row has a value to draw")
    if len(marks) > MAX_MARKS:
        raise ProposalRefused(f"{len(marks)} marks are too many to read: use `top`, a coarser bucket or an aggregate")
    if proposal.mark == "arc" and any(mark.value < 0 for mark in marks):
        raise ProposalRefused("parts of a whole cannot be negative: use bars")
    return Computed(x=x, y=y, series=series, unit=_unit(proposal, table), marks=tuple(marks))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """What counts of a row. `given`: its cell of the value's column says something."""

    key: Key
    value: Decimal | None
    given: bool


def _rows(proposal: Proposal, x: Column, y: Column | None, series: Column | None, size: int) -> Iterator[_Row]:
    for index in range(size):
        cell = y.cells[index] if y is not None else None
        yield _Row(
            key=(_place(proposal, x, index), label_of(series.cells[index]) if series else None),
            value=number_of(cell),
            given=y is None or (cell is not None and cell != ""),
        )


def _place(proposal: Proposal, x: Column, index: int) -> str | Decimal | None:
    cell = x.cells[index]
    if proposal.mark == "point" and proposal.aggregate == "none" and x.kind == "number":
        return number_of(cell)
    day = day_of(cell) if x.kind == "date" else None
    return label_of(cell) if day is None else bucket_of(day, proposal.bucket)


def _marks(proposal: Proposal, rows: Iterator[_Row]) -> list[Mark]:
    if proposal.aggregate == "none":
        drawn = [_mark(row.key, row.value) for row in rows if row.value is not None]
        if proposal.mark != "point" and len({(mark.x, mark.series) for mark in drawn}) < len(drawn):
            raise ProposalRefused("several rows have the same x: aggregate them (sum, mean or count)")
        return [mark for mark in drawn if proposal.mark != "point" or mark.x is not None]
    groups: dict[Key, list[_Row]] = {}
    for row in rows:
        groups.setdefault(row.key, []).append(row)
    computed = ((key, _AGGREGATES[proposal.aggregate](group)) for key, group in groups.items())
    return [_mark(key, value) for key, value in computed if value is not None]


def _mark(key: Key, value: Decimal) -> Mark:
    return Mark(x=key[0], series=key[1], value=value)


def _count(group: Sequence[_Row]) -> Decimal | None:
    return Decimal(sum(row.given for row in group))


def _sum(group: Sequence[_Row]) -> Decimal | None:
    values = [row.value for row in group if row.value is not None]
    return sum(values, start=Decimal(0)) if values else None


def _mean(group: Sequence[_Row]) -> Decimal | None:
    values = [row.value for row in group if row.value is not None]
    return sum(values, start=Decimal(0)) / len(values) if values else None


_AGGREGATES: dict[str, Callable[[Sequence[_Row]], Decimal | None]] = {"sum": _sum, "mean": _mean, "count": _count}


def _top(proposal: Proposal, marks: list[Mark]) -> list[Mark]:
    """Keep the places with the highest values, of all series together; of equal ones the first."""
    if proposal.top is None:
        return marks
    totals = _totals(marks)
    kept = set(sorted(totals, key=lambda place: -totals[place])[: proposal.top])
    return [mark for mark in marks if mark.x in kept]


def _totals(marks: Sequence[Mark]) -> dict[str | Decimal | None, Decimal]:
    totals: dict[str | Decimal | None, Decimal] = {}
    for mark in marks:
        totals[mark.x] = totals.get(mark.x, Decimal(0)) + mark.value
    return totals


def _sorted(proposal: Proposal, marks: list[Mark], *, by_time: bool) -> list[Mark]:
    """Return the marks in order: as wished, else in order of time, else as they first come in the table."""
    wish = "x_ascending" if proposal.sort == "none" and by_time else proposal.sort
    axis, _, direction = wish.partition("_")
    descending = direction == "descending"
    match axis:
        case "x":
            return sorted(marks, key=lambda mark: _ordinal(mark.x, last=not descending), reverse=descending)
        case "y":
            totals = _totals(marks)
            return sorted(marks, key=lambda mark: totals[mark.x], reverse=descending)
        case _:
            return marks


def _ordinal(place: str | Decimal | None, *, last: bool) -> tuple[bool, bool, Decimal, str]:
    """Order places: numbers as numbers, words as words, what is not given at the end."""
    if place is None:
        return last, False, Decimal(0), ""
    number = place if isinstance(place, Decimal) else number_of(place)
    return not last, number is None, number or Decimal(0), "" if number is not None else str(place)


def _unit(proposal: Proposal, table: Table) -> str | None:
    if proposal.y is None or proposal.aggregate == "count":
        return None
    found = {
        label for column in table.columns if _is_currency(column) for label in map(label_of, column.cells) if label
    }
    return next(iter(found)) if len(found) == 1 else None


def _is_currency(column: Column) -> bool:
    """Tell whether the column says what currency a row's amounts are in."""
    return column.name.split()[-1:] == ["currency"]
