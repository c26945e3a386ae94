"""What ends an attempt at a model step before the model does, and what is left of it."""

import asyncio

import pytest

from orchestration import streaming
from orchestration.messages import StepResult
from shared import ids
from shared.errors import ModelUnavailable, StoreUnavailable
from shared.model import TextDelta, ToolRequested
from shared.protocol.shapes import TextPart, ToolCallPart
from tests.orchestration.steps import forever, step_events
from tests.orchestration.turns import Turn
from tests.support.doubles import answer, asks


async def test_a_stop_in_mid_stream_keeps_the_text_so_far_and_closes_the_stream(turn: Turn) -> None:
    result = await turn.step(0, TextDelta("So far"), turn.stop, forever)
    assert result == StepResult(outcome="stopped")
    (event,) = await step_events(turn)
    assert (event.parts, event.finish) == ((TextPart(text="So far"),), "stopped")
    assert turn.world.model.closed == 1


async def test_a_stop_before_any_text_records_no_message(turn: Turn) -> None:
    result = await turn.step(0, turn.stop, forever)
    assert result == StepResult(outcome="stopped")
    assert await step_events(turn) == []


async def test_calls_asked_for_before_a_stop_are_not_made(turn: Turn) -> None:
    result = await turn.step(0, TextDelta("Hm"), ToolRequested(name="crm__find", arguments="{}"), turn.stop, forever)
    assert result == StepResult(outcome="stopped")


async def test_a_step_of_a_stopped_turn_does_not_ask_the_model(turn: Turn) -> None:
    await turn.stop()
    assert await turn.step(0) == StepResult(outcome="stopped")
    assert turn.world.model.requests == []


async def test_a_step_of_an_ended_turn_does_not_ask_the_model(turn: Turn) -> None:
    await turn.finish("failed")
    assert await turn.step(0) == StepResult(outcome="over")
    assert turn.world.model.requests == []


async def test_a_step_of_a_waiting_turn_does_not_ask_the_model(turn: Turn) -> None:
    waiting = await turn.next_turn()
    assert await waiting.step(0) == StepResult(outcome="over")
    assert turn.world.model.requests == []


async def test_the_end_of_the_turn_in_mid_stream_drops_what_was_written_late(turn: Turn) -> None:
    async def end() -> None:
        await turn.finish("exhausted", "limit_time")

    assert await turn.step(0, TextDelta("Too"), end, forever) == StepResult(outcome="over")
    assert all(event.finish != "stop" for event in await step_events(turn))
    assert (await turn.world.types(turn.session_id))[-1] == "chat_response"


async def test_a_step_that_completes_after_the_turn_ended_is_not_recorded(turn: Turn) -> None:
    async def end() -> None:
        await turn.finish("failed")

    result = await turn.step(0, end, *answer("Too late."))
    assert result == StepResult(outcome="over")
    assert await step_events(turn) == []


async def test_a_zombie_loses_to_the_execution_that_took_over(turn: Turn) -> None:
    running: list[asyncio.Task[StepResult]] = []

    async def second_execution() -> None:
        running.append(asyncio.create_task(turn.step(0, *answer("By the second."))))

    with pytest.raises(StoreUnavailable, match="took this step over"):
        await turn.step(0, TextDelta("By the first"), second_execution, forever)
    assert (await running[0]).outcome == "answered"
    (event,) = await step_events(turn)
    assert event.parts == (TextPart(text="By the second."),)
    assert (await turn.step(0)).outcome == "answered"
    assert len(turn.world.model.requests) == 2


async def test_a_zombie_that_finishes_late_returns_the_winners_calls(
    turn: Turn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streaming, "CHECKPOINT_S", 3600)

    async def second_execution() -> None:
        await turn.step(0, *asks(("crm__find", "{}")))

    result = await turn.step(0, second_execution, *asks(("crm__write", "{}"), ("crm__write", "{}")))
    assert result.calls == (ids.call(turn.turn_id, 0, 0),)
    (event,) = await step_events(turn)
    assert [part.tool for part in event.parts if isinstance(part, ToolCallPart)] == ["find"]


async def test_a_checkpoint_that_fails_ends_the_attempt_and_the_stream(
    turn: Turn, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise StoreUnavailable("The store is away.")

    monkeypatch.setattr(turn.world.live, "checkpoint", away)
    with pytest.raises(StoreUnavailable, match="The store is away"):
        await turn.step(0, TextDelta("x"), forever)
    assert turn.world.model.closed == 1


async def test_an_answer_does_not_wait_for_readers_that_cannot_be_reached(
    turn: Turn, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = turn.world.hub.send_to_group

    async def hanging(group: str, payload: bytes) -> None:
        if group == ids.delta_group(turn.session_id):
            await forever()
        await send(group, payload)

    monkeypatch.setattr(turn.world.hub, "send_to_group", hanging)
    monkeypatch.setattr(streaming, "LAST_SEND_S", 0.01)
    async with asyncio.timeout(5):
        assert (await turn.step(0, *answer("Whole."))).outcome == "answered"
    (event,) = await step_events(turn)
    assert event.parts == (TextPart(text="Whole."),)


async def test_a_model_that_fails_while_its_attempt_is_being_announced_raises_its_own_failure(
    turn: Turn, monkeypatch: pytest.MonkeyPatch
) -> None:
    announced = asyncio.Event()
    send = turn.world.hub.send_to_group

    async def slow(group: str, payload: bytes) -> None:
        if b"message.started" in payload:
            await announced.wait()
        await send(group, payload)

    async def a_delta_waits() -> None:
        for _ in range(50):
            await asyncio.sleep(0)
        asyncio.get_running_loop().call_later(0.05, announced.set)

    monkeypatch.setattr(turn.world.hub, "send_to_group", slow)
    with pytest.raises(ModelUnavailable):
        await turn.step(0, TextDelta("So far"), a_delta_waits, ModelUnavailable("Cut."))
    assert turn.world.hub.types(ids.delta_group(turn.session_id))[0] == "message.started"
