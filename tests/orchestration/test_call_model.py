import asyncio
import json

import pytest

from orchestration.call_model import call_model
from orchestration.limits import MAX_ARGUMENT_CHARACTERS, MAX_ASKED_AT_ONCE, MAX_CALLS
from orchestration.messages import StepResult
from orchestration.model_request import LAST_STEP
from orchestration.streaming import MAX_TEXT_CHARACTERS
from orchestration.turn import MAX_STEPS
from shared import ids
from shared.answers import text_of
from shared.errors import ModelFailed, ModelUnavailable, PublishFailed, StoreUnavailable
from shared.event_log.shapes import Draft
from shared.model import ModelCompleted, TextDelta, UserText
from shared.protocol.codes import ErrorCode
from shared.protocol.durable import ToolCallCompleted
from shared.protocol.shapes import TextPart, ToolCallPart, Usage
from tests.orchestration.steps import published, step_events
from tests.orchestration.turns import Turn
from tests.support.doubles import Sent, answer, asks

CUT = ModelUnavailable("The model's answer broke off.")


async def test_an_answer_is_streamed_then_recorded_then_published(turn: Turn) -> None:
    result = await turn.step(0, *answer("Your pipeline is fine."))
    assert result == StepResult(outcome="answered")
    (event,) = await step_events(turn)
    assert event.parts == (TextPart(text="Your pipeline is fine."),)
    assert (event.finish, event.usage) == ("stop", Usage(input_tokens=10, output_tokens=22))
    readers = turn.world.hub.types(ids.delta_group(turn.session_id))
    assert readers[0] == "message.started"
    assert set(readers[1:]) == {"message.delta"}
    audience = turn.world.hub.to(ids.audience_group(turn.session_id))
    assert audience[-1] == json.loads(event.model_dump_json())


async def test_deltas_add_up_to_the_recorded_text(turn: Turn) -> None:
    await turn.step(
        0, *(TextDelta(piece) for piece in ("One", " two", " three")), ModelCompleted(finish="stop", usage=Usage())
    )
    text = ""
    for delta in turn.world.hub.to(ids.delta_group(turn.session_id))[1:]:
        assert (delta["offset"], delta["attempt"], delta["step"]) == (len(text), 1, 0)
        text += delta["text"]
    (event,) = await step_events(turn)
    assert event.parts == (TextPart(text=text),)


async def test_the_model_gets_the_pinned_instructions_tools_and_the_question(turn: Turn) -> None:
    await turn.step(0, *answer("Yes."))
    (request,) = turn.world.model.requests
    assert request.model == "chat-model"
    assert request.items == (UserText("How is my pipeline?"),)
    assert "Today is Monday, 02 March 2026" in request.instructions
    assert [tool.name for tool in request.tools] == ["crm__find", "crm__write"]


async def test_the_last_step_is_told_so_and_gets_no_tools(turn: Turn) -> None:
    await turn.step(MAX_STEPS - 1, *answer("Yes."), last=True)
    (request,) = turn.world.model.requests
    assert request.tools == ()
    assert request.instructions.endswith(LAST_STEP)


async def test_a_recorded_step_is_published_again_and_not_run_again(turn: Turn) -> None:
    first = await turn.step(0, *asks(("crm__find", '{"name":"Contoso"}')))
    turn.world.hub.sent.clear()
    again = await turn.step(0)
    assert again == first == StepResult(outcome="tools", calls=(ids.call(turn.turn_id, 0, 0),))
    assert len(turn.world.model.requests) == 1
    assert [sent.type for sent in turn.world.hub.sent] == ["message.completed"]
    assert len(await step_events(turn)) == 1


async def test_a_step_whose_publish_failed_is_published_by_the_next_execution(turn: Turn) -> None:
    def refuse_completed(sent: Sent) -> bool:
        return sent.type == "message.completed"

    turn.world.hub.refuse = refuse_completed
    with pytest.raises(PublishFailed):
        await turn.step(0, *answer("Yes."))
    turn.world.hub.refuse = lambda _: False
    assert (await turn.step(0)).outcome == "answered"
    assert len(published(turn, "message.completed")) == 1


async def test_lost_deltas_do_not_harm_the_answer(turn: Turn) -> None:
    turn.world.hub.refuse = lambda sent: sent.type in {"message.started", "message.delta"}
    assert (await turn.step(0, *answer("All of it."))).outcome == "answered"
    (event,) = await step_events(turn)
    assert event.parts == (TextPart(text="All of it."),)


async def test_a_stream_that_broke_off_counts_for_nothing_and_the_next_attempt_is_the_second(turn: Turn) -> None:
    with pytest.raises(ModelUnavailable):
        await turn.step(0, TextDelta("Half an ans"), CUT)
    assert await step_events(turn) == []
    await turn.step(0, *answer("A whole one."))
    started = [(event["message_id"], event["attempt"]) for event in published(turn, "message.started")]
    message_id = ids.step_message(turn.turn_id, 0)
    assert started == [(message_id, 1), (message_id, 2)]
    (event,) = await step_events(turn)
    assert event.parts == (TextPart(text="A whole one."),)


