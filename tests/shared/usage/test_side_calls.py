"""What a call beside turns costs is held before it, counted after it, on the account of whom it is for."""

from dataclasses import dataclass, replace
from decimal import Decimal

import pytest

from shared.containers import PEOPLE
from shared.errors import BudgetBusy, BudgetExhausted, ModelFailed, ModelUnavailable
from shared.model import ModelCompleted, ModelRequest, TextDelta, UserText
from shared.model_text import WholeText
from shared.protocol.shapes import Usage
from shared.usage.account import StepKey, Totals, day_of
from shared.usage.amounts import Amount
from shared.usage.budgets import Budgets, Ceiling, Limits
from shared.usage.documents import person_account, team_account
from shared.usage.ledger import THE_APP, Reserved, Spender
from shared.usage.prices import ModelPrice, PriceList
from shared.usage.side_calls import FOR_THE_APP, Bill, SideCalls
from shared.usage.teams import UNASSIGNED
from tests.support.doubles import Happening
from tests.support.embedding import TOKENS, HashingEmbedder
from tests.support.side_calls import UTILITY, side_calls_of
from tests.support.world import World

PRICES = PriceList(currency="EUR", models={UTILITY: ModelPrice(input=Decimal(2), output=Decimal(8))})
USED = Usage(input_tokens=100, output_tokens=10)
PRICED = Usage(input_tokens=100, output_tokens=10, cost_micros=280)
ASKED = ModelRequest(
    model=UTILITY,
    instructions="Tell.",
    items=(UserText(text="What?"),),
    tools=(),
    cache_key="test",
    max_output_tokens=500,
)


def _calls(world: World, tokens: int = 100_000) -> SideCalls:
    limits = Limits(day=Ceiling(tokens=tokens), soft_percent=50)
    return side_calls_of(world, Budgets(person=limits, contact="the sales desk"), PRICES)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Person:
    """Somebody with a utility model that says what a test wants."""

    world: World
    spender: Spender


@pytest.fixture
def person(world: World) -> _Person:
    return _Person(world=world, spender=Spender(principal=world.person("tenant.ada"), team=UNASSIGNED))


async def _read(person: _Person, calls: SideCalls, *script: Happening) -> WholeText:
    person.world.model.scripts = [list(script)]
    into = WholeText()
    await calls.read(Bill(spender=person.spender, conversation_id="g_1"), ASKED, 5, into)
    return into


async def _totals(person: _Person, calls: SideCalls) -> Totals:
    return await calls.ledger.totals(person_account(person.spender.principal), day_of(person.world.clock()))


async def test_a_call_is_counted_with_its_price_for_the_person_and_their_team(person: _Person) -> None:
    calls = _calls(person.world)
    before = await calls.ledger.totals(team_account(UNASSIGNED), day_of(person.world.clock()))
    got = await _read(person, calls, TextDelta("This."), ModelCompleted(finish="stop", usage=USED))
    assert got.text == "This."
    assert await _totals(person, calls) == Totals(usage=PRICED, turns=0)
    after = await calls.ledger.totals(team_account(UNASSIGNED), day_of(person.world.clock()))
    assert after.usage.cost_micros - before.usage.cost_micros == PRICED.cost_micros
    kept = await person.world.cosmos.query(PEOPLE, "SELECT * FROM c", {}, partition=person.spender.principal)
    entries = [document for document in kept if document["id"].startswith("usage.side.")]
    assert [(entry["model"], entry["conversation_id"]) for entry in entries] == [(UTILITY, "g_1")]


async def test_two_calls_alike_count_twice(person: _Person) -> None:
    calls = _calls(person.world)
    for _ in range(2):
        await _read(person, calls, TextDelta("This."), ModelCompleted(finish="stop", usage=USED))
    assert (await _totals(person, calls)).usage == PRICED + PRICED


