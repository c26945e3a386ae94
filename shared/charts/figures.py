"""Figures in an answer, held against what the tools returned: which of them stand on nothing. Pure.

A figure counts as found when some value rounds to it as it is written: `1.2M` stands for 1,180,000, `12 %` for 0.1204
as well as for 12. Values are the numbers of the results, what people said, and of each table's columns the number of
cells, sum, mean, extremes, and the sums, shares and numbers of rows by each column of words. What is no statement about
data is not looked at: days, times, years, places in a list, small counts of things.
"""

import bisect
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from shared.charts.tables import Column, Json, Table, numbers_in
from shared.charts.values import label_of, number_of

MAX_FIGURES = 100
MAX_TOLD = 20
SMALL = 12
"""Whole numbers up to here count things, such as steps of a plan."""
_YEARS = range(1900, 2101)
_MOST_GROUPS = 60
_MOST_CELLS = 60_000
_SCALES = {"k": 1_000, "m": 1_000_000, "mn": 1_000_000, "mio": 1_000_000, "b": 10**9, "bn": 10**9} | {
    "thousand": 1_000,
    "million": 1_000_000,
    "billion": 10**9,
}
_FIGURE = re.compile(
    r"(?<![\w.,:/\-#])(?P<digits>\d{1,3}(?:[,\u202f\u00a0']\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"(?:[ \u00a0\u202f]?(?P<scale>k|K|M|m|mn|Mio|bn|B|b|thousand|million|billion)\b)?"
    r"(?P<percent>[ \u00a0\u202f]?%)?(?![\w/:]|[.,]\d|-\d)"
)
_MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*"
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_NOT_DATA = re.compile(
    r"```.*?```|`[^`\n]*`|https?://\S+|\[[^\]\n]*\]\([^)\n]*\)"
    r"|\b\d{4}-\d{2}(?:-\d{2})?(?:T[\d:.]+Z?)?|\b\d{1,2}:\d{2}\b|^\s*\d+[.)]\s|\bQ[1-4]\b"
    rf"|\b{_DAY}\.? (?:of )?{_MONTH}|\b{_MONTH} {_DAY}\b",
    re.DOTALL | re.MULTILINE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """How many figures were looked at, and those found nowhere, as they are written, each once."""

    figures: int
    unmatched: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Figure:
    """A number as it is written; it stands for what lies within half a unit of its last digit."""

    text: str
    value: Decimal
    half: Decimal
    percent: bool


class KnownValues:
    """What figures may stand for."""

    def __init__(self, results: Iterable[Json], tables: Iterable[Table], said: Iterable[str]) -> None:
        """Gather the values of whole results, of their tables, and of what people `said`."""
        values = {abs(number) for result in results for number in numbers_in(result)}
        self._shares: list[Decimal] = []
        for table in tables:
            values |= {abs(number) for number in _of_table(table)}
            self._shares += (abs(share) for share in _shares(table))
        for text in said:
            values |= {figure.value for figure in _figures(text)}
        self._values = sorted(values)
        self._parts = sorted({*self._shares, *(value for value in self._values if value <= 1)})

    def stand_for(self, figure: _Figure) -> bool:
        if _near(self._values, figure.value, figure.half):
            return True
        return figure.percent and _near(self._parts, figure.value / 100, figure.half / 100)


def check_figures(text: str, known: KnownValues) -> Checked:
    """Return which figures of an answer stand for none of the values that are known."""
    figures = [figure for figure in _figures(text) if _says_something(figure)][:MAX_FIGURES]
    unmatched = (figure.text for figure in figures if not known.stand_for(figure))
    return Checked(figures=len(figures), unmatched=tuple(dict.fromkeys(unmatched))[:MAX_TOLD])


def _figures(text: str) -> Iterator[_Figure]:
    bare = _NOT_DATA.sub(lambda found: " " * len(found[0]), text)
    for found in _FIGURE.finditer(bare):
        digits = re.sub(r"[^\d.]", "", found["digits"])
        scale = Decimal(_SCALES.get((found["scale"] or "").lower(), 1))
        unit = Decimal(1).scaleb(-len(digits.partition(".")[2]))
        yield _Figure(
            text=found[0].strip(),
            value=Decimal(digits) * scale,
            half=unit * scale / 2 if scale > 1 or "." in digits or found["percent"] else _half_of_whole(digits),
            percent=found["percent"] is not None,
        )


def _half_of_whole(digits: str) -> Decimal:
    """A whole number stands for what rounds to it; one like 240,000, with zeros at its end, is taken for rounded."""
    zeros = len(digits) - len(digits.rstrip("0"))
    return Decimal(10) ** zeros / 2 if zeros >= len("000") and len(digits) > zeros + 1 else Decimal("0.5")


def _says_something(figure: _Figure) -> bool:
    plain = figure.text.isdigit()
    return not (plain and (figure.value <= SMALL or int(figure.value) in _YEARS))


def _near(values: Sequence[Decimal], value: Decimal, half: Decimal) -> bool:
    at = bisect.bisect_left(values, value - half)
    return at < len(values) and values[at] <= value + half


def _of_table(table: Table) -> Iterator[Decimal]:
    yield Decimal(table.size)
    groupings = _groupings(table)
    for groups in groupings:
        yield Decimal(len(groups))
        yield from (Decimal(len(rows)) for rows in groups)
    for column in table.columns:
        if column.kind == "number":
            yield from _of_cells(column, range(table.size))
            for groups in groupings:
                for rows in groups:
                    yield from _of_cells(column, rows)


def _of_cells(column: Column, rows: Iterable[int]) -> Iterator[Decimal]:
    values = [number for row in rows if (number := number_of(column.cells[row])) is not None]
    if values:
        whole = sum(values, start=Decimal(0))
        yield from (*values, whole, whole / len(values))


def _shares(table: Table) -> Iterator[Decimal]:
    """Return the parts of a whole: of a column's sum its cells and groups, of all rows those of each group."""
    groupings = _groupings(table)
    yield from (Decimal(len(rows)) / table.size for groups in groupings for rows in groups)
    for column in table.columns:
        numbers = [number_of(cell) or Decimal(0) for cell in column.cells]
        whole = sum(numbers, start=Decimal(0))
        if column.kind == "number" and whole:
            yield from (number / whole for number in numbers)
            for groups in groupings:
                yield from (sum((numbers[row] for row in rows), start=Decimal(0)) / whole for rows in groups)


def _groupings(table: Table) -> list[list[list[int]]]:
    """Return the ways to group the rows, as many as can be computed with in no time."""
    found = [_groups(column) for column in table.columns if column.kind != "number"]
    numbers = sum(column.kind == "number" for column in table.columns)
    room = _MOST_CELLS // max(1, numbers * table.size)
    return [groups for groups in found if len(groups) <= _MOST_GROUPS][:room]


def _groups(column: Column) -> list[list[int]]:
    """Return the rows of each label of the column."""
    found: dict[str | None, list[int]] = {}
    for row, cell in enumerate(column.cells):
        found.setdefault(label_of(cell), []).append(row)
    return list(found.values())
