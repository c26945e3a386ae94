"""A question edited, an answer given again: new turns that take the place of old ones."""

from dataclasses import replace
from typing import Any

import pytest

from shared import ids
from shared.protocol.durable import MessageCreated, TurnStarted
from tests.chat.asking import STRANGER
from tests.orchestration.turns import Turn, new_turn
from tests.support.doubles import answer
from tests.support.world import World


async def _answered(world: World, content: str = "How is my pipeline?") -> Turn:
    turn = await new_turn(world, content)
    await _answer(turn)
    return turn


async def _answer(turn: Turn) -> None:
    await turn.step(0, *answer("Fine."))
    await turn.finish()


def _edit(turn: Turn, content: str, **fields: Any) -> dict[str, Any]:
    message_id = ids.question_message(turn.turn_id)
    return {
        "type": "message.edit",
        "conversation_id": turn.session_id,
        "message_id": message_id,
        "content": content,
        "client_message_id": "edit-1",
        **fields,
    }


def _again(turn: Turn, message_id: str | None = None, command_id: str = "again-1") -> dict[str, Any]:
    return {
        "type": "message.regenerate",
        "conversation_id": turn.session_id,
        "message_id": message_id or ids.step_message(turn.turn_id, 0),
        "command_id": command_id,
    }


async def _started(turn: Turn, turn_id: str) -> TurnStarted:
    event = await turn.world.log.event(turn.session_id, ids.started(turn_id))
    assert isinstance(event, TurnStarted)
    return event


async def test_an_edited_question_begins_a_turn_that_replaces_the_old_one(world: World) -> None:
    turn = await _answered(world)
    accepted = (await turn.client.send(_edit(turn, "How is my forecast?"))).event
    assert (accepted["type"], accepted["position"]) == ("command.accepted", 0)
    question = await world.log.event(turn.session_id, ids.created(accepted["message_id"]))
    assert isinstance(question, MessageCreated)
    assert question.replaces == ids.question_message(turn.turn_id)
    assert (await _started(turn, accepted["turn_id"])).replaces == turn.turn_id
    assert world.engine.started_ids[-1] == accepted["turn_id"]


async def test_an_edit_sent_again_is_one_turn_even_while_that_runs(world: World) -> None:
    turn = await _answered(world)
    first = await turn.client.send(_edit(turn, "How is my forecast?"))
    assert (await turn.client.send(_edit(turn, "How is my forecast?"))).event == first.event
    told = await turn.client.send(_edit(turn, "Other words"))
    assert told.code == "message_conflict"
    assert (await world.types(turn.session_id)).count("message.created") == 2


async def test_nothing_is_edited_while_a_turn_runs(world: World) -> None:
    turn = await new_turn(world)
    before = await world.log.head(turn.session_id)
    assert (await turn.client.send(_edit(turn, "Other words"))).code == "turn_running"
    assert (await turn.client.send(_again(turn))).code == "turn_running"
    assert await world.log.head(turn.session_id) == before


@pytest.mark.parametrize("message_id", ["t_none.q", "nonsense"])
async def test_a_message_that_is_not_there_cannot_be_edited_or_answered_again(world: World, message_id: str) -> None:
    turn = await _answered(world)
    assert (await turn.client.send(_edit(turn, "x", message_id=message_id))).code == "message_not_found"
    assert (await turn.client.send(_again(turn, message_id))).code == "message_not_found"


async def test_the_coachs_words_cannot_be_edited(world: World) -> None:
    turn = await _answered(world)
    answered = ids.step_message(turn.turn_id, 0)
    assert (await turn.client.send(_edit(turn, "x", message_id=answered))).code == "message_not_found"


async def test_another_persons_conversation_looks_like_none(world: World) -> None:
    turn = await _answered(world)
    stranger = await world.client(STRANGER)
    for command in (_edit(turn, "x"), _again(turn)):
        assert (await stranger.send(command)).code == "conversation_not_found"


async def test_the_latest_question_is_answered_again_by_a_turn_without_a_question_of_its_own(world: World) -> None:
    turn = await _answered(world)
    accepted = (await turn.client.send(_again(turn))).event
    begun = await _started(turn, accepted["turn_id"])
    assert (begun.replaces, begun.question_id) == (turn.turn_id, ids.question_message(turn.turn_id))
    request = world.engine.started[-1]
    assert (request.turn_id, request.question_seq) == (accepted["turn_id"], turn.question_seq)
    assert (await world.types(turn.session_id)).count("message.created") == 1


async def test_asking_for_another_answer_twice_with_one_command_is_one_turn(world: World) -> None:
    turn = await _answered(world)
    first = await turn.client.send(_again(turn))
    again = await turn.client.send(_again(turn))
    assert again.event == first.event
    assert (await turn.client.send(_again(turn, command_id="again-2"))).code == "turn_running"


async def test_an_answer_given_again_can_be_given_yet_again_to_the_same_question(world: World) -> None:
    turn = await _answered(world)
    second = replace(turn, turn_id=(await turn.client.send(_again(turn))).event["turn_id"])
    await _answer(second)
    third = (await turn.client.send(_again(second, command_id="again-2"))).event
    begun = await _started(turn, third["turn_id"])
    assert (begun.replaces, begun.question_id) == (second.turn_id, ids.question_message(turn.turn_id))


async def test_only_the_latest_answer_can_be_given_again(world: World) -> None:
    turn = await _answered(world)
    await _answer(await turn.next_turn())
    assert (await turn.client.send(_again(turn))).code == "message_not_found"


async def test_an_empty_edit_is_refused(world: World) -> None:
    turn = await _answered(world)
    assert (await turn.client.send(_edit(turn, " \u200b "))).code == "content_empty"
