import pytest

from shared import ids
from shared.protocol.durable import ChatResponse
from tests.chat.asking import STRANGER, full, waiting_turns
from tests.support.world import World


async def test_stopping_the_running_turn_flags_it_and_tells_the_engine(world: World) -> None:
    client, session_id, turns = await full(world)
    told = await client.send({"type": "turn.stop", "conversation_id": session_id, "turn_id": turns[0]})
    assert (told.event["type"], told.event["turn_id"]) == ("command.accepted", turns[0])
    head = await world.head(session_id)
    assert head.active_turn is not None
    assert head.active_turn.stopping
    assert world.engine.stopped == [turns[0]]
    assert (await world.types(session_id))[-1] == "turn.stopping"
    assert world.hub.types(ids.audience_group(session_id))[-1] == "turn.stopping"


async def test_stopping_twice_is_stopping_once(world: World) -> None:
    client, session_id, turns = await full(world)
    frame = {"type": "turn.stop", "conversation_id": session_id, "turn_id": turns[0]}
    first, second = await client.send(frame), await client.send(frame)
    assert first.event == second.event
    assert (await world.types(session_id)).count("turn.stopping") == 1


async def test_stopping_a_waiting_turn_takes_it_out_and_ends_it(world: World) -> None:
    client, session_id, turns = await full(world)
    await client.send({"type": "turn.stop", "conversation_id": session_id, "turn_id": turns[2]})
    assert waiting_turns(await world.head(session_id)) == [turns[1], *turns[3:]]
    end = (await world.events(session_id))[-1]
    assert isinstance(end, ChatResponse)
    assert (end.turn_id, end.status, end.next_turn_id) == (turns[2], "stopped", None)
    assert world.hub.to(ids.audience_group(session_id))[-1] == end.model_dump(mode="json")


async def test_a_waiting_turn_that_was_stopped_is_told_again_if_the_first_telling_failed(world: World) -> None:
    client, session_id, turns = await full(world)
    world.hub.refuse = lambda sent: sent.type == "chat_response"
    headers = client.headers()
    frame = f'{{"type":"turn.stop","conversation_id":"{session_id}","turn_id":"{turns[2]}"}}'.encode()
    assert (await world.upstream.handle("POST", headers, frame)).status == 503
    world.hub.refuse = lambda _: False
    assert (await world.upstream.handle("POST", headers, frame)).status == 200
    told = world.hub.to(ids.audience_group(session_id))[-1]
    assert (told["type"], told["turn_id"], told["status"]) == ("chat_response", turns[2], "stopped")


async def test_stopping_a_turn_that_has_ended_changes_nothing_and_is_no_error(world: World) -> None:
    client, session_id, turns = await full(world)
    frame = {"type": "turn.stop", "conversation_id": session_id, "turn_id": turns[5]}
    first = await client.send(frame)
    before = await world.log.head(session_id)
    second = await client.send(frame)
    assert second.event == first.event
    assert await world.log.head(session_id) == before


@pytest.mark.parametrize("turn_id", ["t_unknown", "head"])
async def test_stopping_an_unknown_turn_is_refused(world: World, turn_id: str) -> None:
    client, session_id, _ = await full(world)
    before = await world.log.head(session_id)
    told = await client.send({"type": "turn.stop", "conversation_id": session_id, "turn_id": turn_id})
    assert told.code == "turn_not_found"
    assert await world.log.head(session_id) == before
    assert world.engine.stopped == []


async def test_a_stranger_cannot_stop_a_turn(world: World) -> None:
    _, session_id, turns = await full(world)
    stranger = await world.client(STRANGER)
    told = await stranger.send({"type": "turn.stop", "conversation_id": session_id, "turn_id": turns[0]})
    assert told.code == "conversation_not_found"
    assert world.engine.stopped == []
