import asyncio

import pytest

from shared.protocol.durable import MessageCreated
from shared.protocol.group import GroupSettings
from tests.group_chat.hooked import hooked
from tests.group_chat.room import Room, new_room
from tests.support.world import World


async def test_of_two_who_ask_at_once_one_is_answered_and_one_waits(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bob's question was decided on a free floor; before it is written, Cleo's takes it."""
    room = await new_room(world)
    other = room.other_process(World(world.cosmos))
    store, told = hooked(world, monkeypatch), {}

    async def cleo_asks() -> None:
        told["cleo"] = await other.say("cleo", "@coach me")

    store.before_batch = cleo_asks
    told["bob"] = await room.say("bob", "@coach me")
    assert (told["cleo"]["position"], told["bob"]["position"]) == (0, 1)
    head = await room.head()
    assert head.active_turn is not None
    assert head.active_turn.turn_id == told["cleo"]["turn_id"]
    assert [turn.turn_id for turn in head.queue] == [told["bob"]["turn_id"]]
    assert (room.engine.started_ids, other.engine.started_ids) == ([], [told["cleo"]["turn_id"]])
    assert await room.types() == ["message.created", "turn.started", "message.created", "turn.queued"]


async def test_many_who_ask_at_once_stand_in_one_line(room: Room) -> None:
    told = await asyncio.gather(*(room.say(who, f"@coach {n}") for n in range(2) for who in ("ada", "bob", "cleo")))
    assert sorted(one["position"] for one in told) == [0, 1, 2, 3, 4, 5]
    head = await room.head()
    assert head.active_turn is not None
    line = [head.active_turn.turn_id, *(turn.turn_id for turn in head.queue)]
    assert [one["turn_id"] for one in sorted(told, key=lambda one: one["position"])] == line
    assert room.engine.started_ids == line[:1]


async def test_one_message_sent_twice_at_once_is_stored_once(room: Room) -> None:
    sent = (room.say("bob", "@coach hi", client_message_id="m") for _ in range(4))
    first, *rest = await asyncio.gather(*sent)
    assert all(one == first for one in rest)
    assert await room.types() == ["message.created", "turn.started"]


async def test_many_messages_at_once_keep_one_order_without_gaps(room: Room) -> None:
    told = await asyncio.gather(*(room.say(who, f"{n}") for n in range(10) for who in ("ada", "bob", "cleo")))
    assert sorted(one["seq"] for one in told) == list(range(1, 31))
    by_seq = {event.seq: event for event in await room.events()}
    for one in told:
        event = by_seq[one["seq"]]
        assert isinstance(event, MessageCreated)
        assert event.message_id == one["message_id"]
    assert (await room.head()).countable == 30
    assert (await room.group()).spoken_since == 30


async def test_who_is_removed_while_their_message_is_written_says_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = await new_room(world)
    other = room.other_process(World(world.cosmos))
    hooked(world, monkeypatch).before_batch = lambda: other.set_role("bob", "member", "removed")
    with pytest.raises(Exception, match="no such conversation"):
        await room.say("bob", "@coach hi")
    assert await room.types() == ["participant.role"]
    assert room.engine.started == []


async def test_a_whisper_to_somebody_who_leaves_while_it_is_written_is_not_sent(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = await new_room(world)
    other = room.other_process(World(world.cosmos))
    hooked(world, monkeypatch).before_batch = lambda: other.set_role("cleo", "member", "left")
    with pytest.raises(Exception, match="Not in this group"):
        await room.say("bob", "psst", to=[room.people["cleo"]])
    assert await room.types() == ["participant.role"]


async def test_a_remark_that_finds_its_author_alone_with_the_coach_becomes_a_question(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = await new_room(world, ada="owner", bob="member")
    other = room.other_process(World(world.cosmos))

    async def bob_leaves() -> None:
        await other.settle(members=1)

    hooked(world, monkeypatch).before_batch = bob_leaves
    told = await room.say("ada", "so what")
    assert told["position"] == 0
    turn = (await room.head()).active_turn
    assert turn is not None
    assert room.engine.started_ids == [turn.turn_id]


async def test_what_was_opened_to_newcomers_elsewhere_is_theirs_to_react_to_everywhere(world: World) -> None:
    room = await new_room(world, GroupSettings(history="from_joining"))
    said = await room.say("ada", "Before your time")
    await room.join_again("cleo")
    other = room.other_process(World(world.cosmos))
    await other.say("cleo", "What did I miss?")
    reaction = {"message_id": said["message_id"], "emoji": "👍", "on": True}
    assert await other.refusal("cleo", "reaction.set", **reaction) == "message_not_found"
    await room.settle(settings=GroupSettings(history="all"))
    assert (await other.do("cleo", "reaction.set", **reaction))["message_id"] == said["message_id"]
