"""Messages put into a running turn, and questions refused while one runs."""

import pytest

from chat.session_settings import Changes, change_session
from shared import ids
from shared.errors import CommandRefused
from shared.event_log import floor
from shared.protocol.codes import ErrorCode
from shared.protocol.durable import ChatResponse, MessageCreated
from shared.protocol.shapes import Participant
from tests.chat.asking import STRANGER, asking, waiting_turns
from tests.support.world import World


def _person(principal: str) -> Participant:
    return Participant(kind="person", id=principal, name="Ada")


async def test_a_steer_is_left_for_the_running_turn_and_starts_none(world: World) -> None:
    client, session_id = await asking(world)
    running = await client.ask("How is Contoso?")
    steer = await client.ask("Only this quarter, please", steer=True, client_message_id="s1")
    assert (steer["steers"], steer["position"]) == (running["turn_id"], None)
    head = await world.head(session_id)
    assert [waiting.turn_id for waiting in head.steers] == [steer["turn_id"]]
    assert waiting_turns(head) == []
    assert world.engine.started_ids == [running["turn_id"]]
    (stored,) = [e for e in await world.events(session_id) if e.seq == steer["seq"]]
    assert isinstance(stored, MessageCreated)
    assert (stored.steers, stored.turn_id) == (running["turn_id"], steer["turn_id"])


async def test_a_steer_sent_again_is_one_message(world: World) -> None:
    client, session_id = await asking(world)
    await client.ask("How is Contoso?")
    first = await client.ask("This quarter", steer=True, client_message_id="s1")
    assert await client.ask("This quarter", steer=True, client_message_id="s1") == first
    assert len((await world.head(session_id)).steers) == 1


async def test_with_no_turn_running_a_steer_is_a_question(world: World) -> None:
    client, _ = await asking(world)
    asked = await client.ask("How is Contoso?", steer=True)
    assert (asked["position"], asked["steers"]) == (0, None)
    assert world.engine.started_ids == [asked["turn_id"]]


async def test_beyond_what_a_turn_takes_a_steer_waits_as_a_question(world: World) -> None:
    client, session_id = await asking(world)
    await client.ask("How is Contoso?")
    for n in range(floor.MAX_STEERS):
        await client.ask(f"And {n}", steer=True)
    more = await client.ask("And more", steer=True)
    assert (more["position"], more["steers"]) == (1, None)
    assert waiting_turns(await world.head(session_id)) == [more["turn_id"]]


async def test_a_steer_can_be_taken_back(world: World) -> None:
    client, session_id = await asking(world)
    await client.ask("How is Contoso?")
    steer = await client.ask("This quarter", steer=True)
    stop = {"type": "turn.stop", "conversation_id": session_id, "turn_id": steer["turn_id"]}
    assert (await client.send(stop)).event["type"] == "command.accepted"
    assert (await world.head(session_id)).steers == ()
    (end,) = [e for e in await world.events(session_id) if isinstance(e, ChatResponse)]
    assert (end.turn_id, end.status) == (steer["turn_id"], "stopped")
    assert (await client.send(stop)).event["seq"] == end.seq


async def test_a_session_set_to_reject_takes_no_question_while_a_turn_runs(world: World) -> None:
    client, session_id = await asking(world)
    await change_session(world.chat, _person(client.principal), session_id, Changes(while_busy="reject"))
    first = await client.ask("How is Contoso?", client_message_id="m1")
    before = await world.log.head(session_id)
    told = await client.send({"type": "query", "content": "And Fabrikam?", "client_message_id": "m2"})
    assert told.code == "turn_running"
    assert await world.log.head(session_id) == before
    assert (await client.ask("How is Contoso?", client_message_id="m1"))["turn_id"] == first["turn_id"]
    steered = await client.ask("Only this quarter", steer=True)
    assert steered["steers"] == first["turn_id"]


async def test_a_changed_setting_is_told_once_and_shown_to_whoever_opens_the_session(world: World) -> None:
    client, session_id = await asking(world)
    for _ in range(2):
        await change_session(world.chat, _person(client.principal), session_id, Changes(while_busy="reject"))
    assert world.hub.types(ids.audience_group(session_id)) == ["settings.updated"]
    told = await client.send({"type": "session.update", "session_id": session_id})
    assert told.event["while_busy"] == "reject"


async def test_nobody_changes_the_settings_of_another_persons_session(world: World) -> None:
    _, session_id = await asking(world)
    with pytest.raises(CommandRefused) as refused:
        await change_session(world.chat, _person(STRANGER), session_id, Changes(while_busy="reject"))
    assert refused.value.code is ErrorCode.CONVERSATION_NOT_FOUND
