import pytest

from shared.ambient import ListenRequest
from shared.protocol.group import GroupSettings
from tests.group_chat.room import Room, new_room
from tests.support.world import World


@pytest.fixture
async def room(world: World) -> Room:
    return await new_room(world)


@pytest.fixture
async def quiet(world: World) -> tuple[Room, ListenRequest]:
    """A room in which it has been quiet for ten seconds after ada, bob and ada spoke at leisure."""
    room = await new_room(world, GroupSettings(ambient=True))
    for who in ("ada", "bob", "ada"):
        world.clock.advance(30)
        said = await room.say(who, f"{who} speaks")
    world.clock.advance(10)
    await room.settle(spoken_since=6)
    return room, ListenRequest(group_id=room.id, seq=said["seq"])
