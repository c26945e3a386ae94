"""Whatever request fails, before or after it took effect: running the operation again makes it as if nothing had."""

import json
from collections.abc import Awaitable, Callable

import pytest

from shared.errors import StoreUnavailable
from shared.usage.account import StepKey
from shared.usage.ledger import Ledger, Reserved, Spender
from tests.shared.usage.bench import ADA, FIRST, Bench, tokens, used
from tests.support.doubles import Clock

type Operation = Callable[[Ledger, Bench, Spender], Awaitable[object]]
DAY = 24 * 3600
START = Clock().time
MOST_REQUESTS = 20
SECOND = StepKey(turn_id="t_one", step=1)


async def _reserve(ledger: Ledger, bench: Bench, spender: Spender) -> object:
    result = await ledger.reserve(spender, SECOND, tokens(400), bench.expires)
    assert isinstance(result, Reserved)
    return result


async def _refused(ledger: Ledger, bench: Bench, spender: Spender) -> object:
    """Fits the team but not the person: the team's part is held and given back."""
    result = await ledger.reserve(spender, SECOND, tokens(2_000), bench.expires)
    assert not isinstance(result, Reserved)
    return result


async def _settle(ledger: Ledger, bench: Bench, spender: Spender) -> object:
    return await ledger.settle(spender, FIRST, used(200))


async def _release(ledger: Ledger, bench: Bench, spender: Spender) -> object:
    return await ledger.release(spender, FIRST)


async def _record(ledger: Ledger, bench: Bench, spender: Spender) -> object:
    return await bench.record(ledger, "t_one", 250, spender)


OPERATIONS: dict[str, Operation] = {
    "reserve": _reserve,
    "refused": _refused,
    "settle": _settle,
    "release": _release,
    "record": _record,
}


async def _prepared(bench: Bench, spender: Spender, *, next_day: bool) -> Ledger:
    """Return the ledger of a process in which a turn's first call runs, on accounts with a past."""
    bench.clock.time = START
    ledger = bench.ledger()
    await bench.record(ledger, "t_before", 100, spender)
    if next_day:
        bench.clock.advance(DAY)
    await bench.hold(ledger, 300, spender)
    if next_day:
        bench.clock.advance(30 * DAY)
        await bench.hold(bench.ledger(), 300, spender)  # written elsewhere: what `ledger` remembers is out of date
    return ledger


async def _stored(bench: Bench, spender: Spender) -> str:
    """Return all that is stored for them, as if everybody had the same name."""
    text = json.dumps(await bench.documents(spender), sort_keys=True)
    return text.replace(spender.principal, "person").replace(spender.team, "team")


@pytest.mark.parametrize("after", [False, True], ids=["request lost", "answer lost"])
@pytest.mark.parametrize("next_day", [False, True], ids=["same day", "new periods"])
@pytest.mark.parametrize("name", OPERATIONS)
async def test_an_operation_that_failed_at_any_request_is_made_whole_by_running_it_again(
    bench: Bench, name: str, *, next_day: bool, after: bool
) -> None:
    operation = OPERATIONS[name]
    unharmed = Spender(principal="tenant.unharmed", team="Unharmed")
    await operation(await _prepared(bench, unharmed, next_day=next_day), bench, unharmed)
    expected = await _stored(bench, unharmed)
    failed = 0
    while failed < MOST_REQUESTS:
        for same_process in (True, False):
            spender = Spender(principal=f"tenant.{failed}-{same_process}", team=f"Victims {failed}-{same_process}")
            ledger = await _prepared(bench, spender, next_day=next_day)
            bench.fail(failed, after=after)
            try:
                await operation(ledger, bench, spender)
            except StoreUnavailable:
                assert not bench.unfailed()
            else:
                assert bench.unfailed(), "a failure was passed over in silence"
                assert failed >= 2, "not every request was made to fail"
                return
            await operation(ledger if same_process else bench.ledger(), bench, spender)
            assert await _stored(bench, spender) == expected
        failed += 1
    pytest.fail("the operation never came to its end")


async def test_what_is_never_run_again_is_made_up_for_when_the_turn_is_recorded(bench: Bench) -> None:
    """A crash between the two accounts: the one settled, the other not."""
    ledger = bench.ledger()
    await bench.hold(ledger, 300)
    bench.fail(1, after=False)
    with pytest.raises(StoreUnavailable):
        await ledger.settle(ADA, FIRST, used(200))
    halves = [(await bench.account(owner)).used("day").tokens for owner in ("tenant.ada", "team.North")]
    assert sorted(halves) == [0, 200]
    await bench.record(bench.ledger(), "t_one", 200)
    for owner in ("tenant.ada", "team.North"):
        account = await bench.account(owner)
        assert (account.used("day").tokens, account.today.turns, account.holds) == (200, 1, ())


async def test_a_crash_for_good_leaks_nothing_once_the_reservation_has_expired(bench: Bench) -> None:
    ledger = bench.ledger()
    bench.fail(2, after=False)
    with pytest.raises(StoreUnavailable):
        await bench.hold(ledger, 1_000)
    bench.clock.advance(61)
    await bench.hold(bench.ledger(), 1_000, key=StepKey(turn_id="t_other", step=0))
