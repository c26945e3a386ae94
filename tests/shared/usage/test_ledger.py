"""Reserving, settling and recording on a real store."""

from shared.protocol.shapes import Usage
from shared.usage.account import StepKey, Totals
from shared.usage.amounts import Amount
from shared.usage.decisions import Refusal
from shared.usage.documents import KEPT_S, person_account, team_account
from shared.usage.ledger import Reserved, Spender
from tests.shared.usage.bench import ADA, BEN, DAY_OF_1000, FIRST, Bench, budgets, tokens, used

NO_LIMITS = budgets()
HOUR = 3600


async def test_what_a_turn_used_counts_for_its_asker_and_for_the_team(bench: Bench) -> None:
    ledger = bench.ledger()
    await bench.hold(ledger, 400)
    await ledger.settle(ADA, FIRST, used(300))
    await bench.record(ledger, FIRST.turn_id, 300)
    await bench.record(ledger, "t_two", 100, BEN)
    for owner, count, turns in (("tenant.ada", 300, 1), ("tenant.ben", 100, 1), ("team.North", 400, 2)):
        for period in ("2026-03-02", "2026-03"):
            totals = await ledger.totals(owner, period)
            assert (totals.usage.input_tokens + totals.usage.output_tokens, totals.turns) == (count, turns)
        assert (await bench.account(owner)).holds == ()


async def test_a_turns_entry_says_who_used_what_where_and_lasts_over_a_year(bench: Bench) -> None:
    usage = Usage(input_tokens=100, cached_input_tokens=40, output_tokens=20, cost_micros=77)
    await bench.ledger(NO_LIMITS).record_turn(ADA, "t_one", usage, model="big", conversation_id="s_9")
    entries = [document for document in await bench.documents() if document["kind"] == "usage_turn"]
    assert [(entry["principal"], entry["id"]) for entry in entries] == [
        ("tenant.ada", "usage.t_one"),
        ("team.North", "usage.t_one"),
    ]
    for entry in entries:
        assert (entry["person"], entry["team"], entry["model"]) == ("tenant.ada", "North", "big")
        assert (entry["conversation_id"], entry["usage"]) == ("s_9", usage.model_dump())
        assert (entry["at"], entry["ttl"]) == ("2026-03-02T09:00:00.000Z", KEPT_S)
        assert KEPT_S > 366 * 24 * HOUR


async def test_a_running_call_counts_with_all_it_may_use_until_it_is_settled(bench: Bench) -> None:
    ledger = bench.ledger()
    await bench.hold(ledger, 700)
    other = StepKey(turn_id="t_other", step=0)
    refusal = await ledger.reserve(ADA, other, tokens(301), bench.expires)
    assert isinstance(refusal, Refusal)
    assert refusal.busy
    await ledger.settle(ADA, FIRST, used(100))
    await bench.hold(ledger, 900, key=other)


async def test_a_call_that_failed_gives_back_what_it_held(bench: Bench) -> None:
    ledger = bench.ledger()
    await bench.hold(ledger, 1_000)
    await ledger.release(ADA, FIRST)
    await bench.hold(ledger, 1_000, key=StepKey(turn_id="t_other", step=0))


async def test_the_steps_of_a_turn_hold_one_after_the_other(bench: Bench) -> None:
    ledger = bench.ledger()
    for step in range(3):
        key = StepKey(turn_id="t_one", step=step)
        await bench.hold(ledger, 400, key=key)
        await ledger.settle(ADA, key, used(200))
    assert isinstance(await ledger.reserve(ADA, StepKey(turn_id="t_one", step=3), tokens(401), bench.expires), Refusal)
    await bench.record(ledger, "t_one", 600)
    assert await ledger.totals("tenant.ada", "2026-03-02") == Totals(
        usage=Usage(input_tokens=480, output_tokens=120), turns=1
    )


async def test_recording_adds_what_was_never_settled(bench: Bench) -> None:
    ledger = bench.ledger()
    await bench.hold(ledger, 400)
    await ledger.settle(ADA, FIRST, used(300))
    await bench.record(ledger, "t_one", 500)
    assert (await bench.account("tenant.ada")).used("day").tokens == 500


