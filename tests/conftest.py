"""Fixtures of the spine: one document store for the whole run, a world of its own for each test."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from local.cosmos.auth import EMULATOR_KEY
from local.provision import provision
from shared.cosmos import Cosmos
from shared.erasure import DUE_GROUPS_QUERY, DUE_QUERY
from shared.event_log.log import DUE_QUERY as SWEEPERS_QUERY
from shared.settings import ServiceAddress
from tests.services import service
from tests.support.world import World, store, world_on

DATABASE = "salescoach"
LONGEST_LIST = 20


def _read_many(count: int) -> str:
    """Return what the SDK makes of reading several documents by id and partition."""
    pairs = (f"( c.id = @param_id{n} AND c.conversation_id = @param_pk{n}0 )" for n in range(count))
    return f"SELECT * FROM c WHERE ( {' OR '.join(pairs)} )"  # noqa: S608 - parameters only, and never run from here


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def cosmos_address(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ServiceAddress]:
    """A document store as strict and as dear as the real one; the queries that may cross partitions are listed."""
    allowed = tmp_path_factory.mktemp("cosmos") / "allow.json"
    allowed.write_text(
        json.dumps([SWEEPERS_QUERY, DUE_QUERY, DUE_GROUPS_QUERY, *map(_read_many, range(2, LONGEST_LIST))]),
        encoding="utf-8",
    )
    async with service("cosmos", "--strict", "--allow", str(allowed), "--log-level", "WARNING") as running:
        address = f"AccountEndpoint={running.url}/;AccountKey={EMULATOR_KEY};"
        await provision(address, DATABASE, None)
        yield ServiceAddress(connection_string=address)


@pytest.fixture
async def cosmos(cosmos_address: ServiceAddress) -> AsyncIterator[Cosmos]:
    client = store(cosmos_address, DATABASE)
    yield client
    await client.close()


@pytest.fixture
async def world(cosmos_address: ServiceAddress) -> AsyncIterator[World]:
    async with world_on(cosmos_address, DATABASE) as made:
        yield made


@pytest.fixture
async def lonely_world(cosmos_address: ServiceAddress, tmp_path: Path) -> AsyncIterator[World]:
    """A world with a database of its own, for what looks across conversations."""
    database = f"only-{tmp_path.name}"
    await provision(cosmos_address.connection_string, database, None)
    async with world_on(cosmos_address, database) as made:
        yield made


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests measured and recorded under the name `measured`."""
    for report in terminalreporter.getreports("passed"):
        for name, value in report.user_properties:
            if name == "measured":
                terminalreporter.write_line(str(value))
