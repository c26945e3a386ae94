from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol

import pytest

from shared.tools.address_rules import parse_networks
from shared.tools.authorization import Authorization
from shared.tools.catalog import Catalog
from shared.tools.catalogs import Catalogs
from shared.tools.mcp_client import McpTools
from tests.shared.tools.scripted_server import LEGACY, ScriptedServer, scripted_server
from tests.shared.tools.sessions import Sessions


@dataclass
class Clock:
    at: datetime = field(default_factory=lambda: datetime(2026, 1, 5, 9, 0, tzinfo=UTC))

    def __call__(self) -> datetime:
        return self.at

    def advance(self, by: timedelta) -> None:
        self.at += by


class MakeTools(Protocol):
    def __call__(self, catalog: Catalog, authorization: Authorization | None = None) -> McpTools: ...


LOOPBACK = parse_networks("127.0.0.0/8, ::1/128")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def server() -> AsyncGenerator[ScriptedServer]:
    async with scripted_server() as running:
        yield running


@pytest.fixture
async def make_tools(clock: Clock) -> AsyncGenerator[MakeTools]:
    made: list[McpTools] = []

    def make(catalog: Catalog, authorization: Authorization | None = None) -> McpTools:
        made.append(McpTools(Catalogs(catalog), clock, authorization, LOOPBACK))
        return made[-1]

    yield make
    for tools in made:
        await tools.close()


@pytest.fixture
async def sessions() -> AsyncGenerator[Sessions]:
    async with scripted_server(era=LEGACY) as server:
        yield Sessions(server)