async def test_a_late_settlement_of_a_recorded_turn_changes_nothing(bench: Bench) -> None:
    ledger = bench.ledger()
    await bench.hold(ledger, 400)
    await bench.record(ledger, "t_one", 300)
    before = await bench.documents()
    assert await ledger.settle(ADA, FIRST, used(300)) == ()
    assert await bench.documents() == before


async def test_a_zombie_of_an_earlier_step_does_not_take_the_later_steps_reservation(bench: Bench) -> None:
    ledger = bench.ledger()
    later = StepKey(turn_id="t_one", step=1)
    await bench.hold(ledger, 400, key=later)
    before = await bench.documents()
    await bench.hold(ledger, 300, key=FIRST)
    await ledger.settle(ADA, FIRST, used(10))
    await ledger.release(ADA, FIRST)
    assert await bench.documents() == before


async def test_an_expired_reservation_holds_nothing_and_the_next_write_removes_it(bench: Bench) -> None:
    ledger = bench.ledger()
    await bench.hold(ledger, 1_000)
    bench.clock.advance(61)
    await bench.hold(bench.ledger(), 1_000, key=StepKey(turn_id="t_other", step=0))
    holds = [document["holds"] for document in await bench.documents() if document["id"] == "usage"]
    assert [[hold["turn_id"] for hold in mine] for mine in holds] == [["t_other"], ["t_other"]]


async def test_a_turn_whose_reservation_expired_is_still_counted_once(bench: Bench) -> None:
    ledger = bench.ledger()
    await bench.hold(ledger, 400)
    await ledger.settle(ADA, FIRST, used(300))
    await bench.hold(ledger, 400, key=StepKey(turn_id="t_one", step=1))
    bench.clock.advance(2 * HOUR)
    await bench.record(ledger, "t_other", 50)
    await bench.record(ledger, "t_one", 350)
    assert (await bench.account("tenant.ada")).used("day").tokens == 400


async def test_a_refusal_by_the_team_holds_nothing_for_the_person_either(bench: Bench) -> None:
    small_team = budgets(person={"day": {"tokens": 1_000}}, team={"day": {"tokens": 500}})
    ledger = bench.ledger(small_team)
    refusal = await ledger.reserve(ADA, FIRST, tokens(600), bench.expires)
    assert isinstance(refusal, Refusal)
    assert refusal.scope == "team"
    assert "Your team North" in refusal.message
    assert (await bench.account("tenant.ada")).holds == ()
    assert (await bench.account("team.North")).holds == ()


async def test_a_warning_is_given_once_in_its_period_to_whom_it_concerns(bench: Bench) -> None:
    ledger = bench.ledger()
    await bench.hold(ledger, 900)
    (notice,) = await ledger.settle(ADA, FIRST, used(850))
    assert (notice.scope, notice.used_percent, notice.resets_at) == ("person", 85, "2026-03-03T00:00:00.000Z")
    assert notice.message == (
        "You have used 85 % of your 1,000 tokens for today (850 tokens). "
        "The count starts anew on 3 March at 00:00 UTC; for more now, ask your administrator."
    )
    again = StepKey(turn_id="t_one", step=1)
    assert await ledger.reserve(ADA, again, tokens(50), bench.expires) == Reserved(notices=())
    assert await ledger.settle(ADA, again, used(50)) == ()
    bench.clock.advance(24 * HOUR)
    assert len(await ledger.record_turn(ADA, "t_next", used(800), model="m", conversation_id="s_1")) == 1


async def test_money_is_counted_like_tokens(bench: Bench) -> None:
    ledger = bench.ledger(budgets(person={"month": {"cost_micros": 2_000_000}}, contact="Sales Operations"))
    await ledger.record_turn(ADA, "t_0", used(10, cost=1_500_000), model="m", conversation_id="s_1")
    refusal = await ledger.reserve(ADA, FIRST, Amount(tokens=9, cost_micros=500_001), bench.expires)
    assert isinstance(refusal, Refusal)
    assert refusal.message == (
        "You have used USD 1.50 of your USD 2.00 for this month, and the answer may need USD 0.50, more than is left. "
        "The count starts anew on 1 April at 00:00 UTC; for more now, ask Sales Operations."
    )
    assert (refusal.info().code, refusal.info().fault, refusal.info().retryable) == (
        "budget_exhausted",
        "budget",
        False,
    )


