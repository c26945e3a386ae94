"""People who use the groups API, tool servers as a program, and a deployment whose people sign in to one of them."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from shared.cosmos import Cosmos
from tests.api.groups import Room
from tests.services import service
from tests.shared.tools.credential_bench import CARD, CONVERSATION, Bench, catalog_of
from tests.support.world import World

OAUTH = {"mode": "oauth"}


@pytest.fixture
def room(world: World) -> Room:
    return Room(world)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def quotes_url() -> AsyncIterator[str]:
    async with service("mcp_servers", "--log-level", "WARNING") as running:
        yield running.url


@pytest.fixture
async def bench(cosmos: Cosmos, quotes_url: str) -> AsyncIterator[Bench]:
    bench = Bench(cosmos, catalog_of(f"{quotes_url}/quotes/mcp", OAUTH))
    await bench.remember()
    yield bench
    await bench.close()


@pytest.fixture
async def link(bench: Bench) -> str:
    url = bench.credentials.sign_in_url("quotes", CARD, bench.person, CONVERSATION)
    assert url is not None
    return url
