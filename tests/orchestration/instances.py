"""Further instances of the app over the same store, each with its own memory of conversations."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace

from tests.orchestration.turns import Turn
from tests.support.world import World


@asynccontextmanager
async def instance_beside(world: World) -> AsyncGenerator[World]:
    """Give another instance: the same store, catalog and clock, everything else its own."""
    other = World(world.cosmos, clock=world.clock)
    other.catalogs.current = world.catalogs.current
    other.tools.schemas = world.tools.schemas
    try:
        yield other
    finally:
        await other.close()


def on(world: World, turn: Turn) -> Turn:
    """Return the turn as that instance runs its activities."""
    return replace(turn, world=world)
