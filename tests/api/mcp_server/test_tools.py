"""The coach's tools, called by the official client."""

from typing import Any, get_args

import pytest
from mcp import MCPError

from api.mcp_server.answers import LATER, NEEDS_A_PERSON, Patience
from shared import ids
from shared.event_log.head import Head
from shared.event_log.shapes import Draft
from tests.api.mcp_server.conftest import MODES, Coach, Mode, text_of
from tests.support.functions import signed_in
from tests.support.world import World

NAMES = ["ask_coach", "get_answer", "list_conversations", "read_conversation"]


@pytest.mark.parametrize("mode", MODES)
async def test_the_tools_are_listed_in_order_with_their_schemas(coach: Coach, mode: Mode) -> None:
    async with coach.client(mode) as client:
        tools = (await client.list_tools()).tools
    assert [tool.name for tool in tools] == NAMES
    hints = [tool.annotations.read_only_hint if tool.annotations else None for tool in tools]
    assert hints == [False, True, True, True]
    for tool in tools:
        assert tool.description
        assert tool.input_schema["additionalProperties"] is False
        assert tool.output_schema is not None
        assert tool.output_schema["type"] == "object"


@pytest.mark.parametrize("mode", MODES)
async def test_a_question_is_answered_with_the_tools_that_were_used(coach: Coach, mode: Mode) -> None:
    result = await coach.call("ask_coach", mode, question="Whom should I call?")
    content = result.structured_content
    assert not result.is_error
    assert isinstance(content, dict)
    assert (content["state"], content["ended"], content["answer"]) == ("answered", "completed", "Call Contoso first.")
    assert [(used["server"], used["tool"], used["status"]) for used in content["tools"]] == [
        ("crm", "find", "completed")
    ]
    assert text_of(result).startswith("Call Contoso first.")
    assert content["session_id"] in text_of(result)
    types = await coach.world.types(content["session_id"])
    assert (types[0], types[-1]) == ("message.created", "chat_response")


async def test_a_question_goes_on_in_a_conversation_that_is_named(coach: Coach) -> None:
    first = await coach.content("ask_coach", question="Whom should I call?")
    coach.engine.text = "At nine."
    second = await coach.content("ask_coach", question="When?", session_id=first["session_id"])
    assert second["session_id"] == first["session_id"]
    assert second["answer"] == "At nine."
    part = await coach.content("read_conversation", session_id=first["session_id"])
    assert [(entry["author"], entry["text"]) for entry in part["messages"]] == [
        ("person", "Whom should I call?"),
        ("coach", "Call Contoso first."),
        ("person", "When?"),
        ("coach", "At nine."),
    ]
    assert (part["title"], part["more"]) == ("Whom should I call?", False)


async def test_while_waiting_the_client_is_told_and_then_where_to_ask_again(coach: Coach) -> None:
    coach.engine.text = None
    told: list[tuple[float, float | None, str | None]] = []

    async def note(progress: float, total: float | None, message: str | None) -> None:
        told.append((progress, total, message))

    hasty = coach.patient(Patience(limit_s=0.3, every_s=0.05))
    async with hasty.client() as client:
        result = await client.call_tool("ask_coach", {"question": "And now?"}, progress_callback=note)
    content = result.structured_content
    assert isinstance(content, dict)
    assert (result.is_error, content["state"], content["note"], content["answer"]) == (False, "running", LATER, "")
    assert len(told) >= 2
    assert [done for done, _, _ in told] == sorted(done for done, _, _ in told)
    assert {total for _, total, _ in told} == {0.3}
    coach.engine.text = "Now."
    await coach.engine.start(coach.engine.started[-1])
    later = await coach.content("get_answer", session_id=content["session_id"], turn_id=content["turn_id"])
    assert (later["state"], later["answer"]) == ("answered", "Now.")


async def test_a_question_behind_another_is_queued(coach: Coach) -> None:
    coach.engine.text = None
    hasty = coach.patient(Patience(limit_s=0, every_s=1))
    first = await hasty.content("ask_coach", question="First?")
    second = await hasty.content("ask_coach", question="Second?", session_id=first["session_id"])
    assert (first["state"], second["state"]) == ("running", "queued")


async def test_an_answer_that_waits_for_a_card_says_so_at_once(coach: Coach) -> None:
    coach.engine.text = None
    hasty = coach.patient(Patience(limit_s=0, every_s=1))
    asked = await hasty.content("ask_coach", question="Write to the customer.")

    def park(head: Head) -> Draft:
        assert head.active_turn is not None
        (kind, _) = get_args(Head.model_fields["parked"].annotation)
        waiting = {name: getattr(head.active_turn, name, 1) for name in kind.model_fields}
        parked = Head.model_validate({**head.model_dump(), "active_turn": None, "parked": [waiting]})
        return Draft(events=(), head=parked)

    await coach.world.log.append(asked["session_id"], park)
    found = await coach.content("get_answer", session_id=asked["session_id"], turn_id=asked["turn_id"])
    assert (found["state"], found["note"]) == ("waiting_for_person", NEEDS_A_PERSON)


