"""Budgets around a model step: held before it, counted after it, refused in words."""

import asyncio
import json
from dataclasses import replace
from decimal import Decimal

import pytest

from orchestration.messages import StepResult
from orchestration.spending import Spending
from shared.errors import BudgetBusy, ModelUnavailable, StoreUnavailable
from shared.event_log.log import EventLog
from shared.model import ModelCompleted, TextDelta
from shared.protocol.shapes import Usage
from shared.usage.account import StepKey, Totals, day_of
from shared.usage.amounts import Amount
from shared.usage.budgets import Budgets, Ceiling, Limits
from shared.usage.documents import person_account
from shared.usage.ledger import Ledger, Reserved, Spender
from shared.usage.prices import ModelPrice, PriceList
from shared.usage.teams import UNASSIGNED
from tests.orchestration.carded import Carded
from tests.orchestration.endings import end_of
from tests.orchestration.steps import forever, step_events
from tests.orchestration.turns import Turn
from tests.support.doubles import answer

HOUR_S = 3600
PRICES = PriceList(currency="EUR", models={"chat-model": ModelPrice(input=Decimal(2), output=Decimal(8))})


def _limited(turn: Turn, tokens: int) -> Ledger:
    """Give everybody so many tokens a day, warned from half of it on."""
    budgets = Budgets(person=Limits(day=Ceiling(tokens=tokens), soft_percent=50), contact="the sales desk")
    ledger = Ledger(turn.world.cosmos, budgets, "EUR", turn.world.clock)
    spending = Spending(ledger=ledger, prices=PRICES, model="chat-model", publisher=turn.world.publisher)
    turn.world.turn = replace(turn.world.turn, spending=spending)
    return ledger


async def _used(turn: Turn, ledger: Ledger) -> Totals:
    return await ledger.totals(person_account(turn.client.principal), day_of(turn.world.clock()))


async def _rest_is_free(turn: Turn, ledger: Ledger, tokens: int) -> None:
    """Hold so many tokens for another turn, and let go of them again."""
    spender, other = Spender(principal=turn.client.principal, team=UNASSIGNED), StepKey(turn_id="t_other", step=0)
    held = await ledger.reserve(spender, other, Amount(tokens=tokens), turn.world.clock().timestamp() + 60)
    assert isinstance(held, Reserved)
    await ledger.release(spender, other)


async def test_a_turn_counts_once_for_the_person_the_conversation_and_itself(turn: Turn) -> None:
    ledger = _limited(turn, 100_000)
    await turn.step(0, *answer("Fine."))
    await turn.finish()
    await turn.finish()
    usage = Usage(input_tokens=10, output_tokens=5, cost_micros=60)
    assert (await step_events(turn))[0].usage == usage
    assert (await end_of(turn)).usage == usage
    assert (await turn.world.head(turn.session_id)).usage == usage
    assert await _used(turn, ledger) == Totals(usage=usage, turns=1)


async def test_a_question_the_budget_does_not_allow_ends_in_words_and_asks_no_model(turn: Turn) -> None:
    _limited(turn, 1_000)
    result = await turn.step()
    assert turn.world.model.requests == []
    assert result.outcome == "failed"
    error = json.loads(result.error or "")
    assert (error["code"], error["fault"]) == ("budget_exhausted", "budget")
    assert "the sales desk" in error["message"]
    await turn.finish("failed", result.error)
    end = await end_of(turn)
    assert end.error is not None
    assert end.error.message == error["message"]


async def test_what_running_calls_hold_is_waited_for(turn: Turn) -> None:
    ledger = _limited(turn, 5_500)
    other = StepKey(turn_id="t_other", step=0)
    spender = Spender(principal=turn.client.principal, team=UNASSIGNED)
    held = await ledger.reserve(spender, other, Amount(tokens=5_000), turn.world.clock().timestamp() + 60)
    assert isinstance(held, Reserved)
    with pytest.raises(BudgetBusy) as busy:
        await turn.step()
    assert busy.value.after_ms
    await ledger.release(spender, other)
    assert (await turn.step(0, *answer("Fine."))).outcome == "answered"


async def test_an_attempt_that_came_to_nothing_holds_nothing(turn: Turn) -> None:
    ledger = _limited(turn, 5_500)
    for _ in range(3):
        with pytest.raises(ModelUnavailable):
            await turn.step(0, TextDelta("Half"), ModelUnavailable("Cut."))
    await _rest_is_free(turn, ledger, 5_500)


async def test_the_person_is_warned_once_when_much_is_used(turn: Turn) -> None:
    _limited(turn, 10_000)
    usage = Usage(input_tokens=5_500, output_tokens=100)
    await turn.step(0, TextDelta("Long"), ModelCompleted(finish="stop", usage=usage))
    for _ in range(2):
        await turn.finish()
    (warned,) = [e for e in turn.world.hub.to(turn.client.principal) if e["type"] == "budget.warning"]
    assert (warned["scope"], warned["used_percent"]) == ("person", 56)


async def test_an_execution_that_another_overtook_leaves_the_counting_to_it(turn: Turn) -> None:
    ledger = _limited(turn, 100_000)
    winner: list[asyncio.Task[StepResult]] = []

    async def second_execution() -> None:
        winner.append(asyncio.create_task(turn.step(0, *answer("By the second."))))

    with pytest.raises(StoreUnavailable, match="took this step over"):
        await turn.step(0, TextDelta("By the first"), second_execution, forever)
    assert (await winner[0]).outcome == "answered"
    assert (await _used(turn, ledger)).usage == Usage()
    await turn.finish()
    assert (await _used(turn, ledger)).usage == (await step_events(turn))[0].usage


async def test_a_late_execution_of_a_turn_that_ended_elsewhere_holds_nothing(turn: Turn) -> None:
    ledger = _limited(turn, 6_000)
    here = turn.world.turn
    turn.world.turn = replace(here, log=EventLog(turn.world.cosmos, turn.world.clock))
    await turn.finish("failed", "limit_time")
    turn.world.turn = here
    assert await turn.step(0) == StepResult(outcome="over")
    await _rest_is_free(turn, ledger, 6_000)


async def test_a_turn_that_waits_for_a_person_has_counted_what_it_used_and_holds_nothing(carded: Carded) -> None:
    turn = carded.turn
    ledger = _limited(turn, 100_000)
    await carded.asks_for("file")
    asked = Usage(input_tokens=5, output_tokens=2, cost_micros=26)
    assert await _used(turn, ledger) == Totals(usage=asked)
    await _rest_is_free(turn, ledger, 100_000 - 7)
    turn.world.clock.advance(HOUR_S)
    await carded.answered("approve")
    await carded.again()
    await turn.step(1, *answer("Filed."))
    await turn.finish()
    answered = Usage(input_tokens=10, output_tokens=6, cost_micros=68)
    assert await _used(turn, ledger) == Totals(usage=asked + answered, turns=1)


async def test_what_a_parked_turn_used_is_counted_by_the_run_after_one_that_could_not(
    carded: Carded, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = _limited(carded.turn, 100_000)

    async def unavailable(*_: object) -> None:
        raise StoreUnavailable("No.")

    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "settle", unavailable)
        await carded.asks_for("file")
    for _ in range(2):
        await carded.turn.call(carded.call_id)
        assert await _used(carded.turn, ledger) == Totals(usage=Usage(input_tokens=5, output_tokens=2, cost_micros=26))
