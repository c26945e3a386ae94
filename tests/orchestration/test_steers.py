"""Messages put into a running turn: read at the next tool boundary, else a turn of their own."""

from shared import ids
from shared.model import UserText
from shared.protocol.durable import ChatResponse, TurnQueued, TurnStarted
from tests.orchestration.endings import end_of
from tests.orchestration.steps import step_events
from tests.orchestration.turns import Turn
from tests.support.doubles import answer, asks


async def test_a_steer_is_read_by_the_step_after_the_next_tool_call_and_is_used_up(turn: Turn) -> None:
    call_id = await turn.asked_for("find")
    steer = await turn.client.ask("Only this quarter, please", steer=True)
    await turn.call(call_id)
    await turn.step(1, *answer("This quarter: fine."))
    assert turn.world.model.requests[1].items[-1] == UserText("Only this quarter, please")
    assert (await step_events(turn))[1].steered_by == (steer["message_id"],)
    assert (await turn.world.head(turn.session_id)).steers == ()
    await turn.finish()
    assert [end.turn_id for end in await _ends(turn)] == [turn.turn_id]


async def test_a_steer_that_came_too_late_is_answered_next_and_its_sender_told(turn: Turn) -> None:
    waiting = await turn.client.ask("Another question")

    async def meanwhile() -> None:
        await turn.client.ask("Only this quarter", steer=True, client_message_id="s1")
        await turn.client.ask("And in euros", steer=True, client_message_id="s2")

    await turn.step(0, meanwhile, *answer("All quarters."))
    await turn.finish()
    first, second = (ids.turn_id(turn.session_id, turn.client.principal, key) for key in ("s1", "s2"))
    head = await turn.world.head(turn.session_id)
    assert head.active_turn is not None
    assert head.active_turn.turn_id == first == (await end_of(turn)).next_turn_id
    assert [each.turn_id for each in head.queue] == [second, waiting["turn_id"]]
    assert turn.world.engine.started_ids[-1] == first
    begun = [e for e in await turn.world.events(turn.session_id) if isinstance(e, TurnStarted | TurnQueued)]
    assert [event.turn_id for event in begun[-2:]] == [first, second]
    returned = [e for e in turn.world.hub.to(ids.audience_group(turn.session_id)) if e["type"] == "steer.returned"]
    assert [(e["turn_id"], e["becomes"]) for e in returned] == [(turn.turn_id, first), (turn.turn_id, second)]


async def test_a_stop_of_the_running_turn_leaves_the_line_and_a_steer_goes_first(turn: Turn) -> None:
    waiting = await turn.client.ask("Another question")

    async def meanwhile() -> None:
        await turn.client.ask("Only this quarter", steer=True, client_message_id="s1")
        await turn.client.send({"type": "turn.stop", "conversation_id": turn.session_id, "turn_id": turn.turn_id})

    await turn.step(0, meanwhile, *answer("All quarters."))
    await turn.finish("stopped")
    steer = ids.turn_id(turn.session_id, turn.client.principal, "s1")
    head = await turn.world.head(turn.session_id)
    assert (await end_of(turn)).status == "stopped"
    assert head.active_turn is not None
    assert head.active_turn.turn_id == steer
    assert [each.turn_id for each in head.queue] == [waiting["turn_id"]]


async def test_a_stop_of_a_waiting_steer_takes_it_alone_out_of_the_line(turn: Turn) -> None:
    waiting = await turn.client.ask("Another question")

    async def meanwhile() -> None:
        steer = await turn.client.ask("Only this quarter", steer=True)
        await turn.client.send({"type": "turn.stop", "conversation_id": turn.session_id, "turn_id": steer["turn_id"]})

    await turn.step(0, meanwhile, *answer("All quarters."))
    await turn.finish()
    head = await turn.world.head(turn.session_id)
    assert head.active_turn is not None
    assert head.active_turn.turn_id == waiting["turn_id"]
    assert head.queue == head.steers == ()


async def test_a_steer_left_between_reading_and_recording_stays_for_the_next_step(turn: Turn) -> None:
    call_id = await turn.asked_for("find")
    await turn.call(call_id)

    async def meanwhile() -> None:
        await turn.client.ask("Only this quarter", steer=True)

    result = await turn.step(1, meanwhile, *asks(("crm__find", '{"name": "Contoso"}')))
    assert (await step_events(turn))[1].steered_by == ()
    await turn.call(result.calls[0])
    await turn.step(2, *answer("This quarter: fine."))
    assert (await step_events(turn))[2].steered_by != ()


async def test_the_end_of_a_turn_with_steers_is_told_again_whole_when_its_publisher_died(turn: Turn) -> None:
    async def meanwhile() -> None:
        await turn.client.ask("One", steer=True)
        await turn.client.ask("Two", steer=True)

    await turn.step(0, meanwhile, *answer("Done."))
    await turn.finish()
    first = turn.world.hub.types(ids.audience_group(turn.session_id))
    turn.world.hub.sent.clear()
    await turn.finish()
    again = turn.world.hub.types(ids.audience_group(turn.session_id))
    assert again == ["chat_response", "turn.started", "turn.queued"]
    assert first[-5:-2] == again


async def _ends(turn: Turn) -> list[ChatResponse]:
    return [e for e in await turn.world.events(turn.session_id) if isinstance(e, ChatResponse)]
