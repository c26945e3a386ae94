import pytest

from orchestration.sweeper import OVERDUE_S, sweep
from shared import ids
from shared.event_log.floor import CHECK_SECONDS, TURN_SECONDS
from shared.protocol.durable import ChatResponse
from tests.orchestration.turns import Turn, new_turn
from tests.support.doubles import answer
from tests.support.world import World


@pytest.fixture
async def turn(lonely_world: World) -> Turn:
    """A turn that was claimed; it alone is in its store."""
    turn = await new_turn(lonely_world)
    lonely_world.engine.started.clear()
    return turn


async def _sweep_later(turn: Turn, seconds: float = CHECK_SECONDS) -> int:
    turn.world.clock.advance(seconds)
    return await sweep(turn.world.turn, turn.world.engine)


async def _end(turn: Turn) -> ChatResponse | None:
    events = await turn.world.events(turn.session_id)
    return next((event for event in events if isinstance(event, ChatResponse)), None)


async def test_a_turn_is_left_alone_until_its_claim_is_due(turn: Turn) -> None:
    assert await _sweep_later(turn, CHECK_SECONDS - 0.1) == 0
    assert turn.world.engine.started == []


async def test_a_turn_that_was_claimed_but_never_started_is_started(turn: Turn) -> None:
    assert await _sweep_later(turn) == 1
    (request,) = turn.world.engine.started
    head = await turn.world.head(turn.session_id)
    assert (request.turn_id, request.question_seq, request.manifest_id) == (
        turn.turn_id,
        turn.question_seq,
        head.manifest_id,
    )


async def test_a_turn_that_was_looked_at_is_left_alone_for_a_while(turn: Turn) -> None:
    await _sweep_later(turn)
    assert await sweep(turn.world.turn, turn.world.engine) == 0
    assert await _sweep_later(turn) == 1


async def test_a_running_turn_is_not_touched(turn: Turn) -> None:
    turn.world.engine.states[turn.turn_id] = "running"
    before = await turn.world.types(turn.session_id)
    await _sweep_later(turn)
    assert (turn.world.engine.started, turn.world.engine.stopped) == ([], [])
    assert await turn.world.types(turn.session_id) == before


async def test_a_turn_whose_instance_ended_without_releasing_the_floor_is_finished(turn: Turn) -> None:
    following = await turn.next_turn()
    turn.world.engine.states[turn.turn_id] = "ended"
    await _sweep_later(turn)
    end = await _end(turn)
    assert end is not None
    assert (end.turn_id, end.status, end.next_turn_id) == (turn.turn_id, "failed", following.turn_id)
    assert turn.world.engine.started_ids == [following.turn_id]


async def test_a_turn_that_has_its_answer_ends_with_it_however_it_is_found(turn: Turn) -> None:
    await turn.step(0, *answer("All is well."))
    turn.world.hub.sent.clear()
    turn.world.engine.states[turn.turn_id] = "ended"
    await _sweep_later(turn)
    end = await _end(turn)
    assert end is not None
    assert (end.status, end.error, end.message_id) == ("completed", None, ids.step_message(turn.turn_id, 0))
    told = turn.world.hub.types(ids.audience_group(turn.session_id))
    assert told[-2:] == ["message.completed", "chat_response"]


async def test_a_turn_far_past_its_deadline_that_has_its_answer_ends_with_it(turn: Turn) -> None:
    await turn.step(0, *answer("All is well."))
    turn.world.engine.states[turn.turn_id] = "running"
    await _sweep_later(turn, TURN_SECONDS + OVERDUE_S + CHECK_SECONDS)
    end = await _end(turn)
    assert end is not None
    assert (end.status, end.error) == ("completed", None)


async def test_an_answer_that_a_limit_cut_short_ends_its_turn_with_that_limit(turn: Turn) -> None:
    await turn.step(0, *answer("All I know."), last=True)
    turn.world.engine.states[turn.turn_id] = "ended"
    await _sweep_later(turn)
    end = await _end(turn)
    assert end is not None
    assert (end.status, end.error and end.error.code) == ("exhausted", "limit_steps")


async def test_a_stop_whose_event_was_lost_is_raised_again(turn: Turn) -> None:
    await turn.stop()
    turn.world.engine.stopped.clear()
    turn.world.engine.states[turn.turn_id] = "running"
    await _sweep_later(turn)
    assert turn.world.engine.stopped == [turn.turn_id]


async def test_a_stopped_turn_whose_instance_ended_is_finished_as_stopped(turn: Turn) -> None:
    await turn.stop()
    turn.world.engine.states[turn.turn_id] = "ended"
    await _sweep_later(turn)
    end = await _end(turn)
    assert end is not None
    assert end.status == "stopped"


async def test_a_turn_far_past_its_deadline_is_ended_from_outside(turn: Turn) -> None:
    turn.world.engine.states[turn.turn_id] = "running"
    await _sweep_later(turn, TURN_SECONDS + OVERDUE_S)
    assert await _end(turn) is None
    await _sweep_later(turn)
    end = await _end(turn)
    assert end is not None
    assert (end.status, end.error and end.error.code) == ("exhausted", "limit_time")


async def test_a_free_conversation_is_never_looked_at(turn: Turn) -> None:
    await turn.step(0, *answer("Yes."))
    await turn.finish()
    assert await _sweep_later(turn, 10_000) == 0


async def test_a_conversation_that_cannot_be_moved_does_not_hide_the_others(turn: Turn) -> None:
    turn.world.hub.refuse = lambda sent: sent.event.get("conversation_id") == turn.session_id
    other = await new_turn(turn.world)
    turn.world.engine.started.clear()
    for one in (turn, other):
        turn.world.engine.states[one.turn_id] = "ended"
    assert await _sweep_later(turn) == 2
    assert (await turn.world.types(other.session_id))[-1] == "chat_response"
    turn.world.hub.refuse = lambda _: False


async def test_an_engine_that_is_down_leaves_the_claim_due(turn: Turn) -> None:
    turn.world.engine.down = True
    assert await _sweep_later(turn) == 1
    turn.world.engine.down = False
    assert await sweep(turn.world.turn, turn.world.engine) == 1
    assert turn.world.engine.started_ids == [turn.turn_id]


async def test_conversations_are_looked_at_in_the_order_they_fell_due(turn: Turn) -> None:
    turn.world.clock.advance(5)
    second = await new_turn(turn.world)
    turn.world.clock.advance(5)
    third = await new_turn(turn.world)
    await _sweep_later(turn, CHECK_SECONDS - 10)
    turn.world.clock.advance(CHECK_SECONDS)
    due = await turn.world.log.due(turn.world.clock().timestamp())
    assert due == [second.session_id, third.session_id, turn.session_id]


async def test_a_conversation_that_cannot_be_moved_stays_due_behind_all_that_were_due_before(turn: Turn) -> None:
    turn.world.engine.down = True
    await _sweep_later(turn, CHECK_SECONDS + 10)
    claim = (await turn.world.head(turn.session_id)).claim
    assert claim is not None
    assert claim.check_after == turn.world.clock().timestamp()
