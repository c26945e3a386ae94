"""What fits, what does not and why, at the limits themselves."""

import pytest

from shared.protocol.shapes import Usage
from shared.usage.account import Account, Hold, Totals
from shared.usage.amounts import Amount
from shared.usage.budgets import Limits
from shared.usage.decisions import refused, warned
from shared.usage.wording import Voice, resets_text

ME = Voice(scope="person", team="North", currency="EUR", contact="Ines")
US = Voice(scope="team", team="North", currency="EUR", contact="Ines")


def limits(**parts: object) -> Limits:
    return Limits.model_validate(parts)


DAY = limits(day={"tokens": 100})
BOTH = limits(day={"tokens": 100}, month={"tokens": 1_000, "cost_micros": 5_000_000})


def account(*, today: int = 0, month: int | None = None, cost: int = 0, held: int = 0) -> Account:
    """Return an account on which those tokens were used and are held by one running turn."""
    hold = Hold(turn_id="t_running", step=0, held=Amount(tokens=held), expires=1e12)
    return Account(
        day="2026-03-02",
        today=Totals(usage=Usage(input_tokens=today, cost_micros=cost)),
        this_month=Totals(usage=Usage(input_tokens=today if month is None else month, cost_micros=cost)),
        holds=(hold,) if held else (),
    )


@pytest.mark.parametrize(
    ("today", "held", "wanted", "fits"),
    [
        (0, 0, 100, True),
        (0, 0, 101, False),
        (40, 30, 30, True),
        (40, 30, 31, False),
        (99, 0, 1, True),
        (100, 0, 1, False),
        (250, 0, 1, False),
        (0, 100, 1, False),
    ],
)
def test_used_held_and_wanted_together_may_reach_the_limit_and_not_pass_it(
    today: int, held: int, wanted: int, *, fits: bool
) -> None:
    refusal = refused(DAY, account(today=today, held=held), "t_mine", Amount(tokens=wanted), ME)
    assert (refusal is None) is fits


def test_what_the_turn_holds_itself_does_not_stand_in_its_way() -> None:
    assert refused(DAY, account(held=100), "t_running", Amount(tokens=100), ME) is None


def test_a_refusal_because_all_is_used_says_when_there_is_more_and_whom_to_ask() -> None:
    refusal = refused(DAY, account(today=100), "t", Amount(tokens=1), ME)
    assert refusal is not None
    assert refusal.message == (
        "You have used 100 tokens of your 100 tokens for today, so no more questions can be answered. "
        "The count starts anew on 3 March at 00:00 UTC; for more now, ask Ines."
    )
    assert (refusal.busy, refusal.used_percent, refusal.resets_at) == (False, 100, "2026-03-03T00:00:00.000Z")
    assert refusal.info().after_ms is None


def test_a_refusal_because_too_little_is_left_says_how_much_the_answer_may_need() -> None:
    refusal = refused(limits(month={"tokens": 30_000}), account(today=29_000), "t", Amount(tokens=8_000), US)
    assert refusal is not None
    assert refusal.message.startswith(
        "Your team North has used 29,000 tokens of its 30,000 tokens for this month, "
        "and the answer may need 8,000 tokens, more than is left."
    )
    assert (refusal.scope, refusal.used_percent, refusal.resets_at) == ("team", 96, "2026-04-01T00:00:00.000Z")


def test_a_refusal_because_others_are_running_says_to_ask_again_soon() -> None:
    refusal = refused(DAY, account(held=60), "t", Amount(tokens=50), ME)
    assert refusal is not None
    assert refusal.message == (
        "What is left of your 100 tokens for today is reserved by answers that are being written. "
        "Ask again when they have ended."
    )
    assert (refusal.busy, refusal.info().retryable, refusal.info().after_ms) == (True, True, 5_000)


@pytest.mark.parametrize(
    ("state", "wanted", "named"),
    [
        (account(today=100, month=1_000), Amount(tokens=1), "for this month"),
        (account(today=100, month=500), Amount(tokens=1), "for today"),
        (account(today=0, cost=5_000_000), Amount(tokens=1, cost_micros=1), "EUR 5.00 for this month"),
        (account(today=100, month=100, held=900), Amount(tokens=1), "for today"),
    ],
)
def test_of_several_limits_in_the_way_the_one_that_lasts_longest_is_named(
    state: Account, wanted: Amount, named: str
) -> None:
    refusal = refused(BOTH, state, "t", wanted, ME)
    assert refusal is not None
    assert named in refusal.message


@pytest.mark.parametrize(("today", "due"), [(79, False), (80, True), (100, True), (130, True)])
def test_a_warning_is_due_from_the_soft_limit_on(today: int, *, due: bool) -> None:
    assert bool(warned(DAY, account(today=today), ME).notices) is due


@pytest.mark.parametrize(
    ("percent", "today", "due"), [(50, 50, True), (50, 49, False), (100, 99, False), (100, 100, True)]
)
def test_the_soft_limit_can_be_set(percent: int, today: int, *, due: bool) -> None:
    soft = limits(day={"tokens": 100}, soft_percent=percent)
    assert bool(warned(soft, account(today=today), ME).notices) is due


def test_a_soft_limit_between_two_tokens_is_the_higher_one() -> None:
    odd = limits(day={"tokens": 7}, soft_percent=80)
    assert [bool(warned(odd, account(today=n), ME).notices) for n in (5, 6)] == [False, True]


def test_what_is_only_held_is_no_reason_for_a_warning() -> None:
    assert warned(DAY, account(today=10, held=90), ME).notices == ()


def test_every_limit_is_warned_of_once() -> None:
    first = warned(BOTH, account(today=90, month=900), ME)
    assert [notice.used_percent for notice in first.notices] == [90, 90]
    assert [notice.resets_at[:10] for notice in first.notices] == ["2026-03-03", "2026-04-01"]
    assert warned(BOTH, first.account, ME).notices == ()


def test_without_limits_nothing_is_warned_of() -> None:
    state = account(today=10**9)
    assert warned(None, state, ME).account is state


@pytest.mark.parametrize(
    ("period", "day", "moment"),
    [
        ("day", "2026-03-31", "2026-04-01"),
        ("day", "2026-12-31", "2027-01-01"),
        ("day", "2028-02-28", "2028-02-29"),
        ("month", "2026-01-31", "2026-02-01"),
        ("month", "2026-12-01", "2027-01-01"),
        ("month", "2026-02-28", "2026-03-01"),
    ],
)
def test_a_period_ends_at_midnight_before_the_next(period: str, day: str, moment: str) -> None:
    assert resets_text("day" if period == "day" else "month", day) == f"{moment}T00:00:00.000Z"
