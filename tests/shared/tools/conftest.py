from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from shared.tools.catalog import Catalog
from shared.tools.mcp_client import McpTools
from tests.shared.tools.scripted_server import ScriptedServer, scripted_server


@dataclass
class Clock:
    at: datetime = field(default_factory=lambda: datetime(2026, 1, 5, 9, 0, tzinfo=UTC))

    def __call__(self) -> datetime:
        return self.at

    def advance(self, by: timedelta) -> None:
        self.at += by


type MakeTools = Callable[[Catalog], McpTools]


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

    def make(catalog: Catalog) -> McpTools:
        made.append(McpTools(catalog, clock))
        return made[-1]

    yield make
    for tools in made:
        await tools.close()
