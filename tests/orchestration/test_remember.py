"""The coach asks to remember something: what the person reads, decides and finds stored."""

import pytest

from orchestration.asking import DENIED, DENIED_BY_PERSON, EDITED, EXPIRED, NOTE
from orchestration.expire_cards import expire_cards
from orchestration.messages import ExpireRequest
from orchestration.remember import NOT_STORED, QUESTION, STORED
from orchestration.remember_tool import PARAMETERS, REMEMBER_TOOL
from shared import ids
from shared.event_log.shapes import Draft
from shared.memory import MAX_CHARACTERS, Entry, EntrySource
from shared.model import ToolRequest, UserText
from shared.protocol.durable import ToolCallStarted
from shared.tools.names import REMEMBER
from tests.orchestration.carded import Carded, waited
from tests.orchestration.remembering import FACT, asked_to_remember, entry_texts, memory_of, proposes
from tests.orchestration.steps import step_events
from tests.orchestration.tool_calls import completed_calls, only_call, told_to_the_model
from tests.orchestration.turns import new_turn
from tests.support.doubles import answer
from tests.support.world import World

AT = "2026-03-02T10:00:00.000Z"


@pytest.fixture
async def carded(world: World) -> Carded:
    return await asked_to_remember(world)


def _given(world: World) -> list[str]:
    return [tool.name for tool in world.model.requests[-1].tools]


async def test_the_tool_is_given_first_where_the_memory_is_on(carded: Carded) -> None:
    await carded.turn.step(0, *answer("Yes."))
    tools = carded.turn.world.model.requests[-1].tools
    assert tools[0] == REMEMBER_TOOL
    assert [tool.name for tool in tools[1:]] == ["crm__find", "crm__write"]


async def test_the_tool_is_not_given_where_the_memory_is_off(world: World) -> None:
    turn = await new_turn(world)
    await turn.step(0, *answer("Yes."))
    assert REMEMBER not in _given(world)


async def test_the_tool_is_not_given_in_a_temporary_session(world: World) -> None:
    carded = await asked_to_remember(world)
    until = {"temporary": True, "erase_after": world.clock().timestamp() + 60}
    await world.log.append(
        carded.turn.session_id,
        lambda head: Draft(events=(), head=head.model_copy(update=until)),
    )
    assert await proposes(carded) == "denied"
    assert REMEMBER not in _given(world)
    assert (await only_call(carded.turn)).preview == DENIED
    assert await carded.cards() == []
    assert await entry_texts(carded) == []


async def test_the_last_step_of_a_turn_is_not_given_the_tool(carded: Carded) -> None:
    await carded.turn.step(0, *answer("Yes."), last=True)
    assert _given(carded.turn.world) == []


async def test_the_card_shows_what_is_stored_and_nothing_is_before_the_answer(carded: Carded) -> None:
    waits = waited(await proposes(carded, '{"text":"  I sell to hos\\u202epitals. ","kind":"fact"}'))
    card = await carded.card()
    assert waits.questions == (card.question_id,)
    assert (card.kind, card.server, card.tool, card.message) == ("approval", "", REMEMBER, QUESTION)
    assert (card.arguments, card.response_schema) == (FACT, PARAMETERS)
    assert await entry_texts(carded) == []
    assert await completed_calls(carded.turn) == []


async def test_what_the_person_allowed_is_stored_with_where_it_comes_from(carded: Carded) -> None:
    await proposes(carded)
    await carded.answered("approve")
    assert await carded.again() == "completed"
    (entry,) = (await memory_of(carded)).entries
    assert entry == Entry(
        id=ids.approved_entry(carded.call_id),
        kind="fact",
        text="I sell to hospitals.",
        created_at=entry.created_at,
        changed_at=entry.created_at,
        source=EntrySource(by="coach", session_id=carded.turn.session_id, turn_id=carded.turn.turn_id),
    )
    done = await only_call(carded.turn)
    assert (done.server, done.tool, done.status, done.preview) == ("", REMEMBER, "completed", STORED)
    assert (done.readers, done.trust) == ("asker", "trusted")
    assert await told_to_the_model(carded.turn) == STORED
    events = await carded.turn.world.events(carded.turn.session_id)
    (started,) = [event for event in events if isinstance(event, ToolCallStarted)]
    assert (started.arguments, started.idempotent) == (FACT, True)
    assert carded.turn.world.tools.calls == []


async def test_the_turns_next_step_is_told_the_new_memory(carded: Carded) -> None:
    before = await carded.turn.world.memories.recent(carded.turn.client.principal)
    await proposes(carded)
    await carded.answered("approve")
    await carded.again()
    await carded.turn.step(1, *answer("I will."))
    items = carded.turn.world.model.requests[-1].items
    notes = next(item.text for item in items if isinstance(item, UserText))
    assert "I sell to hospitals." in notes
    assert [item.name for item in items if isinstance(item, ToolRequest)] == [REMEMBER]
    steps = await step_events(carded.turn)
    assert [step.memory_version for step in steps] == [None, before.version + 1]


async def test_the_person_may_say_it_in_other_words(carded: Carded) -> None:
    await proposes(carded)
    await carded.answered("approve", arguments={"kind": "instruction", "text": " Be brief. "}, note="Better so.")
    assert await carded.again() == "completed"
    (entry,) = (await memory_of(carded)).entries
    assert (entry.kind, entry.text) == ("instruction", "Be brief.")
    told = await told_to_the_model(carded.turn)
    assert told.startswith(EDITED.split("{", maxsplit=1)[0])
    assert NOTE.format(note="Better so.") in told


@pytest.mark.parametrize(
    "arguments",
    [
        {"kind": "fact", "text": "x" * (MAX_CHARACTERS + 1)},
        {"kind": "secret", "text": "x"},
        {"kind": "fact"},
        {"text": "x"},
    ],
)
async def test_what_no_entry_can_hold_is_no_answer_to_the_card(carded: Carded, arguments: dict[str, str]) -> None:
    await proposes(carded)
    told = await carded.answer("approve", arguments=arguments)
    assert told.code == "answer_invalid"
    assert await carded.closed() == []


async def test_words_of_nothing_but_blanks_are_not_stored(carded: Carded) -> None:
    await proposes(carded)
    await carded.answered("approve", arguments={"kind": "fact", "text": " \u202e "})
    assert await carded.again() == "failed"
    assert NOT_STORED.format(problem="An entry needs words that can be read.") in await told_to_the_model(carded.turn)
    assert await entry_texts(carded) == []


@pytest.mark.parametrize(("word", "status"), [("deny", "denied"), ("cancel", "cancelled")])
async def test_nothing_is_stored_without_a_yes(carded: Carded, word: str, status: str) -> None:
    await proposes(carded)
    await carded.answered(word)
    assert await carded.again() == status
    assert await entry_texts(carded) == []
    if word == "deny":
        assert (await only_call(carded.turn)).preview == DENIED_BY_PERSON


async def test_nothing_is_stored_when_nobody_answers(carded: Carded) -> None:
    waits = waited(await proposes(carded))
    world = carded.turn.world
    world.clock.advance(waits.seconds + 1)
    request = ExpireRequest(
        conversation_id=carded.turn.session_id, turn_id=carded.turn.turn_id, questions=waits.questions
    )
    await expire_cards(world.turn, world.engine, request)
    assert await carded.again() == "cancelled"
    assert (await only_call(carded.turn)).preview == EXPIRED
    assert await entry_texts(carded) == []
