"""Renewal of people's credentials: exactly one execution asks, whatever happens to it, and no refresh token twice."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from shared.cosmos import Cosmos
from shared.errors import StoreUnavailable
from shared.tools.authorization import SignInRequired
from shared.tools.credentials_refresh import LEASE_S, PersonalTokens
from shared.tools.oauth_errors import Unreachable
from tests.shared.stub_server import stub_server
from tests.shared.tools.credential_bench import Bench, catalog_of
from tests.shared.tools.rotating_authority import Authority

GOOD, EXPIRED = 3600.0, 1.0


@pytest.fixture
async def authority() -> AsyncIterator[Authority]:
    authority = Authority()
    async with stub_server(authority) as url:
        authority.url = f"{url}/token"
        yield authority
        authority.go_on.set()


@pytest.fixture
async def bench(cosmos: Cosmos) -> AsyncIterator[Bench]:
    bench = Bench(cosmos, catalog_of("http://127.0.0.1:9/mcp", {"mode": "oauth"}))
    yield bench
    await bench.close()


@pytest.fixture
async def processes(bench: Bench, authority: Authority) -> list[PersonalTokens]:
    """Processes of the app; what is kept for the person is about to expire."""
    await bench.keep(token_endpoint=authority.url, expires_at=bench.time().timestamp() + EXPIRED)
    made = [bench.process().personal for _ in range(4)]
    return [one.tokens for one in made if one is not None]


async def test_a_credential_that_is_good_is_given_without_asking(bench: Bench, authority: Authority) -> None:
    await bench.keep(token_endpoint=authority.url)
    assert await bench.header() == ("Authorization", "Bearer access-0")
    assert authority.taken == []


async def test_twenty_calls_in_four_processes_renew_once(
    bench: Bench, authority: Authority, processes: list[PersonalTokens]
) -> None:
    calls = [processes[number % 4].current("quotes", bench.person) for number in range(20)]
    assert set(await asyncio.gather(*calls)) == {"access-1"}
    assert (authority.taken, authority.reused) == (["refresh-0"], False)


async def test_a_rejected_token_is_renewed_by_one_for_all_that_were_rejected(
    bench: Bench, authority: Authority, processes: list[PersonalTokens]
) -> None:
    await bench.keep(token_endpoint=authority.url)
    calls = [processes[number % 4].current("quotes", bench.person, rejected="access-0") for number in range(8)]
    assert set(await asyncio.gather(*calls)) == {"access-1"}
    assert authority.taken == ["refresh-0"]


async def test_renewals_follow_one_another_with_the_rotated_token(
    bench: Bench, authority: Authority, processes: list[PersonalTokens]
) -> None:
    for number in range(1, 4):
        assert await processes[number].current("quotes", bench.person) == f"access-{number}"
        bench.time.ahead += timedelta(hours=1)
    assert (authority.taken, authority.reused) == (["refresh-0", "refresh-1", "refresh-2"], False)


async def test_a_crash_in_the_middle_costs_a_sign_in_and_never_a_second_use(
    bench: Bench, authority: Authority, processes: list[PersonalTokens]
) -> None:
    kept = await bench.personal.store.read(bench.person, "quotes")
    assert kept is not None
    until = bench.time().timestamp() + LEASE_S
    assert await bench.personal.store.replace(bench.person, "quotes", kept, kept.tokens, until)
    bench.time.ahead += timedelta(seconds=LEASE_S + 1)
    with pytest.raises(SignInRequired):
        await processes[0].current("quotes", bench.person)
    assert authority.taken == []


async def test_while_another_process_renews_a_call_waits_for_what_it_gets(
    bench: Bench, authority: Authority, processes: list[PersonalTokens]
) -> None:
    authority.go_on.clear()
    first = asyncio.create_task(processes[0].current("quotes", bench.person))
    await asyncio.wait_for(authority.asked.wait(), 5)
    second = asyncio.create_task(processes[1].current("quotes", bench.person))
    authority.go_on.set()
    assert await asyncio.gather(first, second) == ["access-1", "access-1"]
    assert authority.taken == ["refresh-0"]


async def test_a_call_that_is_stopped_leaves_its_renewal_to_end_well(
    bench: Bench, authority: Authority, processes: list[PersonalTokens]
) -> None:
    authority.go_on.clear()
    stopped = asyncio.create_task(processes[0].current("quotes", bench.person))
    await asyncio.wait_for(authority.asked.wait(), 5)
    stopped.cancel()
    with pytest.raises(asyncio.CancelledError):
        await stopped
    authority.go_on.set()
    assert await processes[1].current("quotes", bench.person) == "access-1"
    assert (authority.taken, authority.reused) == (["refresh-0"], False)


async def test_no_answer_may_mean_it_was_used_so_the_person_signs_in_again(
    bench: Bench, authority: Authority, processes: list[PersonalTokens]
) -> None:
    authority.cut = True
    for tokens in processes[:2]:
        with pytest.raises(SignInRequired):
            await tokens.current("quotes", bench.person)
    assert (authority.taken, authority.reused) == (["refresh-0"], False)


async def test_where_refresh_tokens_are_not_rotated_no_answer_is_only_a_delay(
    bench: Bench, authority: Authority, processes: list[PersonalTokens]
) -> None:
    authority.rotates = False
    assert await processes[0].current("quotes", bench.person) == "access-1"
    bench.time.ahead += timedelta(hours=1)
    authority.cut = True
    with pytest.raises(Unreachable):
        await processes[1].current("quotes", bench.person)
    authority.cut = False
    assert await processes[2].current("quotes", bench.person) == "access-3"


async def test_a_busy_authority_has_used_nothing_so_the_next_call_asks_again(
    bench: Bench, authority: Authority, processes: list[PersonalTokens]
) -> None:
    authority.status = 503
    with pytest.raises(Unreachable):
        await processes[0].current("quotes", bench.person)
    authority.status = 200
    assert await processes[1].current("quotes", bench.person) == "access-1"


async def test_an_authority_that_is_not_there_has_used_nothing(bench: Bench, authority: Authority) -> None:
    await bench.keep(token_endpoint="http://127.0.0.1:9/token", expires_at=1.0)
    with pytest.raises(Unreachable):
        await bench.personal.tokens.current("quotes", bench.person)
    kept = await bench.personal.store.read(bench.person, "quotes")
    assert kept is not None
    assert kept.refreshing_until is None


@pytest.mark.parametrize(("error", "is_kept"), [("invalid_grant", False), ("invalid_client", True)])
async def test_a_refusal_asks_for_a_sign_in_and_forgets_only_what_is_void(
    bench: Bench, authority: Authority, processes: list[PersonalTokens], error: str, *, is_kept: bool
) -> None:
    authority.status, authority.error = 400, error
    with pytest.raises(SignInRequired):
        await processes[0].current("quotes", bench.person)
    assert (await bench.personal.store.read(bench.person, "quotes") is not None) == is_kept


async def test_what_cannot_be_renewed_asks_for_a_sign_in(bench: Bench) -> None:
    await bench.keep(refresh_token=None, expires_at=1.0)
    with pytest.raises(SignInRequired):
        await bench.header()


async def test_a_failed_write_of_the_new_token_is_made_again(
    bench: Bench, authority: Authority, processes: list[PersonalTokens], monkeypatch: pytest.MonkeyPatch
) -> None:
    written = bench.cosmos.batch
    failures = iter([False, True, True])

    async def failing(*arguments: object) -> object:
        if next(failures, False):
            raise StoreUnavailable("down")
        return await written(*arguments)  # pyright: ignore[reportArgumentType] - passed on as they came

    monkeypatch.setattr(bench.cosmos, "batch", failing)
    assert await processes[0].current("quotes", bench.person) == "access-1"
    assert await processes[1].current("quotes", bench.person) == "access-1"
    assert authority.taken == ["refresh-0"]


async def test_a_lease_whose_writing_was_not_confirmed_is_still_ones_own(
    bench: Bench, authority: Authority, processes: list[PersonalTokens], monkeypatch: pytest.MonkeyPatch
) -> None:
    written = bench.cosmos.batch
    lost = iter([True])

    async def unheard(*arguments: object) -> object:
        result = await written(*arguments)  # pyright: ignore[reportArgumentType] - passed on as they came
        if next(lost, False):
            raise StoreUnavailable("the answer was lost")
        return result

    monkeypatch.setattr(bench.cosmos, "batch", unheard)
    assert await processes[0].current("quotes", bench.person) == "access-1"
    assert authority.taken == ["refresh-0"]


async def test_a_sign_in_during_a_renewal_counts_and_the_renewal_is_dropped(
    bench: Bench, authority: Authority, processes: list[PersonalTokens]
) -> None:
    authority.go_on.clear()
    call = asyncio.create_task(processes[0].current("quotes", bench.person))
    await asyncio.wait_for(authority.asked.wait(), 5)
    await bench.keep(access_token="from-sign-in", token_endpoint=authority.url)
    authority.go_on.set()
    assert await call == "from-sign-in"