async def test_a_new_day_and_a_new_month_start_at_nothing_and_the_old_can_still_be_read(bench: Bench) -> None:
    ledger = bench.ledger()
    await bench.record(ledger, "t_1", 900)
    bench.clock.advance(24 * HOUR)
    await bench.record(ledger, "t_2", 50)
    bench.clock.advance(30 * 24 * HOUR)
    await bench.hold(ledger, 1_000)
    await ledger.settle(ADA, FIRST, used(7))

    async def read(period: str) -> int:
        usage = (await bench.ledger().totals(person_account("tenant.ada"), period)).usage
        return usage.input_tokens + usage.output_tokens

    periods = ("2026-03-02", "2026-03-03", "2026-03", "2026-04-02", "2026-04", "2026-03-04", "2025-01")
    assert [await read(period) for period in periods] == [900, 50, 950, 7, 7, 0, 0]


async def test_a_reservation_over_midnight_counts_where_it_is_settled(bench: Bench) -> None:
    ledger = bench.ledger()
    bench.clock.advance(15 * HOUR - 10)
    await bench.hold(ledger, 1_000)
    bench.clock.advance(20)
    assert isinstance(await ledger.reserve(ADA, StepKey(turn_id="t_other", step=0), tokens(1), bench.expires), Refusal)
    await ledger.settle(ADA, FIRST, used(300))
    assert (await ledger.totals("tenant.ada", "2026-03-02")).usage == Usage()
    assert (await ledger.totals("tenant.ada", "2026-03-03")).usage == used(300)


async def test_without_limits_nothing_is_reserved_and_usage_is_counted_all_the_same(bench: Bench) -> None:
    ledger, store = bench.process(NO_LIMITS)
    assert await ledger.reserve(ADA, FIRST, tokens(10**9), bench.expires) == Reserved(notices=())
    await ledger.settle(ADA, FIRST, used(500))
    await ledger.release(ADA, FIRST)
    assert store.requests == []
    await bench.record(ledger, "t_one", 500)
    assert (await ledger.totals(team_account("North"), "2026-03")).usage == used(500)


async def test_only_accounts_with_limits_are_asked(bench: Bench) -> None:
    ledger, store = bench.process(budgets(team={"month": {"tokens": 1_000}}))
    await bench.hold(ledger, 100)
    assert {request.split()[1] for request in store.requests} == {"team.North"}
    store.requests.clear()
    nobody = Spender(principal="tenant.new", team="unassigned")
    await bench.hold(ledger, 10_000, nobody)
    assert store.requests == []


async def test_each_operation_is_one_request_per_account_when_nobody_else_writes(bench: Bench) -> None:
    ledger, store = bench.process()
    await bench.hold(ledger, 100)
    store.requests.clear()
    for step in (1, 2):
        key = StepKey(turn_id="t_one", step=step)
        await bench.hold(ledger, 100, key=key)
        await ledger.settle(ADA, key, used(50))
    await bench.hold(ledger, 100, key=StepKey(turn_id="t_one", step=3))
    await ledger.release(ADA, StepKey(turn_id="t_one", step=3))
    await bench.record(ledger, "t_one", 100)
    assert sorted(store.requests) == ["batch team.North"] * 7 + ["batch tenant.ada"] * 7


async def test_budgets_that_come_or_go_while_a_turn_runs_do_not_change_what_is_counted(bench: Bench) -> None:
    for turn_id, (at_first, later) in {"t_a": (NO_LIMITS, DAY_OF_1000), "t_b": (DAY_OF_1000, NO_LIMITS)}.items():
        before, after = bench.ledger(at_first), bench.ledger(later)
        key = StepKey(turn_id=turn_id, step=0)
        await bench.hold(before, 100, key=key)
        await before.settle(ADA, key, used(60))
        key = StepKey(turn_id=turn_id, step=1)
        await bench.hold(after, 100, key=key)
        await after.settle(ADA, key, used(40))
        await bench.record(after, turn_id, 100)
    assert (await bench.account("tenant.ada")).used("day").tokens == 200
    assert (await bench.account("team.North")).holds == ()
