"""What an instance remembers of a conversation must not decide a turn that another has run since."""

from shared import ids
from tests.orchestration.endings import end_of, told_ends
from tests.orchestration.instances import on
from tests.orchestration.turns import Turn
from tests.support.doubles import answer
from tests.support.world import World


async def _remembered(turn: Turn, other: World) -> Turn:
    """Let the other instance remember the conversation as it was at a turn's end; return the next turn."""
    await turn.step(0, *answer("Yes."))
    await on(other, turn).finish()
    return await turn.next_turn()


async def test_an_answered_turn_ends_where_only_an_earlier_turn_is_remembered(turn: Turn, other: World) -> None:
    following = await _remembered(turn, other)
    await following.step(0, *answer("It is."))
    assert await on(other, following).finish() == "completed"
    assert (await turn.world.head(turn.session_id)).active_turn is None
    assert [end["response"] for end in told_ends(on(other, following))] == ["It is."]


async def test_an_answered_turn_ends_where_it_is_remembered_as_waiting_for_the_floor(turn: Turn, other: World) -> None:
    following = await turn.next_turn()
    await turn.step(0, *answer("Yes."))
    await other.log.record(turn.session_id)
    await turn.finish()
    await following.step(0, *answer("It is."))
    assert await on(other, following).finish() == "completed"
    assert (await end_of(following)).message_id == ids.step_message(following.turn_id, 0)