async def test_a_turn_that_failed_is_an_error_in_words(coach: Coach) -> None:
    coach.engine.text = None
    hasty = coach.patient(Patience(limit_s=0, every_s=1))
    asked = await hasty.content("ask_coach", question="Why?")
    await coach.engine.fail(coach.engine.started[-1])
    result = await coach.call("get_answer", session_id=asked["session_id"], turn_id=asked["turn_id"])
    assert result.is_error
    assert isinstance(result.structured_content, dict)
    assert result.structured_content["ended"] == "failed"
    assert result.structured_content["note"] in text_of(result)


@pytest.mark.parametrize(
    ("tool", "arguments", "words"),
    [
        ("ask_coach", {}, "question: Field required"),
        ("ask_coach", {"question": ""}, "question: String should have at least 1 character"),
        ("ask_coach", {"question": " \n "}, "The message is empty."),
        ("ask_coach", {"question": "Hi", "role": "Admin"}, "role: There is no such field here; leave it out"),
        ("ask_coach", {"question": "Hi", "session_id": "s_unknown"}, "There is no such conversation."),
        ("ask_coach", {"question": "Hi", "session_id": "../head"}, "session_id: String should match"),
        ("list_conversations", {"limit": 51}, "limit: Input should be less than or equal to 50"),
        ("read_conversation", {"session_id": "s_unknown"}, "There is no such conversation."),
    ],
)
async def test_what_cannot_be_done_is_said_in_words(
    coach: Coach, tool: str, arguments: dict[str, Any], words: str
) -> None:
    result = await coach.call(tool, **arguments)
    assert result.is_error
    assert words in text_of(result)
    assert coach.engine.started == []


async def test_a_foreign_conversation_looks_missing(coach: Coach, world: World) -> None:
    mine = await coach.content("ask_coach", question="A secret?")
    session_id, turn_id = mine["session_id"], mine["turn_id"]
    signed_in(world, "Admin")
    for tool, arguments in (
        ("read_conversation", {"session_id": session_id}),
        ("get_answer", {"session_id": session_id, "turn_id": turn_id}),
        ("ask_coach", {"session_id": session_id, "question": "What was it?"}),
    ):
        async with coach.client() as client:
            result = await client.call_tool(tool, arguments)
        assert (result.is_error, text_of(result)) == (True, "There is no such conversation."), tool
    assert (await coach.content("list_conversations"))["conversations"] == []


async def test_an_unknown_turn_of_ones_own_conversation_is_missing(coach: Coach) -> None:
    mine = await coach.content("ask_coach", question="Hello?")
    result = await coach.call("get_answer", session_id=mine["session_id"], turn_id="t_none")
    assert (result.is_error, text_of(result)) == (True, "There is no such turn in this conversation.")


async def test_an_unknown_tool_is_a_protocol_error(coach: Coach) -> None:
    async with coach.client() as client:
        with pytest.raises(MCPError, match="no tool 'drop_tables'"):
            await client.call_tool("drop_tables", {})


async def test_conversations_are_listed_in_pages(coach: Coach) -> None:
    asked: list[str] = []
    for n in range(3):
        coach.world.clock.advance(1)
        asked.append((await coach.content("ask_coach", question=f"Question {n}?"))["session_id"])
    first = await coach.content("list_conversations", limit=2)
    assert [line["session_id"] for line in first["conversations"]] == [asked[2], asked[1]]
    second = await coach.content("list_conversations", limit=2, before=first["next"])
    assert ([line["session_id"] for line in second["conversations"]], second["next"]) == ([asked[0]], None)


async def test_the_coach_uses_the_tools_of_the_persons_roles(coach: Coach, world: World) -> None:
    signed_in(world, "Guest")
    coach.engine.text = None
    hasty = coach.patient(Patience(limit_s=0, every_s=1))
    asked = await hasty.content("ask_coach", question="How is my pipeline?")
    head = await world.head(asked["session_id"])
    manifest = await world.log.manifest(asked["session_id"], head.manifest_id or "")
    assert manifest is not None
    assert (manifest.tools, manifest.roles) == ((), ("Guest",))


async def test_the_engine_being_away_for_a_moment_loses_no_question(coach: Coach) -> None:
    coach.engine.down = True
    hasty = coach.patient(Patience(limit_s=0, every_s=1))
    asked = await hasty.content("ask_coach", question="Are you there?")
    assert asked["state"] == "running"
    questions = [e for e in await coach.world.events(asked["session_id"]) if e.type == "message.created"]
    assert [event.message_id for event in questions] == [ids.question_message(asked["turn_id"])]
