import pytest

from shared import ids
from shared.errors import PublishFailed, StoreUnavailable
from shared.model import TextDelta
from shared.protocol.shapes import Usage
from tests.orchestration.endings import end_of, told_ends
from tests.orchestration.turns import Turn
from tests.support.doubles import answer


async def test_the_end_names_the_answer_and_its_text_is_filled_in_when_sent(turn: Turn) -> None:
    await turn.step(0, *answer("All is well."))
    assert await turn.finish() == "completed"
    end = await end_of(turn)
    assert (end.status, end.message_id, end.response) == ("completed", ids.step_message(turn.turn_id, 0), "")
    (told,) = told_ends(turn)
    assert (told["response"], told["seq"]) == ("All is well.", end.seq)


async def test_the_floor_is_free_and_nobody_looks_again(turn: Turn) -> None:
    await turn.step(0, *answer("Yes."))
    await turn.finish()
    head = await turn.world.head(turn.session_id)
    assert (head.active_turn, head.queue, head.claim) == (None, (), None)
    assert turn.world.engine.started_ids == [turn.turn_id]


async def test_usage_and_feedback_add_up_over_the_steps(turn: Turn) -> None:
    call_id = await turn.asked_for("find")
    await turn.call(call_id)
    await turn.step(1, *answer("Found."))
    await turn.finish()
    end = await end_of(turn)
    assert end.usage == Usage(input_tokens=15, output_tokens=8)
    (feedback,) = end.tool_feedback
    assert (feedback.call_id, feedback.status, feedback.ms, feedback.outcome) == (
        call_id,
        "completed",
        7,
        "find says hi",
    )


async def test_finishing_twice_ends_once_and_tells_again(turn: Turn) -> None:
    await turn.step(0, *answer("Yes."))
    await turn.finish()
    assert await turn.finish("failed") == "completed"
    assert (await end_of(turn)).status == "completed"
    first, second = told_ends(turn)
    assert first == second


async def test_the_next_turn_takes_the_floor_in_the_same_breath_and_starts(turn: Turn) -> None:
    following = await turn.next_turn("Second?")
    third = await turn.next_turn("Third?")
    await turn.finish()
    assert (await end_of(turn)).next_turn_id == following.turn_id
    types = await turn.world.types(turn.session_id)
    assert types[-2:] == ["chat_response", "turn.started"]
    head = await turn.world.head(turn.session_id)
    assert head.active_turn is not None
    assert head.active_turn.turn_id == following.turn_id
    assert [waiting.turn_id for waiting in head.queue] == [third.turn_id]
    request = turn.world.engine.started[-1]
    assert (request.turn_id, request.question_seq) == (following.turn_id, following.question_seq)
    assert request.manifest_id == head.manifest_id


async def test_a_second_execution_starts_the_next_turn_again(turn: Turn) -> None:
    following = await turn.next_turn()
    turn.world.engine.down = True
    with pytest.raises(StoreUnavailable):
        await turn.finish()
    turn.world.engine.down = False
    assert await turn.finish() == "completed"
    assert turn.world.engine.started_ids == [turn.turn_id, following.turn_id]


async def test_a_very_late_execution_does_not_start_a_turn_that_has_ended(turn: Turn) -> None:
    following = await turn.next_turn()
    await turn.finish()
    await following.finish()
    turn.world.engine.started.clear()
    await turn.finish()
    assert turn.world.engine.started == []


async def test_an_end_whose_publish_failed_is_published_by_the_next_execution(turn: Turn) -> None:
    await turn.step(0, *answer("Yes."))
    turn.world.hub.refuse = lambda sent: sent.type == "chat_response"
    with pytest.raises(PublishFailed):
        await turn.finish()
    turn.world.hub.refuse = lambda _: False
    await turn.finish()
    (told,) = told_ends(turn)
    assert told["response"] == "Yes."


async def test_all_that_a_turn_that_was_cut_off_stored_is_published_by_the_next_execution(turn: Turn) -> None:
    call_id = await turn.asked_for("write")
    following = await turn.next_turn()
    turn.world.hub.sent.clear()
    turn.world.hub.refuse = lambda _: True
    with pytest.raises(PublishFailed):
        await turn.finish("stopped")
    turn.world.hub.refuse = lambda _: False
    await turn.finish("stopped")
    told = turn.world.hub.to(ids.audience_group(turn.session_id))
    assert [event.get("call_id") or event["turn_id"] for event in told[-3:]] == [
        call_id,
        turn.turn_id,
        following.turn_id,
    ]
    assert [event["type"] for event in told] == [
        "message.created",
        "turn.started",
        "message.completed",
        "tool_call.completed",
        "chat_response",
        "turn.started",
    ]


async def test_a_waiting_turn_is_not_ended_by_finishing_it(turn: Turn) -> None:
    waiting = await turn.next_turn()
    before = await turn.world.types(turn.session_id)
    assert await waiting.finish() == "over"
    assert await turn.world.types(turn.session_id) == before


async def test_the_end_keeps_a_stop_that_came_in_between(turn: Turn) -> None:
    await turn.step(0, TextDelta("So far"), turn.stop, *answer(" and done."))
    await turn.finish("stopped")
    types = await turn.world.types(turn.session_id)
    assert types[-3:] == ["turn.stopping", "message.completed", "chat_response"]
