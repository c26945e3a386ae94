"""The tables of one run in the form of `docs/measurements.md`."""

import os
import platform
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from bench.turn_client import Variant
from bench.turn_figures import MULTIPLE, Row, Table
from bench.turn_found import Found
from bench.turn_report import FIRST_DELTA, RATE, TITLES, LoadTable
from bench.turn_store import STEP_REQUESTS

HEADLINES = frozenset({FIRST_DELTA, RATE})
NOTHING = "–"  # noqa: RUF001 - as the page has it
_THOUSAND = 1000
_MEGABYTE_KB = 1024

type Rows = Mapping[Variant, Row]


def markdown(found: Found, what: str) -> str:
    """Return every table of a run, `what` telling which run it was."""
    peoples = sorted({table.people for table in found.loads})
    parts = [
        _head(found, what),
        *(_times([table for table in found.loads if table.people == people]) for people in peoples),
        *([_counts(found.loads, peoples)] if found.loads else []),
        *(_table(table) for table in (*found.others, *([found.client] if found.client else []))),
        *([_machine(found.loads)] if found.loads else []),
        _list("Goals missed:", found.missed) or "All goals met.",
    ]
    return "\n\n".join(parts) + "\n"


def _head(found: Found, what: str) -> str:
    today = datetime.now(UTC)
    foreign = [share for table in found.loads for share in table.foreign]
    others = f"other programs using {min(foreign):.0%} to {max(foreign):.0%} of the machine, " if foreign else ""
    machine = f"{os.cpu_count()} cores, {platform.system()}, Python {'.'.join(platform.python_version_tuple()[:2])}"
    line = (
        f"{today.day} {today:%B %Y}; {machine}; every emulator running, {others}"
        f"budgets and prices of the development stack on; {what}. Milliseconds, p50 / p95."
    )
    doubts = _list("**This run was disturbed:**", found.disturbed)
    return f"{line}\n\n{doubts}" if doubts else line


def _list(title: str, lines: Sequence[str]) -> str:
    return "\n".join([title, "", *(f"- {line}" for line in lines)]) if lines else ""


def _lines(rows: Iterable[Sequence[str]]) -> str:
    head, *body = list(rows)
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *body))


def _times(tables: Sequence[LoadTable]) -> str:
    """Return the times of as many people, without a tool and with one, beside the plain server's."""
    people = tables[0].people
    variants: list[Variant] = [table.variant for table in tables]
    kinds = [TITLES[variant] for variant in variants]
    head = ["one person" if people == 1 else f"{people} people"]
    for kind in kinds:
        head += [kind, "goal"]
    body: list[list[str]] = []
    for name, rows in _by_name({table.variant: table.times for table in tables}):
        bold = "**" if name in HEADLINES else ""
        cells = [f"{bold}{_plain_name(name)}{bold}"]
        for variant in variants:
            row = rows.get(variant)
            cells += [f"{bold}{_figures(row)}{bold}" if row else NOTHING, _goal([row]) if row else ""]
        body.append([*cells, _beside([[rows[each]] if each in rows else [] for each in variants])])
    return _lines([[*head, f"plain server, {' / '.join(kinds)}"], *body])


def _counts(tables: Sequence[LoadTable], peoples: Sequence[int]) -> str:
    """Return what a turn takes and leaves, for each number of people."""
    variants: list[Variant] = list(dict.fromkeys(table.variant for table in tables))
    kinds = [TITLES[variant] for variant in variants]
    found: dict[tuple[Variant, str], list[Row]] = {}
    for table in sorted(tables, key=lambda table: table.people):
        for row in table.counts:
            found.setdefault((table.variant, row.name), []).append(row)
    body: list[list[str]] = []
    for name in dict.fromkeys(name for _, name in found):
        rows = [found.get((variant, name), []) for variant in variants]
        cells = [", ".join(map(_figures, each)) or NOTHING for each in rows]
        body.append([_dashed(name), *cells, _beside(rows), _goal([row for each in rows for row in each])])
    asking = "one person" if list(peoples) == [1] else f"{', '.join(map(str, peoples))} people"
    table = _lines([[f"per turn; {asking}", *kinds, f"plain server, {' / '.join(kinds)}", "goal"], *body])
    return f"{table}\n\n{_sentence(STEP_REQUESTS)}"


