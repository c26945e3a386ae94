"""Which connections the requests to the store take."""

import asyncio
from collections.abc import AsyncGenerator

import pytest

from tests.shared.test_cosmos import PEOPLE, Emulated, emulated, person


@pytest.fixture
async def emulator() -> AsyncGenerator[Emulated]:
    async with emulated() as made:
        yield made


async def test_requests_share_the_connections_that_are_open(emulator: Emulated) -> None:
    cosmos = await asyncio.to_thread(emulator.connect)
    await cosmos.create(PEOPLE, person("a"))
    await asyncio.gather(*(cosmos.read(PEOPLE, "ada", "a") for _ in range(5)))
    opened = set(emulator.peers)
    emulator.forget()
    for _ in range(20):
        assert await cosmos.read(PEOPLE, "ada", "a")
    assert len(emulator.of_documents) == 20
    assert emulator.peers <= opened
    await cosmos.close()


async def test_the_environments_proxies_are_not_asked(emulator: Emulated, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    cosmos = emulator.connect()
    await cosmos.upsert(PEOPLE, person("a"))
    assert await cosmos.read(PEOPLE, "ada", "a")
    await cosmos.close()


async def test_a_connection_the_store_has_closed_in_between_is_replaced(emulator: Emulated) -> None:
    cosmos = emulator.connect()
    await cosmos.upsert(PEOPLE, person("a"))
    before = set(emulator.peers)
    await emulator.hang_up()
    assert await cosmos.create(PEOPLE, person("new")) is True
    assert not emulator.peers <= before
    await cosmos.close()


async def test_a_closed_client_stays_closed(emulator: Emulated) -> None:
    cosmos = emulator.connect()
    await cosmos.upsert(PEOPLE, person("a"))
    await cosmos.close()
    emulator.forget()
    with pytest.raises(ValueError, match="already been closed"):
        await cosmos.read(PEOPLE, "ada", "a")
    assert emulator.requests == []
    await cosmos.close()
