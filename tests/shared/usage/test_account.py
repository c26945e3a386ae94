"""Accounts without a store: periods that end, reservations that expire, and sums that stay right."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from shared.protocol.shapes import Usage
from shared.usage import account as accounts
from shared.usage.account import KEEP_SETTLED_S, Account, Archive, Hold, StepKey, Totals, at, day_of
from shared.usage.amounts import Amount
from shared.usage.budgets import Limits
from shared.usage.decisions import refused
from shared.usage.wording import Voice

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TEN = Usage(input_tokens=10)
FULL = Account(
    day="2026-03-02",
    today=Totals(usage=TEN, turns=1),
    this_month=Totals(usage=TEN + TEN, turns=2),
    warned=("day.tokens", "month.tokens"),
)
VOICE = Voice(scope="person", team="", currency="EUR", contact="x")


def test_on_the_same_day_nothing_ends() -> None:
    assert at(FULL, NOW.replace(hour=23, minute=59, second=59)).account == FULL


def test_at_midnight_the_day_ends_and_the_month_goes_on() -> None:
    now = at(FULL, datetime(2026, 3, 3, tzinfo=UTC))
    assert now.archives == (Archive(period="2026-03-02", totals=FULL.today),)
    assert now.account == Account(day="2026-03-03", this_month=FULL.this_month, warned=("month.tokens",))


def test_at_the_end_of_the_month_both_end() -> None:
    now = at(FULL, datetime(2026, 4, 1, tzinfo=UTC))
    assert [archive.period for archive in now.archives] == ["2026-03-02", "2026-03"]
    assert now.account == Account(day="2026-04-01")


def test_a_year_later_in_the_same_month_both_have_ended() -> None:
    assert at(FULL, datetime(2027, 3, 2, tzinfo=UTC)).account == Account(day="2027-03-02")


def test_a_clock_that_runs_behind_takes_nothing_back() -> None:
    assert at(FULL, datetime(2026, 2, 28, tzinfo=UTC)).account == FULL


def test_periods_in_which_nothing_was_used_are_not_archived() -> None:
    assert at(Account(day="2026-03-02"), datetime(2026, 4, 1, tzinfo=UTC)).archives == ()


def test_days_are_those_of_utc() -> None:
    assert day_of(datetime(2026, 3, 3, 1, 0, tzinfo=timezone(timedelta(hours=2)))) == "2026-03-02"


def test_a_reservation_ends_at_its_time_and_what_was_settled_is_remembered_for_days() -> None:
    expires = NOW.timestamp()
    only_held = Hold(turn_id="t_a", step=0, held=Amount(tokens=5), expires=expires)
    used_some = Hold(turn_id="t_b", step=1, held=Amount(tokens=5), expires=expires, settled=TEN)
    account = Account(day="2026-03-02", holds=(only_held, used_some))
    assert at(account, NOW - timedelta(seconds=1)).account.held_by_others("").tokens == 10
    assert at(account, NOW).account.holds == (used_some.model_copy(update={"held": None}),)
    assert at(account, NOW + timedelta(seconds=KEEP_SETTLED_S - 1)).account.holds != ()
    assert at(account, NOW + timedelta(seconds=KEEP_SETTLED_S)).account.holds == ()


LIMIT = 50
STEPS = st.tuples(st.sampled_from("abc"), st.integers(0, 2), st.integers(1, 20))
ACTS = st.lists(st.tuples(st.sampled_from(["reserve", "settle", "release", "record"]), STEPS), max_size=40)


@given(ACTS)
def test_whatever_happens_in_whatever_order_the_limit_holds_and_every_use_counts_once(
    acts: list[tuple[str, tuple[str, int, int]]],
) -> None:
    """A model beside it keeps per turn what was settled; a call never uses more than it reserved."""
    limits = Limits.model_validate({"day": {"tokens": LIMIT}})
    account = Account(day="2026-03-02")
    counted = 0
    for act, (turn, step, size) in acts:
        key = StepKey(turn_id=turn, step=step)
        hold = account.hold_of(turn)
        if act == "reserve" and refused(limits, account, turn, Amount(tokens=size), VOICE) is None:
            account = accounts.reserved(account, key, Amount(tokens=size), 1e12) or account
        elif act == "settle":
            held = hold.held.tokens if hold and hold.held and hold.step == step else 0
            used = Usage(input_tokens=min(size, held or size))
            after = accounts.settled(account, key, used)
            assert (after is not None) == bool(held)
            counted += used.input_tokens if after else 0
            account = after or account
        elif act == "release":
            account = accounts.released(account, key) or account
        elif act == "record":
            account = accounts.recorded(account, turn, hold.settled if hold else Usage())
            assert account.hold_of(turn) is None
        assert account.used("day").tokens == account.used("month").tokens == counted
        assert counted + account.held_by_others("").tokens <= LIMIT
        assert len({h.turn_id for h in account.holds}) == len(account.holds)
