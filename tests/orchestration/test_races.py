"""What two executions, or a person and an execution, can do to each other, and what must still be told."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from orchestration.sweeper import sweep
from shared.errors import ModelUnavailable, PublishFailed, StoreUnavailable
from shared.event_log.floor import CHECK_SECONDS
from shared.event_log.live import Checkpoint
from shared.event_log.shapes import AppendResult, Decide
from shared.model import ModelCompleted, TextDelta
from shared.protocol.codes import ErrorCode
from shared.protocol.durable import ChatResponse, ToolCallCompleted
from shared.protocol.shapes import Usage
from shared.turns import EngineState
from tests.orchestration.turns import Turn, new_turn
from tests.support.doubles import answer, asks
from tests.support.world import World


def _before_the_next_append(
    turn: Turn, monkeypatch: pytest.MonkeyPatch, happens: Callable[[], Awaitable[object]]
) -> None:
    """Let something happen after the next append has read what it decides on, and before it appends."""
    append = turn.world.log.append

    async def late(conversation_id: str, decide: Decide, known: object = None) -> AppendResult:
        monkeypatch.setattr(turn.world.log, "append", append)
        await happens()
        return await append(conversation_id, decide, known)  # pyright: ignore[reportArgumentType] - passed on as it came

    monkeypatch.setattr(turn.world.log, "append", late)


def _ends(turn: Turn) -> list[dict[str, object]]:
    return [event for event in turn.world.hub.to(f"c-{turn.session_id}") if event["type"] == "chat_response"]


async def test_a_step_recorded_while_the_end_is_written_is_the_answer(
    turn: Turn, monkeypatch: pytest.MonkeyPatch
) -> None:
    _before_the_next_append(turn, monkeypatch, lambda: turn.step(0, *answer("Late but whole.")))
    await turn.finish("exhausted", "limit_time")

    assert [end["response"] for end in _ends(turn)] == ["Late but whole."]
    end = next(event for event in await turn.world.events(turn.session_id) if isinstance(event, ChatResponse))
    assert end.message_id == f"{turn.turn_id}.0"


async def test_calls_asked_for_while_the_end_is_written_are_closed(turn: Turn, monkeypatch: pytest.MonkeyPatch) -> None:
    _before_the_next_append(turn, monkeypatch, lambda: turn.step(0, *asks(("crm__find", "{}"))))
    await turn.finish("stopped")

    events = await turn.world.events(turn.session_id)
    assert [event.status for event in events if isinstance(event, ToolCallCompleted)] == ["cancelled"]


async def test_an_end_that_another_execution_wrote_but_could_not_tell_is_told(
    turn: Turn, monkeypatch: pytest.MonkeyPatch
) -> None:
    await turn.step(0, *answer("Yes."))

    async def other() -> None:
        turn.world.hub.refuse = lambda _: True
        with pytest.raises(PublishFailed):
            await turn.finish()
        turn.world.hub.refuse = lambda _: False

    _before_the_next_append(turn, monkeypatch, other)
    await turn.finish()

    assert [end["response"] for end in _ends(turn)] == ["Yes."]


async def test_an_unexpected_failure_in_one_conversation_does_not_hide_the_others(
    lonely_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, other = await new_turn(lonely_world), await new_turn(lonely_world)
    lonely_world.engine.started.clear()
    state = lonely_world.engine.state

    async def fails(_: object, turn_id: str) -> EngineState:
        if turn_id == broken.turn_id:
            raise ValueError("a head of another schema")
        return await state(turn_id)

    monkeypatch.setattr(type(lonely_world.engine), "state", fails)
    lonely_world.clock.advance(CHECK_SECONDS)
    assert await sweep(lonely_world.turn, lonely_world.engine) == 2
    assert lonely_world.engine.started_ids == [other.turn_id]


async def test_a_call_that_a_stop_kept_from_beginning_is_cancelled_and_not_unknown(
    turn: Turn, monkeypatch: pytest.MonkeyPatch
) -> None:
    call_id = await turn.asked_for("write")
    _before_the_next_append(turn, monkeypatch, turn.stop)
    assert await turn.call(call_id) == "cancelled"
    await turn.finish("stopped")

    events = await turn.world.events(turn.session_id)
    assert [event.status for event in events if isinstance(event, ToolCallCompleted)] == ["cancelled"]
    assert turn.world.tools.calls == []


@pytest.mark.parametrize("text", ["", "  \n "])
async def test_an_answer_without_words_is_tried_again_and_not_told(turn: Turn, text: str) -> None:
    with pytest.raises(ModelUnavailable):
        await turn.step(0, TextDelta(text), ModelCompleted(finish="stop", usage=Usage()))
    result = await turn.step(0, *answer("Now with words."))
    assert result.outcome == "answered"


async def test_the_result_of_a_call_with_an_effect_survives_a_store_that_fails_for_a_moment(
    turn: Turn, monkeypatch: pytest.MonkeyPatch
) -> None:
    call_id = await turn.asked_for("write")
    append = turn.world.log.append

    async def fails_once(*_: object, **__: object) -> AppendResult:
        monkeypatch.setattr(turn.world.log, "append", append)
        raise StoreUnavailable("The store is away.")

    async def during() -> None:
        monkeypatch.setattr(turn.world.log, "append", fails_once)

    turn.world.tools.during = during
    assert await turn.call(call_id) == "completed"
    assert len(turn.world.tools.calls) == 1


async def test_a_zombie_does_not_take_the_live_text_of_another_turns_step(turn: Turn) -> None:
    live = turn.world.live
    old = await turn.world.log.live(turn.session_id)
    mine = await live.claim(turn.session_id, "t_next", 0, old)
    with pytest.raises(StoreUnavailable):
        await live.claim(turn.session_id, turn.turn_id, 0, old)
    assert await live.checkpoint(turn.session_id, mine, "still mine") is not None


async def test_the_cause_of_a_failure_is_told_even_with_the_engines_words_around_it(turn: Turn) -> None:
    info = ModelUnavailable("The language model is busy.", code=ErrorCode.MODEL_BUSY).info().model_dump_json()
    await turn.finish("failed", f"Result: Failure\nException: Transient: {info}\nStack: ...")
    (end,) = _ends(turn)
    assert (end["response"], end["error"]["code"]) == ("The language model is busy.", "model_busy")  # pyright: ignore[reportIndexIssue,reportOptionalSubscript]


async def test_a_checkpoint_that_fails_for_a_moment_costs_nobody_the_text(
    turn: Turn, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkpoint = turn.world.live.checkpoint
    saved = asyncio.Event()
    failures = iter([StoreUnavailable("The store is busy.")])

    async def fails_once(*arguments: Any) -> Checkpoint | None:
        if failure := next(failures, None):
            raise failure
        saved.set()
        return await checkpoint(*arguments)

    async def seen() -> None:
        await asyncio.wait_for(saved.wait(), 5)

    monkeypatch.setattr(turn.world.live, "checkpoint", fails_once)
    result = await turn.step(0, TextDelta("Half "), seen, TextDelta("and half."), *answer("")[-1:])
    assert result.outcome == "answered"
    assert len(turn.world.model.requests) == 1
