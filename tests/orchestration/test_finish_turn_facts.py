"""What a turn's end says of what came before it."""

import json

import pytest

from orchestration.closing import CANCELLED, SENT, UNFINISHED
from orchestration.end_errors import UNAVAILABLE
from orchestration.make_call import UNKNOWN
from shared import ids
from shared.errors import ModelFailed, ModelUnavailable
from shared.model import TextDelta
from shared.protocol.codes import ErrorCode
from shared.protocol.durable import MessageCompleted, ToolCallCompleted
from shared.protocol.shapes import TextPart
from tests.orchestration.endings import FILTERED, checkpointed, end_of, told_ends
from tests.orchestration.turns import Turn
from tests.support.doubles import answer, asks


async def test_a_call_that_never_began_is_closed_as_cancelled(turn: Turn) -> None:
    call_id = await turn.asked_for("write")
    await turn.finish("exhausted", "limit_time")
    (closed,) = [e for e in await turn.world.events(turn.session_id) if isinstance(e, ToolCallCompleted)]
    assert (closed.call_id, closed.status, closed.preview) == (call_id, "cancelled", CANCELLED)


@pytest.mark.parametrize(
    ("tool", "status", "expected"),
    [
        ("find", "stopped", ("cancelled", CANCELLED)),
        ("write", "stopped", ("unknown", SENT)),
        ("find", "failed", ("unknown", UNFINISHED)),
        ("write", "failed", ("unknown", UNFINISHED)),
    ],
)
async def test_a_call_that_runs_is_closed_by_how_the_turn_ends(
    turn: Turn, tool: str, status: str, expected: tuple[str, str]
) -> None:
    call_id = await turn.asked_for(tool)

    async def end() -> None:
        await turn.finish("stopped" if status == "stopped" else "failed")

    turn.world.tools.during = end
    await turn.call(call_id)
    (closed,) = [e for e in await turn.world.events(turn.session_id) if isinstance(e, ToolCallCompleted)]
    assert (closed.status, closed.preview) == expected
    assert UNKNOWN not in closed.preview


async def test_a_result_that_arrives_while_the_end_is_written_is_kept(
    turn: Turn, monkeypatch: pytest.MonkeyPatch
) -> None:
    call_id = await turn.asked_for("find")
    append = turn.world.log.append

    async def after_the_tool(*values: object, **named: object) -> object:
        monkeypatch.undo()
        await turn.call(call_id)
        return await append(*values, **named)  # pyright: ignore[reportArgumentType] - passed on as they came

    monkeypatch.setattr(turn.world.log, "append", after_the_tool)
    await turn.finish("exhausted", "limit_time")
    (closed,) = [e for e in await turn.world.events(turn.session_id) if isinstance(e, ToolCallCompleted)]
    assert closed.status == "completed"
    assert (await turn.world.types(turn.session_id))[-1] == "chat_response"


@pytest.mark.parametrize(
    ("status", "error", "finish"),
    [("stopped", None, "stopped"), ("failed", "reset by peer", "failed"), ("exhausted", "limit_time", "stopped")],
)
async def test_text_of_an_attempt_that_broke_off_becomes_the_answer(
    turn: Turn, status: str, error: str | None, finish: str
) -> None:
    await checkpointed(turn, "As far as it got")
    await turn.finish({"stopped": "stopped", "failed": "failed"}.get(status, "exhausted"), error)  # pyright: ignore[reportArgumentType] - one of three
    (message,) = [e for e in await turn.world.events(turn.session_id) if isinstance(e, MessageCompleted)]
    assert (message.parts, message.finish) == ((TextPart(text="As far as it got"),), finish)
    (told,) = told_ends(turn)
    assert told["response"] == "As far as it got"


async def test_text_that_was_filtered_is_not_kept(turn: Turn) -> None:
    await checkpointed(turn, "Something bad")
    await turn.finish("failed", FILTERED)
    assert "message.completed" not in await turn.world.types(turn.session_id)
    (told,) = told_ends(turn)
    assert told["response"] == "No."
    assert "Something bad" not in json.dumps(told)


async def test_live_text_of_another_turn_is_not_taken_for_this_ones(turn: Turn) -> None:
    await checkpointed(turn, "Of the first")
    await turn.finish("failed")
    following = await turn.next_turn()
    await following.finish("failed")
    texts = [e.turn_id for e in await turn.world.events(turn.session_id) if isinstance(e, MessageCompleted)]
    assert texts == [turn.turn_id]


async def test_a_failed_turn_tells_what_the_model_said(turn: Turn) -> None:
    error = ModelFailed("Too long.", code=ErrorCode.CONTEXT_TOO_LONG).info()
    await turn.finish("failed", error.model_dump_json())
    assert (await end_of(turn)).error == error
    (told,) = told_ends(turn)
    assert told["response"] == "Too long."


@pytest.mark.parametrize("text", [None, "RuntimeError: secret host name", '{"code":1}', "[]", "{"])
async def test_a_failure_without_words_of_ours_is_told_in_ours(turn: Turn, text: str | None) -> None:
    await turn.finish("failed", text)
    assert (await end_of(turn)).error == ModelUnavailable(UNAVAILABLE).info()


@pytest.mark.parametrize(
    ("limit", "code"), [("limit_steps", ErrorCode.LIMIT_STEPS), ("limit_time", ErrorCode.LIMIT_TIME)]
)
async def test_an_exhausted_turn_names_its_limit(turn: Turn, limit: str, code: ErrorCode) -> None:
    await turn.finish("exhausted", limit)
    error = (await end_of(turn)).error
    assert error is not None
    assert (error.code, error.fault) == (code, "budget")


async def test_only_the_last_text_is_the_answer(turn: Turn) -> None:
    await turn.call((await turn.step(0, TextDelta("Let me look."), *asks(("crm__find", "{}")))).calls[0])
    await turn.step(1, *answer("Here it is."))
    await turn.finish()
    (told,) = told_ends(turn)
    assert (told["response"], told["message_id"]) == ("Here it is.", ids.step_message(turn.turn_id, 1))
