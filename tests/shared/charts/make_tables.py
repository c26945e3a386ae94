"""Makes the committed set of result tables: what a tool returned, a chart asked of it, and the rows SQL computes.

`python -m tests.shared.charts.make_tables` writes `tables.json`. The expected rows come from SQLite, over integers in
hundredths, by statements that share nothing with the product's code.
"""

import json
import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

SET = Path(__file__).with_name("tables.json")
COUNT = 100
SHAPES = ("list", "nested", "escaped", "columns", "lines", "deep")
AGGREGATES = ("sum", "mean", "count", "none")
BUCKETS = ("day", "week", "month", "quarter", "year")
SORTS = ("none", "x_ascending", "x_descending", "y_ascending", "y_descending")
STAGES = ("Discovery", "Proposal", "Negotiation", "Closed Won", "Prospecting")
OWNERS = ("Ada", "Bo", "Cem", "Dilara")
_SPAN = {
    "day": "d",
    "week": "date(d, 'weekday 0', '-6 days')",
    "month": "substr(d, 1, 7)",
    "quarter": "substr(d, 1, 4) || '-Q' || ((CAST(substr(d, 6, 2) AS INTEGER) + 2) / 3)",
    "year": "substr(d, 1, 4)",
}
_VALUE = {"sum": "SUM(cents) / 100.0", "mean": "AVG(cents) / 100.0", "count": "COUNT(*)", "none": "MAX(cents) / 100.0"}
type Case = dict[str, Any]
type Row = tuple[str, str | None, str, str, int | None]
"""Name, stage, owner, day, amount in hundredths."""


def cases() -> list[Case]:
    return [_case(number) for number in range(COUNT)]


def _case(number: int) -> Case:
    """Return a case in which no two places tie where their totals decide: ties have no order that SQL would promise."""
    for attempt in range(400):
        chance = random.Random(number * 1000 + attempt)  # noqa: S311 - the same set each time
        wish = _wish(number, chance)
        rows = list(_rows(chance, one_each=wish["aggregate"] == "none"))
        expected = _expected(rows, wish)
        if expected is not None:
            text, pointer = _result(SHAPES[number % len(SHAPES)], rows, chance)
            return {"text": text, "proposal": _proposal(wish, pointer, number), "rows": expected}
    raise AssertionError(number)


