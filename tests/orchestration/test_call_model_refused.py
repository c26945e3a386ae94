"""A model step whose model refuses what it is told, or writes more than anybody can take."""

import asyncio
import json
from functools import partial

import pytest

from orchestration import streaming
from orchestration.limits import MAX_ARGUMENT_BYTES
from orchestration.model_request import NOT_ALL
from orchestration.step_record import MAX_NAME_CHARACTERS
from shared.errors import ModelFailed, StoreUnavailable
from shared.model import InputItem, ModelCompleted, TextDelta, UserText
from shared.protocol.codes import ErrorCode
from shared.protocol.durable import ToolCallCompleted
from shared.protocol.shapes import TextPart, ToolCallPart, Usage
from tests.orchestration.steps import forever, published, step_events
from tests.orchestration.turns import Turn
from tests.support.doubles import answer, asks

FILTERED = ModelFailed("Blocked.", code=ErrorCode.CONTENT_FILTERED)
TOO_LONG = ModelFailed("Too long.", code=ErrorCode.CONTEXT_TOO_LONG)


def _said(items: tuple[InputItem, ...]) -> list[str]:
    return [item.text for item in items if isinstance(item, UserText)]


async def _saved(turn: Turn, text: str) -> None:
    """Return when a checkpoint has saved the text."""
    async with asyncio.timeout(10):
        while (live := await turn.world.log.live(turn.session_id)) is None or live.live.text != text:  # noqa: ASYNC110 - nothing else tells
            await asyncio.sleep(0.01)


async def _after_a_stopped_question(turn: Turn) -> Turn:
    """Stop the question before its answer begins, and ask another."""
    await turn.step(0, turn.stop, forever)
    await turn.finish("stopped")
    return await turn.next_turn("And Contoso?")


async def test_what_was_filtered_before_does_not_keep_a_later_question_from_its_answer(turn: Turn) -> None:
    later = await _after_a_stopped_question(turn)
    turn.world.model.scripts.append([FILTERED])
    result = await later.step(0, *answer("Contoso is fine."))
    whole, less = turn.world.model.requests[-2:]
    assert result.outcome == "answered"
    assert (_said(whole.items), _said(less.items)) == (["How is my pipeline?", "And Contoso?"], ["And Contoso?"])
    assert NOT_ALL in less.instructions
    assert NOT_ALL not in whole.instructions


async def test_a_question_that_is_filtered_by_itself_is_refused(turn: Turn) -> None:
    result = await turn.step(0, FILTERED)
    assert (result.outcome, json.loads(result.error or "")["code"]) == ("failed", "content_filtered")
    assert len(turn.world.model.requests) == 1


async def test_text_that_is_held_back_does_not_become_the_answer_of_a_stopped_turn(turn: Turn) -> None:
    held_back = ModelCompleted(finish="content_filter", usage=Usage())
    assert (await turn.step(0, TextDelta("Bad"), partial(_saved, turn, "Bad"), held_back)).outcome == "failed"
    await turn.finish("stopped")
    assert await step_events(turn) == []


async def test_after_text_was_saved_less_is_asked_for_under_a_claim_of_its_own(turn: Turn) -> None:
    turn.world.model.scripts.append([TextDelta("Long"), partial(_saved, turn, "Long"), TOO_LONG])
    whole = ModelCompleted(finish="stop", usage=Usage())
    result = await turn.step(0, TextDelta("Short"), partial(_saved, turn, "Short"), whole)
    assert result.outcome == "answered"
    (event,) = await step_events(turn)
    assert (event.parts, event.attempt) == ((TextPart(text="Short"),), 2)
    assert [begun["attempt"] for begun in published(turn, "message.started")] == [1, 2]


async def test_less_is_not_asked_for_where_another_execution_took_the_step_over(
    turn: Turn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streaming, "CHECKPOINT_S", 3600)

    async def second_execution() -> None:
        assert (await turn.step(0, *answer("By the second."))).outcome == "answered"

    with pytest.raises(StoreUnavailable, match="took this step over"):
        await turn.step(0, second_execution, TOO_LONG)
    (event,) = await step_events(turn)
    assert event.parts == (TextPart(text="By the second."),)


async def test_arguments_too_long_together_are_not_stored_and_those_calls_are_not_made(turn: Turn) -> None:
    calls = [("crm__find", json.dumps({"name": f"{n}" + "é" * 40_000}, ensure_ascii=False)) for n in range(6)]
    result = await turn.step(0, *asks(*calls))
    (event,) = await step_events(turn)
    assert len(result.calls) == 3
    assert len(event.model_dump_json().encode()) < MAX_ARGUMENT_BYTES + 20_000
    events = await turn.world.events(turn.session_id)
    assert {e.status for e in events if isinstance(e, ToolCallCompleted)} == {"denied"}


async def test_a_tools_name_of_absurd_length_is_kept_short(turn: Turn) -> None:
    await turn.step(0, *asks(("x" * 2_000_000, "{}")))
    (event,) = await step_events(turn)
    (part,) = event.parts
    assert isinstance(part, ToolCallPart)
    assert part.tool == "x" * MAX_NAME_CHARACTERS
