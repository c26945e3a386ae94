"""Figures beside their goals: what a part of the benchmark returns, as printed and as JSON."""

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

_NAME = 48
_CELL = 10
MULTIPLE = "x"
"""The unit of one figure as a multiple or part of another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One figure: a median and 95th percentile, or a single value, of the product and of what it is compared with.

    `most` and `least` are the product's goals, place by place; None is no goal for that place.
    """

    name: str
    unit: str = ""
    product: tuple[float, ...] = ()
    plain: tuple[float, ...] = ()
    most: tuple[float | None, ...] = ()
    least: tuple[float | None, ...] = ()

    @property
    def met(self) -> bool | None:
        """Whether all goals are met; None when there are none."""
        over = [value > goal for value, goal in zip(self.product, self.most, strict=False) if goal is not None]
        under = [value < goal for value, goal in zip(self.product, self.least, strict=False) if goal is not None]
        judged = over + under
        return not any(judged) if judged else None

    @property
    def goal(self) -> str:
        parts = [(sign, goals) for sign, goals in (("<=", self.most), (">=", self.least)) if goals]
        return " ".join(f"{sign} {' / '.join(_short(goal, self.unit) for goal in goals)}" for sign, goals in parts)

    @property
    def figures(self) -> str:
        """What was measured, as it is told in a sentence."""
        return " / ".join(_shown(value, self.unit) for value in self.product)

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "goal": self.goal, "met": self.met}

    def __str__(self) -> str:
        verdict = {True: "met", False: "MISSED", None: ""}[self.met]
        cells = _cells(self.product, self.unit) + _cells(self.plain, self.unit)
        return f"  {self.name:{_NAME}}{cells} {self.unit:6} {self.goal:16} {verdict}".rstrip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The figures of one part; `notes` are sentences below them, `more` is for the JSON only.

    `of` names what is measured, `beside` what it is compared with.
    """

    title: str
    rows: Sequence[Row]
    of: str = "SalesCoach"
    beside: str = "plain server"
    notes: Sequence[str] = field(default=())
    more: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @property
    def missed(self) -> list[Row]:
        return [row for row in self.rows if row.met is False]

    def as_json(self) -> dict[str, Any]:
        return {
            "title": self.title,
            "rows": [row.as_json() for row in self.rows],
            "notes": list(self.notes),
            **self.more,
        }

    def __str__(self) -> str:
        head = [
            f"  {'':{_NAME}}{self.of:>{2 * _CELL}}{self.beside:>{2 * _CELL}}",
            f"  {'':{_NAME}}{''.join(f'{name:>{_CELL}}' for name in ('p50', 'p95') * 2)}        goal",
        ]
        return "\n".join([f"\n{self.title}", *head, *map(str, self.rows), *(f"  {note}" for note in self.notes)])


def spread(values: Iterable[float]) -> tuple[float, ...]:
    """Return median and 95th percentile; nothing for no values."""
    found = sorted(values)
    return (statistics.median(found), percentile(found, 95)) if found else ()


def percentile(ordered: Sequence[float], percent: int) -> float:
    """Return the nearest-rank percentile of ascending values."""
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]


def _cells(values: tuple[float, ...], unit: str) -> str:
    shown = [_shown(value, unit) for value in values]
    return "".join(f"{text:>{_CELL}}" for text in [*shown, "", ""][:2])


def _shown(value: float, unit: str) -> str:
    # Multiples are judged by their second digit.
    return f"{value:.{2 if unit == MULTIPLE else 1}f}"


def _short(goal: float | None, unit: str) -> str:
    return "-" if goal is None else _shown(goal, unit).removesuffix(".0")
