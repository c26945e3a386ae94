"""The tables in a tool's result, each under the JSON pointer to it. Pure.

What is pointed into is the result as JSON; where a result is several texts, the list of those of its lines that are
JSON. A table is a list of objects, an object with `columns` and `rows`, or an object of nothing but numbers.
"""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import cast

from shared.charts.values import Cell, Kind, kind_of

MAX_TABLES = 12
MAX_ROWS = 5_000
MAX_COLUMNS = 40
MAX_DEPTH = 6
MIN_ROWS = 2
_MOST_DIGITS = 18
_NESTED = 2
"""How deep a column may lie in its row."""

type Json = dict[str, Json] | list[Json] | str | Decimal | bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column; `pointer` (JSON pointer) leads to its cell from each row, `cells` are in the order of the rows."""

    pointer: str
    kind: Kind
    cells: tuple[Cell, ...]

    @property
    def name(self) -> str:
        """The column as people read it."""
        return _unescaped(self.pointer.removeprefix("/").replace("/", " ")).replace("_", " ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table; `pointer` leads to it from the whole result."""

    pointer: str
    columns: tuple[Column, ...]
    size: int

    def column(self, pointer: str) -> Column | None:
        return next((column for column in self.columns if column.pointer == pointer), None)

    @property
    def has_numbers(self) -> bool:
        return any(column.kind == "number" for column in self.columns)


def tables_in(text: str) -> tuple[Table, ...]:
    """Return the tables of a result, the first ones only where there are many."""
    document = read_result(text)
    found = (table for pointer, value in _walk(document, "", 0) if (table := _table(pointer, value)) is not None)
    return tuple(table for table, _ in zip(found, range(MAX_TABLES), strict=False))


def read_result(text: str) -> Json:
    """Return the result as JSON; None where nothing of it is."""
    whole = _parsed(text)
    if isinstance(whole, dict | list):
        return whole
    lines = (_parsed(line) for line in text.splitlines() if line.lstrip()[:1] in {"{", "["})
    found: list[Json] = [line for line in lines if isinstance(line, dict | list)]
    return found or None


def numbers_in(document: Json) -> Iterator[Decimal]:
    """Return every number of the result, wherever it stands."""
    match document:
        case Decimal():
            yield document
        case dict():
            for value in document.values():
                yield from numbers_in(value)
        case list():
            for value in document:
                yield from numbers_in(value)
        case _:
            pass


def _parsed(text: str) -> Json:
    try:
        return cast("Json", json.loads(text, parse_float=_decimal, parse_int=_decimal, parse_constant=_nothing))
    except (ValueError, RecursionError):
        return None


def _decimal(digits: str) -> Decimal:
    """Read a number; one that no table of sales has would only make sums useless."""
    number = Decimal(digits)
    return number if math.isfinite(number) and number.adjusted() < _MOST_DIGITS else Decimal(0)


def _nothing(_name: str) -> None:
    return None


def _walk(value: Json, pointer: str, depth: int) -> Iterator[tuple[str, Json]]:
    yield pointer, value
    if depth == MAX_DEPTH:
        return
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _walk(inner, f"{pointer}/{_escaped(name)}", depth + 1)
    elif isinstance(value, list) and not _is_records(value):
        for index, inner in enumerate(value[:MAX_TABLES]):
            yield from _walk(inner, f"{pointer}/{index}", depth + 1)


def _table(pointer: str, value: Json) -> Table | None:
    if isinstance(value, list):
        return _of_rows(pointer, [_flat(row, "", 1) for row in _records(value)]) if _is_records(value) else None
    if not isinstance(value, dict):
        return None
    names, rows = value.get("columns"), value.get("rows")
    if isinstance(names, list) and isinstance(rows, list) and all(isinstance(name, str) for name in names):
        keys = [f"/{_escaped(str(name))}" for name in names]
        lists = [row for row in rows if isinstance(row, list)]
        return _of_rows(pointer, [dict(zip(keys, map(_cell, row), strict=False)) for row in lists])
    if len(value) >= MIN_ROWS and all(isinstance(number, Decimal) for number in value.values()):
        return _of_rows(pointer, [{"/key": name, "/value": _cell(number)} for name, number in value.items()])
    return None


def _is_records(value: Sequence[Json]) -> bool:
    return len(value) >= MIN_ROWS and all(isinstance(row, dict) for row in value)


def _records(value: Sequence[Json]) -> Iterator[Mapping[str, Json]]:
    return (row for row in value if isinstance(row, dict))


def _flat(row: Mapping[str, Json], before: str, depth: int) -> dict[str, Cell]:
    """Return the cells of a row by their pointers from it."""
    cells: dict[str, Cell] = {}
    for name, value in row.items():
        pointer = f"{before}/{_escaped(name)}"
        if isinstance(value, dict) and depth < _NESTED:
            cells |= _flat(value, pointer, depth + 1)
        elif not isinstance(value, dict | list):
            cells[pointer] = _cell(value)
    return cells


def _cell(value: Json) -> Cell:
    return None if isinstance(value, dict | list) else value


def _of_rows(pointer: str, rows: Sequence[Mapping[str, Cell]]) -> Table | None:
    rows = rows[: MAX_ROWS + 1]
    names = list(dict.fromkeys(name for row in rows for name in row))[:MAX_COLUMNS]
    if len(rows) < MIN_ROWS or len(rows) > MAX_ROWS or not names:
        return None
    columns = (tuple(row.get(name) for row in rows) for name in names)
    told = tuple(
        Column(pointer=name, kind=kind_of(list(cells)), cells=cells) for name, cells in zip(names, columns, strict=True)
    )
    return Table(pointer=pointer, columns=told, size=len(rows))


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def _unescaped(name: str) -> str:
    return name.replace("~1", "/").replace("~0", "~")
