import pytest

from shared import group_ids
from shared.ambient import MESSAGES_BETWEEN, ListenRequest
from shared.protocol.group import GroupSettings
from tests.group_chat.room import Room, new_room
from tests.support.world import World


@pytest.fixture
async def ambient_room(world: World) -> Room:
    return await new_room(world, GroupSettings(ambient=True))


async def test_after_enough_messages_each_is_listened_after(ambient_room: Room) -> None:
    for n in range(MESSAGES_BETWEEN + 2):
        await ambient_room.say("bob", f"{n}")
    assert ambient_room.engine.listened == [6, 7, 8]
    assert group_ids.listening(ambient_room.id, 6) != group_ids.listening(ambient_room.id, 7)


async def test_the_wait_knows_with_what_and_from_where_its_author_speaks(ambient_room: Room) -> None:
    await ambient_room.settle(spoken_since=20)
    ambient_room.places["bob"] = ("Sales", "Asia/Tokyo")
    said = await ambient_room.say("bob", "one")
    assert ambient_room.engine.waits == [
        ListenRequest(group_id=ambient_room.id, seq=said["seq"], role="Sales", time_zone="Asia/Tokyo")
    ]


async def test_nobody_listens_where_the_group_does_not_want_it(room: Room) -> None:
    for n in range(MESSAGES_BETWEEN + 2):
        await room.say("bob", f"{n}")
    assert room.engine.listened == []


async def test_nobody_listens_after_questions_and_whispers_or_while_the_coach_answers(ambient_room: Room) -> None:
    await ambient_room.settle(spoken_since=20)
    await ambient_room.say("bob", "psst", to=[ambient_room.people["ada"]])
    asked = await ambient_room.say("bob", "@coach hi")
    await ambient_room.say("bob", "and so on")
    assert ambient_room.engine.listened == []
    await ambient_room.change(active_turn=None, claim=None)
    assert asked["turn_id"]
    await ambient_room.say("bob", "and so on and on")
    assert len(ambient_room.engine.listened) == 1


async def test_nobody_listens_where_the_cool_down_would_outlast_the_quiet(ambient_room: Room, world: World) -> None:
    now = world.clock().timestamp()
    await ambient_room.settle(spoken_since=20, coach_spoke_at=now - 81)
    await ambient_room.say("bob", "one")
    assert ambient_room.engine.listened == []
    await ambient_room.settle(coach_spoke_at=now - 82)
    await ambient_room.say("bob", "two")
    assert len(ambient_room.engine.listened) == 1


async def test_a_message_is_no_worse_for_nobody_listening(ambient_room: Room) -> None:
    await ambient_room.settle(spoken_since=20)
    ambient_room.engine.deaf = True
    assert (await ambient_room.say("bob", "one"))["seq"] == 1


async def test_the_same_message_sent_again_is_listened_after_again(ambient_room: Room) -> None:
    """The first delivery may have ended before anybody began to listen; the engine begins once."""
    await ambient_room.settle(spoken_since=20)
    for _ in range(2):
        await ambient_room.say("bob", "one", client_message_id="m")
    assert ambient_room.engine.listened == [1, 1]