def _table(table: Table) -> str:
    """Return the table of a part as it is printed; a column that would be empty is left out."""
    with_plain = any(row.plain for row in table.rows)
    head = [table.title, table.of, *([table.beside] if with_plain else []), "goal"]
    body: list[list[str]] = []
    for row in table.rows:
        beside = [_number(row.plain, row.unit)] if with_plain else []
        body.append([_dashed(row.name), _figures(row), *beside, _goal([row])])
    return "\n\n".join([_lines([head, *body]), *(_sentence(note) for note in table.notes)])


def _sentence(note: str) -> str:
    return f"{note[:1].upper()}{note[1:]}."


def _machine(tables: Sequence[LoadTable]) -> str:
    """Tell what the programs used of a core, load by load, and anything else noted of one."""
    lines = [f"{table.title}: {'; '.join(note for note in table.notes if note != STEP_REQUESTS)}" for table in tables]
    return _list("Who used the processor:", lines)


def _by_name(tables: Mapping[Variant, Sequence[Row]]) -> list[tuple[str, Rows]]:
    """Join rows of the same name, in the order of the table that has most."""
    order = sorted(tables.values(), key=len, reverse=True)
    names = dict.fromkeys(row.name for rows in order for row in rows)
    return [(name, {of: row for of, rows in tables.items() for row in rows if row.name == name}) for name in names]


def _beside(rows: Sequence[Sequence[Row]]) -> str:
    """Return the plain server's figures, variant after variant; nothing where it has none at all."""
    cells = [", ".join(_number(row.plain, row.unit) for row in each) or NOTHING for each in rows]
    return "; ".join(cells) if any(row.plain for each in rows for row in each) else ""


def _plain_name(name: str) -> str:
    return name.strip().replace("->", "→")


def _dashed(name: str) -> str:
    return f"{NOTHING} {_plain_name(name)}" if name.startswith(" ") else _plain_name(name)


def _figures(row: Row) -> str:
    return _number(row.product, row.unit)


def _goal(rows: Sequence[Row]) -> str:
    """Return the goal of rows that share one, and whether all of them met it."""
    judged = [row for row in rows if row.met is not None]
    if not judged:
        return ""
    verdict = "met" if all(row.met for row in judged) else "**missed**"
    goals = list(dict.fromkeys(_limits(row) for row in judged))
    return f"{'; '.join(goals)}, {verdict}"


def _limits(row: Row) -> str:
    if not any(row.most) and not row.least:
        return "0"
    limits = [(sign, goals) for sign, goals in (("≤", row.most), ("≥", row.least)) if goals]
    return " ".join(f"{sign} {_limit(goals, row.unit)}" for sign, goals in limits)


def _limit(goals: Sequence[float | None], unit: str) -> str:
    decimals = 2 if unit == MULTIPLE else 1
    texts = [NOTHING if goal is None else f"{goal:,.{decimals}f}".removesuffix(".0") for goal in goals]
    same = texts[:1] if len(set(texts)) == 1 else texts
    return " / ".join(same) + (f" {unit}" if unit in ("B", "kB") else "")


def _number(values: Sequence[float], unit: str) -> str:
    """Write figures as a reader wants them: thousands of bytes as kB, no decimals where they say nothing."""
    if not values:
        return NOTHING
    most = max(map(abs, values))
    match unit:
        case "B":
            return (
                _joined([value / _THOUSAND for value in values], 1) + " kB" if most >= _THOUSAND else _joined(values, 0)
            )
        case "kB":
            large = most >= _MEGABYTE_KB
            return f"{_joined([v / _MEGABYTE_KB for v in values], 1)} MB" if large else f"{_joined(values, 0)} kB"
        case "ms":
            return _joined(values, 0 if most >= _THOUSAND else 1)
        case _ if unit == MULTIPLE:
            return f"{_joined(values, 2)} ×"  # noqa: RUF001 - as the page has it
        case "RU":
            return _joined(values, 0)
        case _:
            return _joined(values, 0 if all(float(value).is_integer() for value in values) else 1)


def _joined(values: Sequence[float], decimals: int) -> str:
    return " / ".join(f"{value:,.{decimals}f}" for value in values)
