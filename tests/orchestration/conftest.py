from collections.abc import AsyncGenerator

import pytest

from orchestration import call_watch, streaming
from shared.settings import ServiceAddress
from tests.conftest import DATABASE
from tests.orchestration.carded import CATALOG, SEND_SCHEMA, Carded
from tests.orchestration.instances import instance_beside
from tests.orchestration.turns import Turn, new_turn
from tests.support.world import World, world_on


@pytest.fixture(autouse=True)
def _frequent_checkpoints(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stop is noticed at the next checkpoint; tests cannot wait a second for each."""
    monkeypatch.setattr(streaming, "CHECKPOINT_S", 0.01)
    monkeypatch.setattr(call_watch, "WATCH_S", 0.05)
    monkeypatch.setattr(call_watch, "ANSWER_POLL_S", 0.02)


@pytest.fixture
async def turn(world: World) -> Turn:
    return await new_turn(world)


@pytest.fixture
async def other(world: World) -> AsyncGenerator[World]:
    """Another instance of the app beside the one the turn runs on."""
    async with instance_beside(world) as beside:
        yield beside


@pytest.fixture
async def carded(cosmos_address: ServiceAddress) -> AsyncGenerator[Carded]:
    """A turn in a world where some tools need a person's word."""
    async with world_on(cosmos_address, DATABASE, CATALOG) as world:
        world.tools.schemas["send"] = SEND_SCHEMA
        yield Carded(await new_turn(world))
