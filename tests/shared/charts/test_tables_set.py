"""Every number of every chart of the committed set is the one SQL computes."""

import json
from collections import Counter
from typing import Any

import pytest

from shared.charts.computing import compute
from shared.charts.drawing import rows_of
from shared.charts.proposal import Proposal
from shared.charts.tables import tables_in
from tests.shared.charts import make_tables

CASES: list[dict[str, Any]] = json.loads(make_tables.SET.read_text(encoding="utf-8"))


def _drawn(case: dict[str, Any]) -> list[list[Any]]:
    proposal = Proposal.model_validate(case["proposal"])
    table = next(table for table in tables_in(case["text"]) if table.pointer == proposal.pointer)
    return [list(row) for row in rows_of(compute(proposal, table))]


def test_all_hundred_charts_have_the_numbers_and_the_order_that_sql_gives() -> None:
    assert len(CASES) == make_tables.COUNT
    for number, case in enumerate(CASES):
        found, wanted = _drawn(case), case["rows"]
        assert [row[:-1] for row in found] == [row[:-1] for row in wanted], (number, case["proposal"])
        values = [row[-1] for row in wanted]
        assert [row[-1] for row in found] == pytest.approx(values, rel=1e-11, abs=1e-9), (number, case["proposal"])


def test_the_set_is_what_its_maker_computes_and_covers_every_transform() -> None:
    assert make_tables.SET.read_text(encoding="utf-8") == make_tables.written()
    asked = [case["proposal"] for case in CASES]
    for field, values in {
        "aggregate": make_tables.AGGREGATES,
        "bucket": (*make_tables.BUCKETS, "none"),
        "sort": make_tables.SORTS,
    }.items():
        assert Counter(proposal[field] for proposal in asked).keys() == set(values), field
    assert sum(proposal["top"] is not None for proposal in asked) >= 10
    assert sum(proposal["series"] is not None for proposal in asked) >= 4
    assert sum(len(case["rows"]) for case in CASES) >= 500
