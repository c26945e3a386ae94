"""What tokens cost, as the setting `MODEL_PRICES` says.

::

    {"currency": "USD",
     "models": {"<deployment>": {"input": 0.40, "cached_input": 0.10, "output": 1.60}}}

Prices are for a million tokens; `cached_input` is `input` unless given.
"""

from decimal import ROUND_CEILING, Decimal
from typing import Annotated

from pydantic import BeforeValidator, Field

from shared.protocol.shapes import Usage
from shared.usage.amounts import Amount
from shared.usage.setting_text import SettingShape

_MAX_PRICE = 1_000_000


def _exact(value: object) -> object:
    return Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value


type Price = Annotated[Decimal, BeforeValidator(_exact), Field(ge=0, le=_MAX_PRICE)]
type Deployment = Annotated[str, Field(min_length=1)]


class ModelPrice(SettingShape):
    """Prices of one deployment, in the list's currency for a million tokens."""

    input: Price
    cached_input: Price | None = None
    output: Price

    def micros(self, usage: Usage) -> int:
        """Return the price in millionths of the currency, rounded up once, so that what has a price is never free."""
        cached = min(usage.cached_input_tokens, usage.input_tokens)
        exact = (
            (usage.input_tokens - cached) * self.input
            + cached * (self.input if self.cached_input is None else self.cached_input)
            + usage.output_tokens * self.output
        )
        return int(exact.to_integral_value(ROUND_CEILING))


class PriceList(SettingShape):
    """Prices by deployment. `currency` is its ISO 4217 code."""

    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    models: dict[Deployment, ModelPrice]

    def priced(self, usage: Usage, deployment: str) -> Usage:
        """Return the usage with its price; 0 when the deployment has none."""
        price = self.models.get(deployment)
        return usage.model_copy(update={"cost_micros": price.micros(usage) if price else 0})

    def at_most(self, deployment: str, *, input_tokens: int, output_tokens: int) -> Amount:
        """Return what a model call may use, for reserving it: nothing of the input is taken for cached."""
        most = self.priced(Usage(input_tokens=input_tokens, output_tokens=output_tokens), deployment)
        return Amount(tokens=input_tokens + output_tokens, cost_micros=most.cost_micros)


NO_PRICES = PriceList(currency="XXX", models={})
"""Without `MODEL_PRICES` everything costs 0; XXX is ISO 4217 for no currency."""
