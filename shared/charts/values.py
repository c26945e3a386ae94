"""What a cell of a result says: a number, a day, or words. Pure."""

import re
from datetime import date
from decimal import Decimal
from typing import Literal

type Cell = str | Decimal | bool | None
"""A cell of a table. Numbers are exact; words that say a number are read by `number_of`."""

type Kind = Literal["number", "date", "text"]

_PLAIN = r"\d+(?:\.\d+)?"
_GROUPED = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?"
_NUMBER = re.compile(rf"(?P<sign>-)?(?:[$€£¥] ?)?(?P<digits>{_GROUPED}|{_PLAIN})(?: ?(?:%|[$€£¥]|[A-Z]{{3}}))?\Z")
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?\Z")
_MAX_DIGITS = 30


def number_of(cell: Cell) -> Decimal | None:
    """Return the number a cell says, also in words as `1,200.50`, `$ 40` or `12 %`; None where it says none."""
    if isinstance(cell, Decimal):
        return cell
    if not isinstance(cell, str) or len(cell) > _MAX_DIGITS:
        return None
    found = _NUMBER.match(cell.strip())
    if found is None:
        return None
    return Decimal((found["sign"] or "") + found["digits"].replace(",", ""))


def day_of(cell: Cell) -> date | None:
    """Return the day a cell says, as it is written there: an offset moves nothing."""
    found = _DAY.match(cell.strip()) if isinstance(cell, str) else None
    if found is None:
        return None
    try:
        return date.fromisoformat(found[1])
    except ValueError:
        return None


def kind_of(cells: list[Cell]) -> Kind:
    """Return what a column holds: of one kind are all its cells that say anything."""
    said = [cell for cell in cells if cell is not None and cell != ""]
    if said and all(number_of(cell) is not None for cell in said):
        return "number"
    if said and all(day_of(cell) is not None for cell in said):
        return "date"
    return "text"


def label_of(cell: Cell) -> str | None:
    """Return a cell as the name of a group; None where it says nothing."""
    match cell:
        case None | "":
            return None
        case bool():
            return "yes" if cell else "no"
        case Decimal():
            return written(cell)
        case str():
            return " ".join(cell.split())


def written(number: Decimal) -> str:
    """Return a number in digits, without an exponent and without zeros that say nothing."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def on_wire(number: Decimal) -> int | float:
    """Return a number as JSON has it: whole ones whole, others to 12 significant digits."""
    if number == number.to_integral_value() and abs(number) < 2**53:
        return int(number)
    return float(f"{number:.12g}")
