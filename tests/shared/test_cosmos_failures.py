"""What a failing store looks like to the app: one request, and one error that says when to try again."""

from collections.abc import AsyncGenerator, Awaitable, Callable

import pytest
from aiohttp import web

from local.cosmos.faults import FaultSpec
from shared import cosmos as adapter
from shared.cosmos import BatchFailed, Cosmos, Create
from shared.errors import StoreUnavailable
from tests.shared.test_cosmos import PEOPLE, Emulated, client_at, emulated, person

OPERATIONS: dict[str, Callable[[Cosmos], Awaitable[object]]] = {
    "read": lambda cosmos: cosmos.read(PEOPLE, "ada", "a"),
    "read_many": lambda cosmos: cosmos.read_many(PEOPLE, [("a", "ada"), ("a", "bob")]),
    "query": lambda cosmos: cosmos.query(PEOPLE, "SELECT * FROM c", {}, "ada"),
    "query across partitions": lambda cosmos: cosmos.query(PEOPLE, "SELECT * FROM c", {}, None),
    "create": lambda cosmos: cosmos.create(PEOPLE, person("new")),
    "upsert": lambda cosmos: cosmos.upsert(PEOPLE, person("a")),
    "batch": lambda cosmos: cosmos.batch(PEOPLE, "ada", [Create(document=person("new"))]),
}


@pytest.fixture
async def emulator() -> AsyncGenerator[Emulated]:
    async with emulated() as made:
        yield made


@pytest.fixture
async def cosmos(emulator: Emulated) -> AsyncGenerator[Cosmos]:
    """A client that has found out about account and container, and one document."""
    client = emulator.connect()
    await client.upsert(PEOPLE, person("a"))
    emulator.forget()
    yield client
    await client.close()


async def refused(act: Awaitable[object]) -> StoreUnavailable:
    with pytest.raises(StoreUnavailable) as raised:
        await act
    return raised.value


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("status", [408, 410, 429, 449, 500, 502, 503])
async def test_a_failure_is_raised_after_one_request_with_the_stores_hint(
    emulator: Emulated, cosmos: Cosmos, operation: str, status: int
) -> None:
    emulator.server.faults.arm([FaultSpec(status=status, match="/docs", count=9, retry_after_ms=1234)])
    error = await refused(OPERATIONS[operation](cosmos))
    assert (error.after_ms, str(status) in error.message) == (1234, True)
    assert len(emulator.of_documents) == 1


async def test_a_failure_without_a_hint_has_none(emulator: Emulated, cosmos: Cosmos) -> None:
    emulator.server.faults.arm([FaultSpec(status=503, match="/docs")])
    assert (await refused(cosmos.read(PEOPLE, "ada", "a"))).after_ms is None


async def test_a_container_that_cannot_be_looked_up_is_a_failure_after_one_request(emulator: Emulated) -> None:
    cosmos = emulator.connect()
    emulator.server.faults.arm([FaultSpec(status=429, match="/colls/people$", count=9)])
    await refused(cosmos.create(PEOPLE, person("new")))
    assert emulator.requests.count(f"GET /dbs/app/colls/{PEOPLE}/") == 1
    emulator.server.faults.arm([])
    assert await cosmos.create(PEOPLE, person("new")) is True
    await cosmos.close()


async def test_a_write_whose_answer_was_lost_is_a_conflict_when_it_is_tried_again(
    emulator: Emulated, cosmos: Cosmos
) -> None:
    emulator.server.faults.arm([FaultSpec(status=408, match="/docs", after=True, count=2)])
    await refused(cosmos.batch(PEOPLE, "ada", [Create(document=person("new"))]))
    await refused(cosmos.create(PEOPLE, person("newer")))
    assert await cosmos.batch(PEOPLE, "ada", [Create(document=person("new"))]) == BatchFailed(index=0, status=409)
    assert await cosmos.create(PEOPLE, person("newer")) is False


async def test_an_operation_the_store_cannot_accept_is_told_from_a_store_that_is_away(cosmos: Cosmos) -> None:
    error = await refused(cosmos.batch(PEOPLE, "ada", [Create(document=person("a/b"))]))
    assert "answered 400" in error.message


async def test_after_the_write_region_moved_the_account_is_read_again_and_the_write_done(
    emulator: Emulated, cosmos: Cosmos
) -> None:
    emulator.server.faults.arm([FaultSpec(status=403, substatus=3, match="/docs")])
    assert await cosmos.create(PEOPLE, person("new")) is True
    assert "GET /" in emulator.requests
    assert len(emulator.of_documents) == 2


async def test_an_account_that_cannot_be_described_at_first_delays_nothing_but_the_start(emulator: Emulated) -> None:
    cosmos = emulator.connect()
    emulator.server.faults.arm([FaultSpec(status=503, match="^/$")])
    await cosmos.upsert(PEOPLE, person("a"))
    assert emulator.requests.count("GET /") > 1
    await cosmos.close()


async def test_a_store_that_is_away_or_silent_cannot_be_reached(
    emulator: Emulated, unused_tcp_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = client_at(f"http://127.0.0.1:{unused_tcp_port}")
    error = await refused(away.read(PEOPLE, "ada", "a"))
    assert ("could not be reached" in error.message, error.after_ms) == (True, None)
    await away.close()
    monkeypatch.setattr(adapter, "_TIMEOUTS", {"connection_timeout": 5, "read_timeout": 0.2})
    hasty = emulator.connect()
    await hasty.upsert(PEOPLE, person("a"))
    emulator.forget()
    emulator.server.faults.arm([FaultSpec(delay_ms=5000, match="/docs", count=2)])
    for operation in ("batch", "read"):
        assert "could not be reached" in (await refused(OPERATIONS[operation](hasty))).message
    assert len(emulator.of_documents) == 2
    await hasty.close()


async def test_a_write_over_a_connection_that_breaks_is_not_sent_again(emulator: Emulated, cosmos: Cosmos) -> None:
    def cut(request: web.Request) -> None:
        assert request.transport is not None
        request.transport.abort()

    emulator.spoil = cut
    for operation in ("batch", "create", "upsert", "query"):
        emulator.forget()
        assert "could not be reached" in (await refused(OPERATIONS[operation](cosmos))).message
        assert len(emulator.of_documents) == 1
    emulator.spoil = None
    assert await cosmos.create(PEOPLE, person("newer")) is True


async def test_a_wrong_key_and_a_missing_container_are_failures(emulator: Emulated, cosmos: Cosmos) -> None:
    stranger = client_at(emulator.url, key="d3Jvbmc=")
    assert "401" in (await refused(stranger.read(PEOPLE, "ada", "a"))).message
    await stranger.close()
    assert "404" in (await refused(cosmos.create("nowhere", person("a")))).message
