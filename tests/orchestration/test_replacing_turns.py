"""Turns that take the place of others: nothing that took effect is done again."""

import asyncio
from dataclasses import replace

import pytest

from orchestration.context_items import UNDER_WAY
from orchestration.repeats import DONE_BEFORE, NOT_KNOWN, NOT_TWICE
from shared import ids
from shared.model import ToolRequest, ToolResult, UserText
from shared.protocol.durable import ToolCallCompleted
from tests.orchestration.carded import Carded, waited
from tests.orchestration.turns import Turn
from tests.support.doubles import answer, asks

NOTE = '{"account": "Contoso", "note": "called"}'


async def _answered_with(turn: Turn, tool: str, arguments: str = NOTE) -> str:
    """Let the turn make one call, answer and end; return the call's id."""
    call_id = await turn.asked_for(tool, arguments)
    await turn.call(call_id)
    await turn.step(1, *answer("Done."))
    await turn.finish()
    return call_id


async def _again(turn: Turn) -> Turn:
    command = {
        "type": "message.regenerate",
        "conversation_id": turn.session_id,
        "message_id": ids.step_message(turn.turn_id, 1),
        "command_id": "again",
    }
    told = await turn.client.send(command)
    return replace(turn, turn_id=told.event["turn_id"])


async def _edited(turn: Turn, content: str) -> Turn:
    command = {
        "type": "message.edit",
        "conversation_id": turn.session_id,
        "message_id": ids.question_message(turn.turn_id),
        "content": content,
        "client_message_id": "edit",
    }
    told = await turn.client.send(command)
    return replace(turn, turn_id=told.event["turn_id"], question_seq=told.event["seq"])


async def _closed(turn: Turn) -> list[ToolCallCompleted]:
    events = await turn.world.events(turn.session_id)
    return [e for e in events if isinstance(e, ToolCallCompleted) and e.turn_id == turn.turn_id]


async def test_answering_again_is_given_the_results_and_repeats_no_effect(turn: Turn) -> None:
    made = await _answered_with(turn, "write")
    again = await _again(turn)
    result = await again.step(0, *asks(("crm__write", '{"note": "called", "account": "Contoso"}')))
    assert (result.outcome, result.calls) == ("tools", ())
    (standing,) = await _closed(again)
    assert standing.status == "completed"
    assert standing.preview == DONE_BEFORE + "write says hi"
    request = turn.world.model.requests[-1]
    assert request.items[0] == UserText("How is my pipeline?")
    assert [type(item) for item in request.items[1:]] == [ToolRequest, ToolResult]
    assert [item.call_id for item in request.items if isinstance(item, ToolRequest)] == [made]
    assert len(turn.world.tools.calls) == 1
    assert await again.step(0) == result


async def test_answering_again_does_not_use_a_tool_with_effects_in_another_way(turn: Turn) -> None:
    await _answered_with(turn, "write")
    again = await _again(turn)
    result = await again.step(0, *asks(("crm__write", '{"account": "Contoso", "note": "called twice"}')))
    assert result.calls == ()
    (standing,) = await _closed(again)
    assert (standing.status, standing.preview) == ("denied", NOT_TWICE)


async def test_answering_again_may_look_things_up_again(turn: Turn) -> None:
    await _answered_with(turn, "find")
    again = await _again(turn)
    result = await again.step(0, *asks(("crm__find", NOTE)))
    assert len(result.calls) == 1
    assert await again.call(result.calls[0]) == "completed"
    assert len(turn.world.tools.calls) == 2


@pytest.mark.parametrize(("note", "calls"), [("called", 0), ("wrote", 1)], ids=["the_same", "another"])
async def test_an_edited_question_may_have_another_effect_but_not_the_same_one(
    turn: Turn, note: str, calls: int
) -> None:
    await _answered_with(turn, "write")
    edited = await _edited(turn, "Note that I wrote to Contoso")
    result = await edited.step(0, *asks(("crm__write", f'{{"account": "Contoso", "note": "{note}"}}')))
    assert len(result.calls) == calls


async def test_what_the_replaced_turns_said_is_not_told_again(turn: Turn) -> None:
    await _answered_with(turn, "find")
    edited = await _edited(turn, "How is my forecast?")
    await edited.step(0, *answer("Fine."))
    assert turn.world.model.requests[-1].items == (UserText("How is my forecast?"),)


async def test_an_edit_over_a_parked_turn_does_not_repeat_a_call_that_is_still_under_way(carded: Carded) -> None:
    turn = carded.turn
    both = await turn.step(0, *asks(("crm__file", NOTE), ("crm__write", NOTE)))
    carded.call_id, slow = both.calls
    waited(await turn.call(carded.call_id))
    sent, returns = asyncio.Event(), asyncio.Event()

    async def slowly() -> None:
        sent.set()
        await returns.wait()

    turn.world.tools.during = slowly
    writing = asyncio.create_task(turn.call(slow))
    await sent.wait()
    edited = await _edited(turn, "Note that I called Contoso, and tell them")
    result = await edited.step(0, *asks(("crm__write", NOTE)))
    assert result.calls == ()
    (standing,) = await _closed(edited)
    assert (standing.status, standing.preview) == ("unknown", NOT_KNOWN)
    told = [item for item in turn.world.model.requests[-1].items if isinstance(item, ToolResult)]
    assert told == [ToolResult(call_id=slow, output=UNDER_WAY)]
    returns.set()
    await writing
    assert [use.tool for use in turn.world.tools.calls] == ["write"]