async def test_tools_asked_for_become_calls_by_their_servers_names(turn: Turn) -> None:
    result = await turn.step(0, TextDelta("Looking."), *asks(("crm__find", "{}"), ("made_up", "not json")))
    (event,) = await step_events(turn)
    assert event.finish == "tools"
    assert event.parts == (
        TextPart(text="Looking."),
        ToolCallPart(call_id=result.calls[0], server="crm", tool="find", arguments="{}"),
        ToolCallPart(call_id=result.calls[1], server="", tool="made_up", arguments="not json"),
    )


async def test_a_hundred_tool_calls_are_kept_to_what_a_turn_may_make(turn: Turn) -> None:
    calls = [("crm__find", json.dumps({"name": f"account {n}"})) for n in range(100)]
    result = await turn.step(0, *asks(*calls))
    assert result.calls == tuple(ids.call(turn.turn_id, 0, n) for n in range(MAX_CALLS))
    refused = [e for e in await turn.world.events(turn.session_id) if isinstance(e, ToolCallCompleted)]
    assert [call.call_id for call in refused] == [
        ids.call(turn.turn_id, 0, n) for n in range(MAX_CALLS, MAX_ASKED_AT_ONCE)
    ]
    assert {call.status for call in refused} == {"denied"}


async def test_the_same_call_with_the_same_arguments_is_made_twice_and_no_third_time(turn: Turn) -> None:
    result = await turn.step(0, *asks(*[("crm__find", "{}")] * 3))
    assert result.calls == (ids.call(turn.turn_id, 0, 0), ids.call(turn.turn_id, 0, 1))
    again = await turn.step(0)
    assert again == result


async def test_arguments_of_absurd_length_are_not_stored_and_the_call_is_not_made(turn: Turn) -> None:
    result = await turn.step(0, *asks(("crm__find", "x" * (MAX_ARGUMENT_CHARACTERS + 1))))
    assert (result.outcome, result.calls) == ("tools", ())
    (event,) = await step_events(turn)
    (part,) = event.parts
    assert isinstance(part, ToolCallPart)
    assert len(part.arguments) < MAX_ARGUMENT_CHARACTERS


async def test_a_context_too_long_for_the_model_is_tried_with_less_of_it(turn: Turn) -> None:
    for _ in range(2):
        turn.world.model.scripts.append([ModelFailed("Too long.", code=ErrorCode.CONTEXT_TOO_LONG)])
    result = await turn.step(0, *answer("Short enough."))
    assert (result.outcome, len(turn.world.model.requests)) == ("answered", 3)


async def test_an_answer_without_end_is_cut_off_and_says_so(turn: Turn) -> None:
    await turn.step(0, *[TextDelta("x" * 10_000)] * 20)
    (event,) = await step_events(turn)
    assert event.finish == "length"
    assert MAX_TEXT_CHARACTERS < len(text_of(event.parts)) <= MAX_TEXT_CHARACTERS + 10_000


async def test_while_the_model_is_busy_the_readers_are_told(turn: Turn) -> None:
    busy = ModelUnavailable("Busy.", code=ErrorCode.MODEL_BUSY, after_ms=3_000)
    with pytest.raises(ModelUnavailable):
        await turn.step(0, busy)
    (state,) = [e for e in turn.world.hub.to(ids.delta_group(turn.session_id)) if e["type"] == "ai.state"]
    assert (state["state"], state["after_ms"], state["turn_id"]) == ("waiting_for_model", 3_000, turn.turn_id)


@pytest.mark.parametrize("tail", [(), (TextDelta("Half"),)], ids=["before_the_text", "in_the_text"])
async def test_filtered_text_is_not_kept(turn: Turn, tail: tuple[TextDelta, ...]) -> None:
    result = await turn.step(0, *tail, ModelCompleted(finish="content_filter", usage=Usage()))
    assert result.outcome == "failed"
    assert json.loads(result.error or "")["code"] == ErrorCode.CONTENT_FILTERED
    assert await step_events(turn) == []


async def test_an_answer_cut_by_the_token_limit_says_so(turn: Turn) -> None:
    await turn.step(0, TextDelta("Long"), ModelCompleted(finish="length", usage=Usage()))
    (event,) = await step_events(turn)
    assert event.finish == "length"


async def test_a_refusal_for_good_is_an_outcome_not_an_exception(turn: Turn) -> None:
    result = await turn.step(0, ModelFailed("No.", code=ErrorCode.MODEL_REFUSED_REQUEST))
    assert (result.outcome, json.loads(result.error or "")["code"]) == ("failed", "model_refused_request")


async def test_the_text_so_far_can_be_read_while_the_model_writes(turn: Turn) -> None:
    read: list[str] = []

    async def reload() -> None:
        async with asyncio.timeout(5):
            while not read:
                live = await turn.world.log.live(turn.session_id)
                if live is not None and live.live.text:
                    read.append(live.live.text)

    await turn.step(0, TextDelta("So far"), reload, *answer(" and on."))
    assert read == ["So far"]


async def test_without_its_manifest_a_step_is_tried_again(turn: Turn) -> None:
    turn.world.model.scripts.append(answer("x"))
    request = await turn.step_request()
    await turn.world.log.append(
        turn.session_id, lambda head: Draft(events=(), head=head.model_copy(update={"manifest_id": "manifest.gone"}))
    )
    with pytest.raises(StoreUnavailable, match="manifest"):
        await call_model(turn.world.turn, request)
