import pytest

from tests.group_chat.room import Room, new_room
from tests.support.world import World


async def _asked(world: World) -> tuple[Room, str, str]:
    """Return a group in which dan's question runs and another of his waits."""
    room = await new_room(world, ada="owner", bob="facilitator", cleo="member", dan="member", eve="observer")
    running = await room.say("dan", "@coach one")
    waiting = await room.say("dan", "@coach two")
    return room, running["turn_id"], waiting["turn_id"]


@pytest.mark.parametrize("who", ["dan", "bob", "ada"])
async def test_the_asker_and_who_leads_the_group_stop_an_answer(world: World, who: str) -> None:
    room, running, waiting = await _asked(world)
    await room.do(who, "turn.stop", turn_id=waiting)
    await room.do(who, "turn.stop", turn_id=running)
    head = await room.head()
    assert head.queue == ()
    assert head.active_turn is not None
    assert head.active_turn.stopping
    assert [event["actor"]["id"] for event in room.told("turn.stopping")] == [room.people[who]]
    assert room.engine.stopped[-1] == running


@pytest.mark.parametrize("who", ["cleo", "eve"])
async def test_others_do_not(world: World, who: str) -> None:
    room, running, waiting = await _asked(world)
    for turn in (running, waiting):
        assert await room.refusal(who, "turn.stop", turn_id=turn) == "forbidden"
    assert room.engine.stopped == []


async def test_an_administrator_stops_an_answer_and_that_is_kept(lonely_world: World) -> None:
    room, running, _ = await _asked(lonely_world)
    await lonely_world.sign_in(room.people["cleo"], "Sales", "Admin")
    await room.do("cleo", "turn.stop", turn_id=running)
    kept = await lonely_world.chat.security.of_day("2026-03-02", before=None, limit=200)
    (event,) = [one for one in kept if one.principal == room.people["cleo"]]
    assert event.kind == "admin_intervened"
    assert running in event.detail
    assert room.id in event.detail


async def test_an_administrator_who_stops_their_own_answer_does_what_everybody_may(lonely_world: World) -> None:
    room = await new_room(lonely_world)
    await lonely_world.sign_in(room.people["bob"], "Sales", "Admin")
    told = await room.say("bob", "@coach one")
    await room.do("bob", "turn.stop", turn_id=told["turn_id"])
    kept = await lonely_world.chat.security.of_day("2026-03-02", before=None, limit=200)
    assert [one for one in kept if one.principal == room.people["bob"]] == []


async def test_an_unknown_turn_is_refused_and_an_ended_one_is_not(world: World) -> None:
    room, _, waiting = await _asked(world)
    assert await room.refusal("dan", "turn.stop", turn_id="t_none") == "turn_not_found"
    first = await room.do("dan", "turn.stop", turn_id=waiting)
    assert await room.do("dan", "turn.stop", turn_id=waiting) == first