def _wish(number: int, chance: random.Random) -> dict[str, Any]:
    aggregate = AGGREGATES[number % 4]
    by_time = number % 3 == 0 and aggregate != "none"
    ties = aggregate == "count" and by_time
    return {
        "aggregate": aggregate,
        "x": "name" if aggregate == "none" else "d" if by_time else chance.choice(("stage", "owner")),
        "bucket": BUCKETS[number // 3 % 5] if by_time else "none",
        "series": "owner" if aggregate != "none" and number % 5 == 1 and by_time else None,
        "sort": SORTS[number % (3 if ties else 5)],
        "top": chance.randint(1, 6) if number % 7 == 2 and not ties else None,
    }


def _rows(chance: random.Random, *, one_each: bool) -> Iterator[Row]:
    for index in range(chance.randint(3, 12 if one_each else 40)):
        day = f"20{chance.randint(24, 26)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
        stage = None if chance.random() < 0.08 else chance.choice(STAGES)
        cents = None if chance.random() < 0.1 else chance.randint(-50_000, 90_000_000)
        yield f"Deal {index:02}", stage, chance.choice(OWNERS), day, cents


def _expected(rows: list[Row], wish: dict[str, Any]) -> list[list[Any]] | None:
    with closing(sqlite3.connect(":memory:")) as store:
        store.execute("CREATE TABLE t (name, stage, owner, d, cents INTEGER)")
        store.executemany("INSERT INTO t VALUES (?, ?, ?, ?, ?)", rows)
        x = _SPAN.get(wish["bucket"], wish["x"])
        series = wish["series"] or "NULL"
        given = "" if wish["aggregate"] == "count" else "HAVING COUNT(cents) > 0"
        # What is written here are this module's own words.
        store.execute(
            f"CREATE TABLE m AS SELECT {x} AS x, {series} AS s, {_VALUE[wish['aggregate']]} AS v, MIN(rowid) AS first"  # noqa: S608
            f" FROM t GROUP BY 1, 2 {given}"
        )
        totals = dict(store.execute("SELECT x, SUM(v) FROM m GROUP BY x").fetchall())
        by_total = wish["top"] is not None or wish["sort"].startswith("y")
        if not totals or (by_total and len(set(totals.values())) < len(totals)):
            return None
        found = store.execute(f"{_kept(wish['top'])} {_order(wish)}").fetchall()
    return [[x or "not given", *([s] if wish["series"] else []), v] for x, s, v in found]


def _kept(top: int | None) -> str:
    places = "(SELECT x, SUM(v) AS total FROM m GROUP BY x ORDER BY total DESC"
    limit = "" if top is None else f" LIMIT {top}"
    return f"SELECT m.x, m.s, m.v FROM m JOIN {places}{limit}) p ON p.x IS m.x"  # noqa: S608 - our own words


def _order(wish: dict[str, Any]) -> str:
    by = "x_ascending" if wish["sort"] == "none" and wish["bucket"] != "none" else wish["sort"]
    axis, _, direction = by.partition("_")
    if axis == "none":
        return "ORDER BY m.first"
    way = "DESC" if direction == "descending" else "ASC"
    return f"ORDER BY p.total {way}, m.first" if axis == "y" else f"ORDER BY m.x IS NULL, m.x {way}, m.first"


def _result(shape: str, rows: list[Row], chance: random.Random) -> tuple[str, str]:
    """Return the text of a tool's result and the pointer to its table."""
    style = chance.choice(("number", "text", "grouped", "currency"))
    told = [_told(row, style, at=chance.choice(("", "T09:30:00Z", " 10:00"))) for row in rows]
    match shape:
        case "list":
            return json.dumps(told), ""
        case "nested":
            return json.dumps({"found": True, "totals": {"rows": len(rows)}, "data": {"deals": told}}), "/data/deals"
        case "escaped":
            return json.dumps({"a/b": [{"c~d": told}]}, indent=1), "/a~1b/0/c~0d"
        case "columns":
            return json.dumps(
                {"table": {"columns": list(told[0]), "rows": [list(row.values()) for row in told]}}
            ), "/table"
        case "lines":
            return f"Found {len(rows)} deals.\n" + json.dumps({"deals": told}), "/0/deals"
        case _:
            return json.dumps([{"region": {"deals": told}}, "end"]), "/0/region/deals"


def _told(row: Row, style: str, *, at: str) -> dict[str, Any]:
    name, stage, owner, day, cents = row
    return {"name": name, "stage": stage, "owner": owner, "close date": day + at, "amount": _amount(cents, style)}


def _amount(cents: int | None, style: str) -> Any:
    if cents is None:
        return None
    match style:
        case "number":
            return cents / 100
        case "text":
            return f"{cents / 100:.2f}"
        case "grouped":
            return f"{cents / 100:,.2f}"
        case _:
            return f"{'-' if cents < 0 else ''}€{abs(cents) / 100:,.2f}"


def _proposal(wish: dict[str, Any], pointer: str, number: int) -> dict[str, Any]:
    columns = {"d": "/close date"}
    return {
        "call_id": f"t.0.{number}",
        "pointer": pointer,
        "mark": "bar",
        "title": "Deals",
        "x": columns.get(wish["x"], f"/{wish['x']}"),
        "bucket": wish["bucket"],
        "y": None if wish["aggregate"] == "count" else "/amount",
        "aggregate": wish["aggregate"],
        "series": f"/{wish['series']}" if wish["series"] else None,
        "sort": wish["sort"],
        "top": wish["top"],
    }


def written() -> str:
    """Return the set as it is committed: one case a line."""
    return "[\n" + ",\n".join(json.dumps(case, ensure_ascii=False) for case in cases()) + "\n]\n"


if __name__ == "__main__":
    SET.write_text(written(), encoding="utf-8")
