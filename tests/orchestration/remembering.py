"""A turn in which the coach asks to remember something, and what is stored then."""

from shared.memory import Memory
from shared.memory_store import Memories
from shared.tools.names import REMEMBER
from tests.orchestration.carded import Carded
from tests.orchestration.turns import new_turn
from tests.support.doubles import asks
from tests.support.world import World

FACT = '{"kind":"fact","text":"I sell to hospitals."}'


async def asked_to_remember(world: World) -> Carded:
    """Return the question of somebody who has switched their memory on."""
    carded = Carded(await new_turn(world, "Remember that I sell to hospitals."))
    await switch(carded, on=True)
    return carded


async def switch(carded: Carded, *, on: bool) -> None:
    await carded.turn.world.memories.change(carded.turn.client.principal, lambda memory: memory.switched(on=on))


async def proposes(carded: Carded, arguments: str = FACT, step: int = 0) -> str:
    """Let the model call the tool; return what came of the call."""
    result = await carded.turn.step(step, *asks((REMEMBER, arguments)))
    assert result.outcome == "tools", result
    (carded.call_id,) = result.calls
    return await carded.turn.call(carded.call_id)


async def memory_of(carded: Carded) -> Memory:
    """Return the memory as another process finds it."""
    world = carded.turn.world
    return await Memories(world.cosmos, world.clock).of(carded.turn.client.principal)


async def entry_texts(carded: Carded) -> list[str]:
    return [entry.text for entry in (await memory_of(carded)).entries]
