import pytest

from tests.group_chat.room import Room, new_room
from tests.support.world import World


@pytest.fixture
async def room(world: World) -> Room:
    return await new_room(world)
