"""Many processes at one account: together they never get more than there is."""

import asyncio

from shared.containers import PEOPLE
from shared.usage.account import Archive, StepKey, Totals
from shared.usage.decisions import Refusal
from shared.usage.documents import archive_document, team_account
from shared.usage.ledger import Reserved, Spender
from tests.shared.usage.bench import ADA, Bench, budgets, tokens, used

TEAM_OF_1000 = budgets(team={"day": {"tokens": 1_000}})
MANY = 20


async def test_twenty_reservations_of_a_tenth_decided_on_the_same_account_never_exceed_it(bench: Bench) -> None:
    barrier = asyncio.Barrier(MANY)
    processes = [bench.process(TEAM_OF_1000) for _ in range(MANY)]
    for _, store in processes:
        store.before_batch = barrier.wait  # every one has decided on the empty account before the first writes

    results = await asyncio.gather(
        *(
            ledger.reserve(
                Spender(principal=f"tenant.p{n}", team="North"),
                StepKey(turn_id=f"t_{n}", step=0),
                tokens(100),
                bench.expires,
            )
            for n, (ledger, _) in enumerate(processes)
        )
    )

    granted = [f"t_{n}" for n, result in enumerate(results) if isinstance(result, Reserved)]
    assert len(granted) == 10
    account = await bench.account(team_account("North"))
    assert sorted(hold.turn_id for hold in account.holds) == sorted(granted)
    assert account.held_by_others("").tokens == 1_000
    refusals = [result for result in results if isinstance(result, Refusal)]
    assert all(refusal.busy for refusal in refusals)
    assert sum(store.lost for _, store in processes) >= MANY - 1


async def test_turns_that_run_at_once_in_many_processes_are_all_counted_and_never_exceed_the_limit(
    bench: Bench,
) -> None:
    # All of it fits in the end; not all that may be held at once does.
    generous = budgets(team={"day": {"tokens": 5_000}})
    highest = 0

    async def run(n: int) -> None:
        nonlocal highest
        ledger, spender = bench.ledger(generous), Spender(principal=f"tenant.p{n}", team="North")
        for step in (0, 1):
            key = StepKey(turn_id=f"t_{n}", step=step)
            while isinstance(refusal := await ledger.reserve(spender, key, tokens(300), bench.expires), Refusal):
                assert refusal.busy
            account = await bench.account(team_account("North"))
            highest = max(highest, account.used("day").tokens + account.held_by_others("").tokens)
            await ledger.settle(spender, key, used(200))
        await ledger.record_turn(spender, f"t_{n}", used(400), model="m", conversation_id="s_1")

    await asyncio.gather(*(run(n) for n in range(12)))
    account = await bench.account(team_account("North"))
    assert account.today.turns == 12
    assert account.used("day").tokens == 12 * 400
    assert account.holds == ()
    assert 0 < highest <= 5_000


async def test_the_first_two_writers_of_an_account_both_count(bench: Bench) -> None:
    first, second = bench.process(), bench.process()
    barrier = asyncio.Barrier(2)
    for _, store in (first, second):
        store.before_batch = barrier.wait
    only_person = Spender(principal="tenant.new", team="unassigned")
    await asyncio.gather(
        *(
            bench.hold(ledger, 100, only_person, StepKey(turn_id=f"t_{n}", step=0))
            for n, (ledger, _) in enumerate((first, second))
        )
    )
    assert (await bench.account("tenant.new")).held_by_others("").tokens == 200
    assert first[1].lost + second[1].lost == 1


async def test_two_executions_of_one_recording_count_it_once(bench: Bench) -> None:
    barrier = asyncio.Barrier(2)
    processes = [bench.process() for _ in range(2)]
    for _, store in processes:
        store.before_batch = barrier.wait
    await asyncio.gather(*(bench.record(ledger, "t_one", 300) for ledger, _ in processes))
    assert (await bench.account("tenant.ada")).used("day").tokens == 300
    assert (await bench.account("team.North")).today.turns == 1


async def test_a_new_day_begun_by_two_processes_at_once_is_archived_once(bench: Bench) -> None:
    await bench.record(bench.ledger(), "t_0", 500)
    bench.clock.advance(24 * 3600)
    barrier = asyncio.Barrier(2)
    processes = [bench.process() for _ in range(2)]
    for _, store in processes:
        store.before_batch = barrier.wait
    await asyncio.gather(*(bench.record(ledger, f"t_{n}", 100) for n, (ledger, _) in enumerate(processes, start=1)))
    assert (await bench.ledger().totals("tenant.ada", "2026-03-02")).usage == used(500)
    assert (await bench.ledger().totals("tenant.ada", "2026-03-03")).usage == used(100) + used(100)
    assert (await bench.ledger().totals("tenant.ada", "2026-03")).turns == 3


async def test_a_day_that_was_archived_before_its_account_was_lost_does_not_stop_the_next_day(bench: Bench) -> None:
    ledger, store = bench.process()
    await bench.record(ledger, "t_0", 500)
    earlier = Archive(period="2026-03-02", totals=Totals(usage=used(70), turns=1))
    await store.create(PEOPLE, archive_document(ADA.principal, earlier))
    bench.clock.advance(24 * 3600)
    await bench.record(ledger, "t_1", 100)
    assert await ledger.totals("tenant.ada", "2026-03-02") == earlier.totals
    assert (await ledger.totals("tenant.ada", "2026-03-03")).usage == used(100)


async def test_a_refusal_is_never_decided_on_an_old_account(bench: Bench) -> None:
    here, elsewhere = bench.ledger(), bench.ledger()
    await bench.hold(here, 900)
    await elsewhere.release(ADA, StepKey(turn_id="t_one", step=0))
    await bench.hold(here, 900, key=StepKey(turn_id="t_two", step=0))
