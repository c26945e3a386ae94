import pytest

from shared.errors import PublishFailed
from tests.group_chat.room import Room, new_room
from tests.support.world import World


async def test_the_others_are_told_who_types_and_nobody_stores_it(room: Room) -> None:
    told = await room.do("bob", "typing")
    assert (told["type"], told["seq"]) == ("command.accepted", None)
    (event,) = room.told("typing")
    assert (event["participant"]["id"], event["on"]) == (room.people["bob"], True)
    assert event["only"] == f"userId ne '{room.people['bob']}'"
    assert await room.types() == []


async def test_typing_is_told_every_three_seconds_and_its_end_at_once(room: Room, world: World) -> None:
    await room.do("bob", "typing")
    await room.do("bob", "typing")
    assert len(room.told("typing")) == 1
    world.clock.advance(3)
    await room.do("bob", "typing")
    await room.do("bob", "typing", on=False)
    await room.do("bob", "typing", on=False)
    assert [event["on"] for event in room.told("typing")] == [True, True, False]
    await room.do("cleo", "typing")
    assert len(room.told("typing")) == 4


async def test_in_large_groups_nobody_is_told_who_types(room: Room) -> None:
    await room.settle(members=12)
    await room.do("bob", "typing")
    await room.settle(members=13)
    await room.do("cleo", "typing")
    assert [event["participant"]["id"] for event in room.told("typing")] == [room.people["bob"]]


async def test_observers_are_here_and_do_not_type(world: World) -> None:
    room = await new_room(world, ada="owner", bob="observer")
    await room.do("bob", "typing")
    await room.do("bob", "presence")
    assert room.told("typing") == []
    assert [event["state"] for event in room.told("presence")] == ["here"]


async def test_presence_is_told_as_often_as_it_is_said_and_no_more(room: Room, world: World) -> None:
    await room.do("bob", "presence")
    await room.do("bob", "presence")
    world.clock.advance(20)
    await room.do("bob", "presence")
    await room.do("bob", "presence", state="away")
    assert [event["state"] for event in room.told("presence")] == ["here", "here", "away"]
    assert await room.types() == []


async def test_who_left_is_told_nothing(room: Room) -> None:
    await room.settle(expelled=(room.people["cleo"],))
    await room.do("bob", "presence")
    (event,) = room.told("presence")
    assert event["only"] == f"userId ne '{room.people['bob']}' and userId ne '{room.people['cleo']}'"


async def test_what_cannot_be_told_is_no_error(room: Room) -> None:
    room.world.group_hub.refuse = lambda sent: True
    await room.do("bob", "typing")
    await room.do("bob", "presence")
    with pytest.raises(PublishFailed):
        await room.say("bob", "hi")


@pytest.mark.parametrize("kind", ["typing", "presence"])
async def test_strangers_are_not_here(room: Room, world: World, kind: str) -> None:
    room.people["eve"] = world.person("tenant.eve")
    await world.sign_in(room.people["eve"])
    assert await room.refusal("eve", kind) == "conversation_not_found"
    assert room.told(kind) == []
