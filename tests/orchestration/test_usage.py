"""What a turn used is in the log with it, whatever became of its model calls, and counts once for everybody."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal

import pytest

from orchestration.messages import StepResult
from orchestration.spending import Spending
from shared.errors import ModelFailed, ModelUnavailable
from shared.event_log.documents import LiveDocument
from shared.model import ModelCompleted, TextDelta
from shared.protocol.codes import ErrorCode
from shared.protocol.shapes import Usage
from shared.usage.account import Totals, day_of
from shared.usage.budgets import NO_BUDGETS, Budgets, Ceiling, Limits
from shared.usage.documents import person_account
from shared.usage.ledger import Ledger
from shared.usage.prices import ModelPrice, PriceList
from shared.usage.report import UsageReports
from shared.usage.teams import UNASSIGNED
from tests.orchestration.endings import end_of
from tests.orchestration.steps import forever, step_events
from tests.orchestration.tool_calls import Crash, crash
from tests.orchestration.turns import Turn
from tests.support.doubles import Happening, answer, asks

PRICES = PriceList(currency="EUR", models={"chat-model": ModelPrice(input=Decimal(1), output=Decimal(1))})
WITH_BUDGETS = Budgets(person=Limits(day=Ceiling(tokens=1_000_000)), team=Limits(month=Ceiling(tokens=10_000_000)))
FILTERED_USE = Usage(input_tokens=290, output_tokens=10, cost_micros=300)
CUT = ModelUnavailable("Cut.")


@pytest.fixture(params=[NO_BUDGETS, WITH_BUDGETS], ids=["without_budgets", "with_budgets"])
def ledger(turn: Turn, request: pytest.FixtureRequest) -> Ledger:
    ledger = Ledger(turn.world.cosmos, request.param, "EUR", turn.world.clock)
    spending = Spending(ledger=ledger, prices=PRICES, model="chat-model", publisher=turn.world.publisher)
    turn.world.turn = replace(turn.world.turn, spending=spending)
    return ledger


def _used(tokens: int) -> Usage:
    return Usage(input_tokens=tokens - 10, output_tokens=10, cost_micros=tokens)


def _empty(tokens: int) -> Happening:
    return ModelCompleted(finish="stop", usage=Usage(input_tokens=tokens - 10, output_tokens=10))


def _tokens(usage: Usage | None) -> int:
    return usage.input_tokens + usage.output_tokens if usage else 0


async def _counted(turn: Turn, ledger: Ledger) -> Usage:
    """Return what the turn used, which everybody who counts it says alike."""
    usage = (await end_of(turn)).usage
    assert usage.cost_micros == _tokens(usage)
    assert (await turn.world.head(turn.session_id)).usage == usage
    person, day = turn.client.principal, day_of(turn.world.clock())
    assert await ledger.totals(person_account(person), day) == Totals(usage=usage, turns=1)
    reports = UsageReports(turn.world.cosmos, [UNASSIGNED])
    lines = await reports.lines("2026-01-01", "2027-01-01", [UNASSIGNED])
    assert [line.usage for line in lines if line.person == person] == [usage]
    return usage


def _until(turn: Turn, is_saved: Callable[[LiveDocument], object]) -> Callable[[], Awaitable[None]]:
    """Return what waits until that much of the step has been saved."""

    async def until() -> None:
        async with asyncio.timeout(5):
            live = None
            while live is None or not is_saved(live.live):
                live = await turn.world.log.live(turn.session_id)

    return until


async def test_a_stopped_step_tells_by_an_estimate_what_it_used(turn: Turn, ledger: Ledger) -> None:
    await turn.step(0, TextDelta("Some words"), turn.stop, forever)
    (step,) = await step_events(turn)
    assert step.usage is not None
    assert (step.usage.input_tokens > 100, step.usage.output_tokens) == (True, 4)
    await turn.finish("stopped")
    assert await _counted(turn, ledger) == step.usage


async def test_a_step_stopped_before_its_first_word_used_what_it_was_given_to_read(turn: Turn, ledger: Ledger) -> None:
    await turn.step(0, turn.stop, forever)
    await turn.finish("stopped")
    usage = await _counted(turn, ledger)
    assert (usage.input_tokens > 100, usage.output_tokens) == (True, 0)


@pytest.mark.parametrize("text", [(), (TextDelta("Half"),)], ids=["before_the_text", "in_the_text"])
async def test_what_a_filtered_answer_used_is_in_the_turns_end(
    turn: Turn, ledger: Ledger, text: tuple[TextDelta, ...]
) -> None:
    filtered = await turn.step(0, *text, ModelCompleted(finish="content_filter", usage=_used(300)))
    await turn.finish("failed", filtered.error)
    assert await _counted(turn, ledger) == _used(300)
    assert await step_events(turn) == []


async def test_empty_answers_are_in_the_step_that_came_of_them_at_last(turn: Turn, ledger: Ledger) -> None:
    for _ in range(2):
        with pytest.raises(ModelUnavailable):
            await turn.step(0, _empty(150))
    await turn.step(0, TextDelta("Yes."), _empty(1_000))
    (step,) = await step_events(turn)
    assert step.usage == Usage(input_tokens=1_270, output_tokens=30, cost_micros=1_300)
    await turn.finish()
    assert await _counted(turn, ledger) == step.usage


async def test_an_attempt_in_vain_counts_once_when_further_steps_follow(turn: Turn, ledger: Ledger) -> None:
    with pytest.raises(ModelUnavailable):
        await turn.step(0, _empty(300))
    called = await turn.step(0, *asks(("crm__find", "{}")))
    await turn.call(called.calls[0])
    await turn.step(1, *answer("Found."))
    await turn.finish()
    assert _tokens(await _counted(turn, ledger)) == 300 + 7 + 16


async def test_an_empty_answer_that_ends_the_turn_is_in_its_end(turn: Turn, ledger: Ledger) -> None:
    assert await turn.step(7, _empty(300), last=True) == StepResult(outcome="answered", limit="limit_steps")
    await turn.finish("exhausted", "limit_steps")
    assert await _counted(turn, ledger) == _used(300)


async def test_an_answer_that_broke_off_used_what_it_is_taken_to_have_used(turn: Turn, ledger: Ledger) -> None:
    with pytest.raises(ModelUnavailable):
        await turn.step(0, TextDelta("Half an answer"), CUT)
    await turn.step(0, *answer("Whole."))
    (step,) = await step_events(turn)
    assert step.usage is not None
    assert (step.usage.input_tokens > 100, step.usage.output_tokens) == (True, 5 + 6)
    await turn.finish()
    assert await _counted(turn, ledger) == step.usage


async def test_what_was_refused_while_it_was_written_is_in_the_step_that_was_asked_with_less(
    turn: Turn, ledger: Ledger
) -> None:
    too_long = ModelFailed("Too long.", code=ErrorCode.CONTEXT_TOO_LONG)
    turn.world.model.scripts.append([TextDelta("Half an answer"), too_long])
    turn.world.model.scripts.append([too_long])
    await turn.step(0, *answer("Whole."))
    (step,) = await step_events(turn)
    assert step.usage is not None
    assert (step.usage.input_tokens > 100, step.usage.output_tokens) == (True, 5 + 6)
    await turn.finish()
    assert await _counted(turn, ledger) == step.usage


@pytest.mark.parametrize("refusal", [CUT, ModelFailed("No.", code=ErrorCode.MODEL_REFUSED_REQUEST)])
async def test_a_call_that_came_to_no_word_used_nothing_also_if_that_took_it_long(
    turn: Turn, ledger: Ledger, refusal: Exception
) -> None:
    with suppress(ModelUnavailable):
        await turn.step(0, _until(turn, lambda live: live.used), refusal)
    await turn.finish("failed", "No.")
    assert await _counted(turn, ledger) == Usage()


async def test_a_step_cut_off_by_the_turns_end_is_in_that_end(turn: Turn, ledger: Ledger) -> None:
    async def end() -> None:
        await turn.finish("exhausted", "limit_time")

    result = await turn.step(0, TextDelta("Some words"), _until(turn, lambda live: live.text), end, forever)
    assert result == StepResult(outcome="over")
    # The stream this stands in was cut off, and the end that was being written in it with it.
    await turn.finish("exhausted", "limit_time")
    (step,) = await step_events(turn)
    assert step.usage is not None
    assert (step.usage.input_tokens > 100, step.usage.output_tokens) == (True, 4)
    assert await _counted(turn, ledger) == step.usage


async def test_what_a_process_used_before_it_died_is_in_the_step_of_the_next(turn: Turn, ledger: Ledger) -> None:
    with pytest.raises(Crash):
        await turn.step(0, TextDelta("Some words"), _until(turn, lambda live: live.text), crash)
    await turn.step(0, *answer("Whole."))
    await turn.finish()
    usage = await _counted(turn, ledger)
    assert (usage.input_tokens > 100, usage.output_tokens) == (True, 4 + 6)
