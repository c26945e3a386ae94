"""What is refused, and why; and charts as they are told."""

import json
from typing import Any

import pytest

from shared.charts.computing import compute
from shared.charts.drawing import alternative, csv_text, headings, rows_of, vega_lite, with_data
from shared.charts.proposal import Proposal, ProposalRefused, read_proposal
from shared.charts.tables import Table, tables_in

DEALS = [
    {
        "name": "A",
        "stage": "Proposal",
        "amount": 10,
        "currency": "EUR",
        "close": "2026-03-05",
        "owner": {"name": "Ada"},
    },
    {"name": "B", "stage": "Proposal", "amount": 20, "currency": "USD", "close": "2026-04-05", "owner": {"name": "Bo"}},
    {"name": "C", "stage": "Closed", "amount": -5, "currency": "USD", "close": "2026-04-06", "owner": {"name": "Ada"}},
]


def _table(rows: list[dict[str, Any]] = DEALS) -> Table:
    return tables_in(json.dumps(rows))[0]


def _proposal(**fields: Any) -> Proposal:
    usual = {"call_id": "c", "pointer": "", "mark": "bar", "title": "T", "x": "/stage", "y": "/amount"}
    return Proposal.model_validate({**usual, "aggregate": "sum", "series": "/currency", **fields})


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"series": None}, "the amounts are in EUR, USD; take /currency as series"),
        ({"x": "/nowhere"}, "x: there is no column /nowhere"),
        ({"y": "/name"}, "/name does not hold numbers"),
        ({"y": None}, "y: name a column of numbers, or count"),
        ({"bucket": "month"}, "/stage does not hold days"),
        ({"mark": "arc"}, "without series"),
        ({"mark": "arc", "x": "/currency", "series": None, "aggregate": "none"}, "aggregate them"),
        ({"mark": "arc", "x": "/name", "series": None, "aggregate": "count", "y": None}, None),
        ({"series": "/stage"}, "same column as x"),
        ({"mark": "line", "sort": "y_descending"}, "a line needs an order"),
    ],
)
def test_a_proposal_that_cannot_be_drawn_is_refused_with_its_reason(fields: dict[str, Any], reason: str | None) -> None:
    if reason is None:
        assert len(compute(_proposal(**fields), _table()).marks) == 3
        return
    with pytest.raises(ProposalRefused) as refused:
        compute(_proposal(**fields), _table())
    assert reason in " ".join(refused.value.reasons)


def test_more_marks_than_one_can_read_are_refused_until_the_top_ones_are_asked_for() -> None:
    table = _table([{"name": f"n{number}", "count": number} for number in range(500)])
    asked = {"x": "/name", "y": "/count", "series": None}
    with pytest.raises(ProposalRefused, match="500 marks"):
        compute(_proposal(**asked), table)
    best = compute(_proposal(**asked, top=2, sort="y_descending"), table)
    assert rows_of(best) == (("n499", 499), ("n498", 498))


@pytest.mark.parametrize("text", ["", "[]", '{"chart": {}}', '{"chart": {"values": [1, 2]}}', '{"charts": null}'])
def test_an_answer_that_is_no_proposal_is_refused(text: str) -> None:
    with pytest.raises(ProposalRefused):
        read_proposal(text)


def test_a_chart_is_told_in_words_as_vega_lite_and_as_csv() -> None:
    proposal = _proposal(x="/owner/name")
    chart = compute(proposal, _table())
    assert headings(proposal, chart) == ("owner name", "currency", "Sum of amount")
    assert rows_of(chart) == (("Ada", "EUR", 10), ("Bo", "USD", 20), ("Ada", "USD", -5))
    said = "Bar chart: Sum of amount by owner name and currency, 3 values. Ada, EUR: 10; Bo, USD: 20; Ada, USD: -5."
    assert alternative(proposal, chart) == said
    drawn = with_data(vega_lite(proposal, chart), rows_of(chart))
    assert drawn["encoding"]["color"]["field"] == "c1"
    assert drawn["data"]["values"][1] == {"c0": "Bo", "c1": "USD", "c2": 20}


def test_no_cell_of_the_csv_can_be_taken_for_a_formula() -> None:
    assert csv_text(["=x", "n"], [["=1+1", -3], ['a,"b', 2]]) == '\'=x,n\r\n\'=1+1,-3\r\n"a,""b",2\r\n'


def test_columns_named_like_expressions_are_never_fields() -> None:
    table = _table([{"a[b].c": "x", "datum['y']": 1}, {"a[b].c": "z", "datum['y']": 2}])
    proposal = _proposal(x="/a[b].c", y="/datum['y']", series=None)
    encoding = with_data(vega_lite(proposal, compute(proposal, table)), [])["encoding"]
    assert {channel["field"] for name, channel in encoding.items() if name != "tooltip"} == {"c0", "c1"}
