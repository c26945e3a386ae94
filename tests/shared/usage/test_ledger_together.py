"""Many turns of one process at one account: what waits for it is written together, and counts as if it was not."""

import asyncio

from shared.usage.account import StepKey
from shared.usage.decisions import Refusal
from shared.usage.documents import team_account
from shared.usage.ledger import Reserved, Spender
from tests.shared.usage.bench import Bench, budgets, tokens, used

TEAM_OF_1000 = budgets(team={"day": {"tokens": 1_000}})
MANY = 20


def _person(n: int) -> Spender:
    return Spender(principal=f"tenant.p{n}", team="North")


async def test_twenty_turns_of_a_team_are_held_in_few_requests_and_never_exceed_its_limit(bench: Bench) -> None:
    ledger, store = bench.process(TEAM_OF_1000)
    results = await asyncio.gather(
        *(
            ledger.reserve(_person(n), StepKey(turn_id=f"t_{n}", step=0), tokens(100), bench.expires)
            for n in range(MANY)
        )
    )
    granted = [n for n, result in enumerate(results) if isinstance(result, Reserved)]
    refused = [result for result in results if isinstance(result, Refusal)]
    assert (len(granted), len(refused)) == (10, 10)
    account = await bench.account(team_account("North"))
    assert sorted(hold.turn_id for hold in account.holds) == sorted(f"t_{n}" for n in granted)
    assert len([request for request in store.requests if request == "batch team.North"]) <= 3


async def test_turns_that_end_together_are_each_recorded_once_in_few_requests(bench: Bench) -> None:
    ledger, store = bench.process(TEAM_OF_1000)
    # The first ones were recorded before, by a process that died before it said so.
    await asyncio.gather(*(bench.record(bench.ledger(TEAM_OF_1000), f"t_{n}", 10, _person(n)) for n in range(3)))
    await asyncio.gather(*(bench.record(ledger, f"t_{n}", 10, _person(n)) for n in range(MANY)))
    account = await bench.account(team_account("North"))
    assert (account.today.turns, account.used("day").tokens) == (MANY, MANY * 10)
    assert len([request for request in store.requests if request == "batch team.North"]) < MANY


async def test_holding_settling_and_recording_at_once_leave_what_they_leave_one_after_the_other(bench: Bench) -> None:
    ledger, _ = bench.process(TEAM_OF_1000)
    keys = [StepKey(turn_id=f"t_{n}", step=0) for n in range(4)]
    for n, key in enumerate(keys):
        await bench.hold(ledger, 100, _person(n), key)
    await asyncio.gather(
        ledger.settle(_person(0), keys[0], used(40)),
        ledger.release(_person(1), keys[1]),
        ledger.record_turn(_person(2), "t_2", used(70), model="m", conversation_id="s_1"),
        ledger.reserve(_person(4), StepKey(turn_id="t_4", step=0), tokens(200), bench.expires),
        # Nothing is held for it: nothing happens.
        ledger.settle(_person(5), StepKey(turn_id="t_5", step=0), used(500)),
    )
    account = await bench.account(team_account("North"))
    assert {hold.turn_id: hold.held for hold in account.holds} == {
        "t_0": None,
        "t_3": tokens(100),
        "t_4": tokens(200),
    }
    assert (account.used("day").tokens, account.today.turns) == (110, 1)
