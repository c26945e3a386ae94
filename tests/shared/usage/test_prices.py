import json
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from shared.protocol.shapes import Usage
from shared.usage.amounts import Amount
from shared.usage.prices import NO_PRICES, ModelPrice, PriceList
from shared.usage.setting_text import from_json

PRICES = PriceList.model_validate(
    from_json(
        '{"currency": "EUR", "models": {"big": {"input": 2, "cached_input": 0.5, "output": 8.25},'
        ' "flat": {"input": 0.1, "output": 0.1}, "free": {"input": 0, "output": 0}}}'
    )
)
COUNTS = st.integers(min_value=0, max_value=10**7)
PRICE = st.decimals(min_value=0, max_value=1_000, places=6)


@pytest.mark.parametrize(
    ("deployment", "usage", "micros"),
    [
        ("big", Usage(input_tokens=1_000_000), 2_000_000),
        ("big", Usage(input_tokens=1_000_000, cached_input_tokens=1_000_000), 500_000),
        ("big", Usage(input_tokens=100, cached_input_tokens=60, output_tokens=4), 80 + 30 + 33),
        ("big", Usage(output_tokens=1), 9),
        ("flat", Usage(input_tokens=10, cached_input_tokens=10), 1),
        ("flat", Usage(input_tokens=1), 1),
        ("flat", Usage(input_tokens=5, output_tokens=5), 1),
        ("flat", Usage(input_tokens=5, output_tokens=6), 2),
        ("flat", Usage(), 0),
        ("free", Usage(input_tokens=10**6), 0),
        ("unknown", Usage(input_tokens=10**6, cost_micros=5), 0),
    ],
)
def test_a_use_costs_its_tokens_prices_rounded_up_once_to_a_whole_micro(
    deployment: str, usage: Usage, micros: int
) -> None:
    priced = PRICES.priced(usage, deployment)
    assert priced == usage.model_copy(update={"cost_micros": micros})


@given(fresh=COUNTS, cached=COUNTS, output=COUNTS, price=st.tuples(PRICE, PRICE, PRICE))
def test_the_price_is_exact_to_less_than_a_micro(
    fresh: int, cached: int, output: int, price: tuple[Decimal, Decimal, Decimal]
) -> None:
    usage = Usage(input_tokens=fresh + cached, cached_input_tokens=cached, output_tokens=output)
    exact = sum(Fraction(p) * n for p, n in zip(price, (fresh, cached, output), strict=True))
    micros = ModelPrice(input=price[0], cached_input=price[1], output=price[2]).micros(usage)
    assert 0 <= micros - exact < 1


def test_more_cached_than_input_tokens_are_not_paid_for_twice() -> None:
    assert PRICES.priced(Usage(input_tokens=10, cached_input_tokens=99), "big").cost_micros == 5


@given(fresh=COUNTS, cached=COUNTS, output=COUNTS)
def test_what_is_reserved_is_enough_for_any_use_within_it(fresh: int, cached: int, output: int) -> None:
    most = PRICES.at_most("big", input_tokens=fresh + cached, output_tokens=output)
    usage = Usage(input_tokens=fresh + cached, cached_input_tokens=cached, output_tokens=output)
    assert most.tokens == fresh + cached + output
    assert most.cost_micros >= PRICES.priced(usage, "big").cost_micros


def test_without_prices_everything_costs_nothing() -> None:
    assert NO_PRICES.priced(Usage(input_tokens=10**9), "big").cost_micros == 0
    assert NO_PRICES.at_most("big", input_tokens=7, output_tokens=5) == Amount(tokens=12, cost_micros=0)


def test_a_fraction_is_read_as_it_is_written() -> None:
    (price,) = TypeAdapter(list[ModelPrice]).validate_python(
        [from_json(json.dumps({"input": 0.1, "output": 0.30000000000000004}))]
    )
    assert (price.input, str(price.output)) == (Decimal("0.1"), "0.30000000000000004")