async def test_what_does_not_fit_asks_no_model_and_says_why(person: _Person) -> None:
    with pytest.raises(BudgetExhausted, match="the sales desk"):
        await _read(person, _calls(person.world, tokens=400))
    assert person.world.model.requests == []


async def test_what_turns_hold_now_is_busy_not_over(person: _Person) -> None:
    calls = _calls(person.world, tokens=1_000)
    now = person.world.clock().timestamp()
    held = await calls.ledger.reserve(person.spender, StepKey(turn_id="t", step=0), Amount(tokens=900), now + 60)
    assert isinstance(held, Reserved)
    with pytest.raises(BudgetBusy):
        await _read(person, calls)
    assert person.world.model.requests == []


@pytest.mark.parametrize("failure", [ModelUnavailable("Away."), ModelFailed("No.")])
async def test_a_call_that_came_to_nothing_counts_and_holds_nothing(
    person: _Person, failure: ModelUnavailable | ModelFailed
) -> None:
    calls = _calls(person.world, tokens=1_000)
    for _ in range(3):
        with pytest.raises(type(failure)):
            await _read(person, calls, failure)
    assert await _totals(person, calls) == Totals()


async def test_a_call_that_broke_off_counts_what_it_is_taken_to_have_used(person: _Person) -> None:
    calls = _calls(person.world)
    with pytest.raises(ModelUnavailable):
        await _read(person, calls, TextDelta("Some words"), ModelUnavailable("Cut."))
    used = (await _totals(person, calls)).usage
    assert used.input_tokens > 0
    assert used.output_tokens > 0


async def test_the_person_is_warned_when_much_is_used(person: _Person) -> None:
    calls = _calls(person.world, tokens=1_000)
    usage = Usage(input_tokens=550, output_tokens=10)
    await _read(person, calls, TextDelta("This."), ModelCompleted(finish="stop", usage=usage))
    told = [event for event in person.world.hub.to(person.spender.principal) if event["type"] == "budget.warning"]
    assert [(event["scope"], event["used_percent"]) for event in told] == [("person", 56)]


async def test_a_refusal_is_told_to_who_asked_and_to_nobody_who_did_not(person: _Person) -> None:
    calls = _calls(person.world, tokens=400)
    for unasked in (True, False):
        with pytest.raises(BudgetExhausted):
            await calls.read(Bill(spender=person.spender, unasked=unasked), ASKED, 5, WholeText())
        told = [event for event in person.world.hub.to(person.spender.principal) if event["type"] == "budget.warning"]
        assert len(told) == (0 if unasked else 1)


async def test_vectors_are_counted_by_what_the_service_says_they_took(person: _Person) -> None:
    calls = _calls(person.world)
    assert len(await calls.embed(Bill(spender=person.spender), "vectors", ["one", "two"], 8)) == 2
    assert await _totals(person, calls) == Totals(usage=Usage(input_tokens=2 * TOKENS))


async def test_texts_that_do_not_fit_are_not_embedded(person: _Person) -> None:
    embedder = HashingEmbedder()
    calls = replace(_calls(person.world, tokens=20), embedder=embedder)
    with pytest.raises(BudgetExhausted):
        await calls.embed(Bill(spender=person.spender), "vectors", ["word " * 50], 8)
    assert embedder.texts == []


async def test_what_the_app_does_for_itself_no_budget_of_people_limits(person: _Person) -> None:
    limits = Limits(day=Ceiling(tokens=1))
    calls = side_calls_of(person.world, Budgets(person=limits, team=limits), PRICES)
    person.world.model.scripts = [[TextDelta("This."), ModelCompleted(finish="stop", usage=USED)]]
    day, owner = day_of(person.world.clock()), person_account(THE_APP.principal)
    before = await calls.ledger.totals(owner, day)
    await calls.read(FOR_THE_APP, ASKED, 5, WholeText())
    assert await calls.ledger.totals(owner, day) == before.plus(PRICED, turns=0)
