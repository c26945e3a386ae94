"""What budgets count: tokens and money."""

from dataclasses import dataclass
from typing import Literal

from shared.protocol.shapes import Usage

type Unit = Literal["tokens", "cost_micros"]
UNITS: tuple[Unit, ...] = ("tokens", "cost_micros")


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """Tokens (input and output together) and their price in millionths of the price list's currency."""

    tokens: int = 0
    cost_micros: int = 0

    def __add__(self, other: "Amount") -> "Amount":
        return Amount(tokens=self.tokens + other.tokens, cost_micros=self.cost_micros + other.cost_micros)

    def of(self, unit: Unit) -> int:
        return self.tokens if unit == "tokens" else self.cost_micros


def amount_of(usage: Usage) -> Amount:
    return Amount(tokens=usage.input_tokens + usage.output_tokens, cost_micros=usage.cost_micros)
