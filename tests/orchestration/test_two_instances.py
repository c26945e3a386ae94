"""What an instance remembers of a conversation must not decide a turn that another has run since."""

from dataclasses import replace

from chat.session import pin_again
from orchestration.call_model import call_model
from orchestration.messages import StepRequest
from shared import ids
from tests.orchestration.endings import end_of, told_ends
from tests.orchestration.instances import on
from tests.orchestration.steps import step_events
from tests.orchestration.turns import Turn
from tests.support.doubles import Happening, answer, asks
from tests.support.world import World

NEW_SCHEMA = '{"type":"object","properties":{"since":{"type":"string"}}}'


async def _remembered(turn: Turn, other: World) -> Turn:
    """Let the other instance remember the conversation as it was at a turn's end; return the next turn."""
    await turn.step(0, *answer("Yes."))
    await on(other, turn).finish()
    return await turn.next_turn()


async def _pinned_again(turn: Turn) -> None:
    """Let the tools change, and on the first instance what is pinned."""
    turn.world.tools.schemas["find"] = NEW_SCHEMA
    grant = await turn.world.people.grant(turn.client.principal, turn.world.clock())
    await pin_again(turn.world.chat, grant, turn.session_id)


async def _written_on(other: World, request: StepRequest, *script: Happening) -> None:
    """Run the step there, without reading anything beforehand that the app would not."""
    other.model.scripts.append(list(script))
    await call_model(other.turn, request)


async def _was_given_the_new_tools(turn: Turn, other: World) -> bool:
    """Tell whether the last step was given what is pinned now; checks that it says so."""
    (given,) = {tool.parameters for tool in other.model.requests[-1].tools if tool.name == "crm__find"}
    written = (await step_events(turn))[-1]
    assert (written.manifest_id == (await turn.world.head(turn.session_id)).manifest_id) == (given == NEW_SCHEMA)
    return given == NEW_SCHEMA


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


async def test_the_first_step_after_the_tools_changed_is_given_the_new_ones(turn: Turn, other: World) -> None:
    await turn.step(0, *answer("Yes."))
    await on(other, turn).finish()
    await _pinned_again(turn)
    following = await turn.next_turn()
    await _written_on(other, await following.step_request(), *answer("It is."))
    assert await _was_given_the_new_tools(following, other)


async def test_tools_that_change_while_a_turn_runs_are_given_to_an_instance_that_knows_all_but_that(
    turn: Turn, other: World
) -> None:
    begun = await turn.step_request(0)
    await _written_on(other, begun, *asks(("crm__find", "{}")))
    await on(other, turn).call(ids.call(turn.turn_id, 0, 0))
    await _pinned_again(turn)
    await _written_on(other, replace(begun, step=1), *answer("It is."))
    assert await _was_given_the_new_tools(turn, other)


async def test_tools_that_change_while_a_turn_runs_are_given_to_an_instance_that_knows_nothing_of_it(
    turn: Turn, other: World
) -> None:
    begun = await turn.step_request(0)
    call_id = await turn.asked_for("find")
    await turn.call(call_id)
    await _pinned_again(turn)
    await _written_on(other, replace(begun, step=1), *answer("It is."))
    assert await _was_given_the_new_tools(turn, other)
