"""A turn in a group: everyone gets what everyone may see, who asked gets the rest alone, also after a crash."""

import json
from collections.abc import AsyncGenerator

import pytest

from shared.model import ToolResult, UserText
from shared.protocol.durable import ChatResponse, MessageCompleted
from shared.room_frames import INSTRUCTIONS, TO_ANSWER
from shared.settings import ServiceAddress
from shared.tools.outcome import ToolOutcome
from tests.conftest import DATABASE
from tests.orchestration.group_turns import GroupTurn, new_group_turn
from tests.support.doubles import answer, asks
from tests.support.world import CATALOG, World, world_on

SECRET = "Contoso is worth 120,000 to Ada."
PRIVATE_CATALOG = CATALOG.replace('"idempotent": true},', '"idempotent": true, "readers": "asker"},', 1)


@pytest.fixture
async def room(world: World) -> GroupTurn:
    return await new_group_turn(world)


@pytest.fixture
async def private_room(cosmos_address: ServiceAddress) -> AsyncGenerator[GroupTurn]:
    """A room in which what `crm.find` returns is its asker's alone."""
    async with world_on(cosmos_address, DATABASE, PRIVATE_CATALOG) as world:
        world.tools.outcomes = {"find": ToolOutcome(status="completed", text=SECRET, is_error=False, ms=1)}
        yield await new_group_turn(world)


async def test_an_answer_of_what_everyone_may_see_goes_to_the_room(room: GroupTurn) -> None:
    result = await room.step(0, *answer("It is full."))
    await room.finish()

    assert (result.outcome, result.room_waits) == ("answered", False)
    for person in (room.asker, *room.others):
        assert [sent.event["response"] for sent in room.reaches(person) if sent.type == "chat_response"] == [
            "It is full."
        ]


async def test_the_model_is_told_the_room_and_which_message_to_answer(room: GroupTurn) -> None:
    await room.step(0, *answer("It is full."))

    asked = room.world.model.requests[-1]
    assert asked.instructions.endswith(INSTRUCTIONS)
    (question,) = asked.items
    assert isinstance(question, UserText)
    assert json.loads(question.text.removeprefix(TO_ANSWER))["name"] == "Ada"


async def test_others_see_that_a_tool_is_used_but_not_with_what(room: GroupTurn) -> None:
    asked = await room.step(0, *asks(("crm__find", '{"who": "Contoso"}')))
    await room.call(asked.calls[0])

    assert '"Contoso' in str([sent.event for sent in room.reaches(room.asker)]).replace("\\", "")
    assert "Contoso" not in str([sent.event for sent in room.reaches(room.others[0])])
    kinds = [sent.type for sent in room.reaches(room.others[0])]
    assert "tool_call.started" in kinds
    assert "tool_call.completed" in kinds


async def _privately_answered(room: GroupTurn) -> None:
    asked = await room.step(0, *asks(("crm__find", "{}")))
    await room.call(asked.calls[0])
    private = await room.step(1, *answer(f"To you alone: {SECRET}"))
    assert private.room_waits


async def test_what_only_the_asker_may_see_is_answered_to_them_alone_and_the_room_gets_an_answer_without(
    private_room: GroupTurn,
) -> None:
    await _privately_answered(private_room)
    public = await private_room.step(2, *answer("Ada has her answer."), room=True)
    await private_room.finish()

    assert (public.outcome, public.room_waits) == ("answered", False)
    assert SECRET in str([sent.event for sent in private_room.reaches(private_room.asker)])
    for other in private_room.others:
        heard = private_room.reaches(other)
        assert SECRET not in str([sent.event for sent in heard])
        assert [sent.event["response"] for sent in heard if sent.type == "chat_response"] == ["Ada has her answer."]


async def test_nobody_misses_a_number_though_they_do_not_see_what_it_stands_for(private_room: GroupTurn) -> None:
    await _privately_answered(private_room)
    await private_room.step(2, *answer("Ada has her answer."), room=True)
    await private_room.finish()

    everyone = (private_room.asker, *private_room.others)
    heard = {
        person.id: {sent.event.get("seq") for sent in private_room.reaches(person)} - {None} for person in everyone
    }
    head = await private_room.world.head(private_room.group_id)
    assert all(numbers == set(range(3, head.seq + 1)) for numbers in heard.values())


async def test_the_rooms_step_is_not_told_what_only_the_asker_may_see(private_room: GroupTurn) -> None:
    await _privately_answered(private_room)
    await private_room.step(2, *answer("Ada has her answer."), room=True)

    private, public = private_room.world.model.requests[-2:]
    assert SECRET in str([item.output for item in private.items if isinstance(item, ToolResult)])
    assert SECRET not in str(public.items)
    assert public.tools == ()


async def test_private_text_streams_to_the_asker_alone_and_the_room_is_told_why_it_waits(
    private_room: GroupTurn,
) -> None:
    await _privately_answered(private_room)

    deltas = [sent for sent in private_room.world.group_hub.sent if sent.type == "message.delta"]
    assert deltas
    assert all(sent.only == f"userId eq '{private_room.asker.id}'" for sent in deltas)
    states = [sent.event["state"] for sent in private_room.reaches(private_room.others[0]) if sent.type == "ai.state"]
    assert states == ["answering_privately"]


async def test_each_answer_is_stored_once_however_often_its_step_runs(private_room: GroupTurn) -> None:
    await _privately_answered(private_room)
    again = await private_room.step(1)
    await private_room.step(2, *answer("Ada has her answer."), room=True)
    await private_room.step(2, room=True)
    await private_room.finish()
    await private_room.finish()

    assert again.room_waits
    events = await private_room.world.events(private_room.group_id)
    steps = [event.step for event in events if isinstance(event, MessageCompleted)]
    assert steps == [0, 1, 2]
    (end,) = [event for event in events if isinstance(event, ChatResponse)]
    assert end.message_id == f"{private_room.turn_id}.2"


async def test_nothing_of_a_whispered_question_reaches_the_others(world: World) -> None:
    room = await new_group_turn(world, whispered=True)
    result = await room.step(0, *answer("Between us: yes."))
    await room.finish()

    assert not result.room_waits
    assert [sent.event["response"] for sent in room.reaches(room.asker) if sent.type == "chat_response"] == [
        "Between us: yes."
    ]
    assert "Between us" not in str([sent.event for sent in room.reaches(room.others[0])])


async def test_who_has_left_is_answered_no_more(room: GroupTurn) -> None:
    await room.leaves(room.asker)

    result = await room.step(0)
    assert result.outcome == "failed"
    assert "belongs to the group no longer" in str(result.error)
    assert room.world.model.requests == []


async def test_who_has_left_is_sent_nothing_even_while_their_connection_is_still_in_the_group(room: GroupTurn) -> None:
    gone, stays = room.others
    await room.leaves(gone)
    await room.step(0, *answer("It is full."))
    await room.finish()

    assert room.reaches(gone) == []
    assert room.reaches(stays) != []


async def test_the_head_remembers_whom_the_coach_answered(room: GroupTurn) -> None:
    await room.step(0, *answer("It is full."))
    await room.finish()

    group = (await room.world.head(room.group_id)).group
    assert group is not None
    assert (group.coach_spoke_to, group.coach_spoke_at) == (room.asker.id, room.world.clock().timestamp())
