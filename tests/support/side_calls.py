"""Calls beside turns over a test's world, with budgets and prices of the test's own."""

from shared.model import Embedder, Model
from shared.usage.budgets import NO_BUDGETS, Budgets
from shared.usage.ledger import Ledger
from shared.usage.prices import NO_PRICES, PriceList
from shared.usage.side_calls import SideCalls
from tests.support.embedding import HashingEmbedder
from tests.support.world import World

UTILITY = "utility-model"


def side_calls_of(
    world: World,
    budgets: Budgets = NO_BUDGETS,
    prices: PriceList = NO_PRICES,
    *,
    model: Model | None = None,
    embedder: Embedder | None = None,
) -> SideCalls:
    return SideCalls(
        ledger=Ledger(world.cosmos, budgets, prices.currency, world.clock),
        prices=prices,
        model=model or world.model,
        embedder=embedder or HashingEmbedder(),
        deployment=UTILITY,
        publisher=world.publisher,
        now=world.clock,
    )
