"""Figures in prose stand for values that round to them, and for nothing else."""

import json

import pytest

from shared.charts.figures import KnownValues, check_figures
from shared.charts.tables import read_result, tables_in

ROWS = [
    {"name": "A", "stage": "Proposal", "amount": 120_000, "rate": 0.1204},
    {"name": "B", "stage": "Proposal", "amount": 1_180_500, "rate": 0.5},
    {"name": "C", "stage": "Closed", "amount": 40_000, "rate": 0.25},
]


def _unmatched(said: str, *heard: str) -> tuple[str, ...]:
    text = json.dumps({"deals": ROWS, "budget": 77_700})
    return check_figures(said, KnownValues([read_result(text)], tables_in(text), heard)).unmatched


@pytest.mark.parametrize(
    "said",
    [
        "120,000 or 120 000.".replace(" 000", "\u00a0000"),
        "EUR 120k, 1.2M, 1.18 million, 0.12M",
        "in all 1,340,500; Proposal 1,300,500; on average 446,833",
        "97 % of it in Proposal, 3% closed, a rate of 12 %, 12.04%, and 50 %",
        "a budget of 77,700, about 78k",
        "**1,180,500**, (40,000) and €40,000.",
        "In 2026, on 2026-03-14 at 14:30, by 14 March, March 21st, in Q3, 3 deals and 12 steps",
        "1. Call them.\n2. Write.\n14) Wait.",
        "`SELECT 99999` and [offer 99999](https://x.example/99999)",
        "version v99 of A-4711 and 10/20",
    ],
)
def test_what_rounds_to_a_value_or_is_no_statement_is_fine(said: str) -> None:
    assert _unmatched(said) == ()


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("120,001 and 121k", ("120,001", "121k")),
        ("1.3M would be nice, 1.4M is not", ("1.4M",)),
        ("96 % of it, 12.5 %", ("96 %", "12.5 %")),
        ("77,800 and 77,800", ("77,800",)),
        ("**999,999**.", ("999,999",)),
        ("13 deals", ("13",)),
    ],
)
def test_what_no_value_rounds_to_is_told_as_it_is_written_and_once(said: str, wanted: tuple[str, ...]) -> None:
    assert _unmatched(said) == wanted


def test_what_a_person_said_may_be_said_back() -> None:
    assert _unmatched("As you say, 55,555.", "Is it 55,555?") == ()
    assert _unmatched("It is 55,555.", "Is it 5,555?") == ("55,555",)
