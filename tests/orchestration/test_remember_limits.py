"""When the coach asks nobody to remember something, and what a crash, a change or a refusal leaves stored."""

import json

import pytest

from orchestration.asking import CHANGED
from orchestration.messages import waits_in
from orchestration.remember import DELETED, KNOWN, OFF_SINCE, STORED, SWITCHED_OFF
from shared import ids
from shared.errors import StoreUnavailable
from shared.memory import MAX_ENTRIES, Entry, Memory
from shared.tools.names import REMEMBER
from tests.orchestration.carded import Carded
from tests.orchestration.remembering import FACT, asked_to_remember, entry_texts, proposes, switch
from tests.orchestration.tool_calls import Crash, completed_calls, only_call, told_to_the_model
from tests.support.doubles import asks
from tests.support.world import World

AT = "2026-03-02T10:00:00.000Z"


@pytest.fixture
async def carded(world: World) -> Carded:
    return await asked_to_remember(world)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("not json", "not valid JSON"),
        ("{}", "required property"),
        ('{"kind":"fact","text":7}', "is not of type"),
        ('{"kind":"wish","text":"x"}', "is not one of"),
        ('{"kind":"fact","text":"x","for":"all"}', "Additional properties"),
        ('{"kind":"fact","text":" \\u202e"}', "An entry needs words that can be read."),
        (json.dumps({"kind": "fact", "text": "x" * 501}), "500 characters at most; this one has 501"),
    ],
)
async def test_nobody_is_asked_about_what_cannot_be_stored(carded: Carded, arguments: str, words: str) -> None:
    assert await proposes(carded, arguments) == "failed"
    assert words in (await only_call(carded.turn)).preview
    assert await carded.cards() == []


async def test_the_model_is_told_that_the_memory_is_full(carded: Carded) -> None:
    await proposes(carded)
    for n in range(MAX_ENTRIES):
        entry = Entry(id=f"me_{n}", kind="fact", text=f"Fact {n}.", created_at=AT, changed_at=AT)
        await carded.turn.world.memories.change(carded.turn.client.principal, lambda m, e=entry: m.with_entry(e))
    await carded.answered("approve")
    assert await carded.again() == "failed"
    assert "The memory is full" in await told_to_the_model(carded.turn)
    assert await proposes(carded, '{"kind":"fact","text":"One more."}', step=1) == "failed"
    assert (await completed_calls(carded.turn))[-1].preview.startswith("Not stored, and nobody was asked: The memory")
    assert len(await carded.cards()) == 1


async def test_what_the_memory_says_already_is_not_asked_again(carded: Carded) -> None:
    await proposes(carded)
    await carded.answered("approve")
    await carded.again()
    assert await proposes(carded, '{"kind":"fact","text":"I sell to hospitals. "}', step=1) == "completed"
    assert (await completed_calls(carded.turn))[-1].preview == KNOWN
    assert len(await carded.cards()) == 1
    assert len(await entry_texts(carded)) == 1


async def test_two_calls_of_one_step_are_two_cards_and_two_entries(carded: Carded) -> None:
    other = '{"kind":"instruction","text":"Be brief."}'
    result = await carded.turn.step(0, *asks((REMEMBER, FACT), (REMEMBER, other)))
    for call_id in result.calls:
        assert waits_in(await carded.turn.call(call_id)) is not None
    for card in await carded.cards():
        frame = {
            "type": "question.answer",
            "conversation_id": card.conversation_id,
            "question_id": card.question_id,
            "fence": card.fence,
            "answer": "approve",
        }
        await carded.turn.client.send(frame)
    for call_id in result.calls:
        carded.call_id = call_id
        assert await carded.again() == "completed"
    assert await entry_texts(carded) == ["I sell to hospitals.", "Be brief."]


async def test_a_call_that_was_made_up_is_denied_where_the_memory_is_off(carded: Carded) -> None:
    await switch(carded, on=False)
    assert await proposes(carded) == "denied"
    assert (await only_call(carded.turn)).preview == SWITCHED_OFF
    assert await carded.cards() == []


async def test_nothing_is_stored_when_the_memory_was_switched_off_before_the_answer(carded: Carded) -> None:
    await proposes(carded)
    await switch(carded, on=False)
    await carded.answered("approve")
    assert await carded.again() == "failed"
    assert (await told_to_the_model(carded.turn)).endswith(OFF_SINCE)
    assert await entry_texts(carded) == []


async def test_nothing_is_asked_for_somebody_whose_sign_in_is_too_old(carded: Carded) -> None:
    world = carded.turn.world
    result = await carded.turn.step(0, *asks((REMEMBER, FACT)))
    world.clock.advance(13 * 3600)
    assert await carded.turn.call(result.calls[0]) == "denied"
    assert await carded.cards() == []


async def test_a_tool_that_changed_since_the_question_stores_nothing(
    carded: Carded, monkeypatch: pytest.MonkeyPatch
) -> None:
    await proposes(carded)
    await carded.answered("approve")
    monkeypatch.setattr("orchestration.remember.PARAMETERS", '{"type":"object"}')
    assert await carded.again() == "denied"
    assert (await told_to_the_model(carded.turn)).endswith(CHANGED)
    assert await entry_texts(carded) == []


async def test_a_crash_behind_the_store_leaves_one_entry(carded: Carded, monkeypatch: pytest.MonkeyPatch) -> None:
    await _crash_behind_the_store(carded, monkeypatch)
    assert await entry_texts(carded) == ["I sell to hospitals."]
    assert await carded.again() == "completed"
    assert await carded.again() == "completed"
    assert await entry_texts(carded) == ["I sell to hospitals."]
    assert await told_to_the_model(carded.turn) == STORED


async def test_what_the_person_deleted_behind_a_crash_does_not_come_back(
    carded: Carded, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _crash_behind_the_store(carded, monkeypatch)
    await carded.turn.world.memories.change(carded.turn.client.principal, lambda memory: memory.emptied())
    assert await carded.again() == "failed"
    assert (await told_to_the_model(carded.turn)).endswith(DELETED)
    assert await entry_texts(carded) == []


async def test_what_the_person_reworded_behind_a_crash_stays_as_they_wrote_it(
    carded: Carded, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _crash_behind_the_store(carded, monkeypatch)
    entry_id = ids.approved_entry(carded.call_id)
    await carded.turn.world.memories.change(
        carded.turn.client.principal, lambda memory: memory.with_words(entry_id, "fact", "I sell to clinics.", AT)
    )
    assert await carded.again() == "completed"
    assert await entry_texts(carded) == ["I sell to clinics."]


async def _crash_behind_the_store(carded: Carded, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the person allow it, and the process end when the entry is stored and the call not yet completed."""
    await proposes(carded)
    await carded.answered("approve")
    memories = carded.turn.world.memories
    change = memories.change

    async def crashing(principal: str, decide: object) -> Memory:
        await change(principal, decide)  # pyright: ignore[reportArgumentType] - handed on as it came
        raise Crash

    with monkeypatch.context() as patched:
        patched.setattr(memories, "change", crashing)
        with pytest.raises(Crash):
            await carded.again()
    assert await completed_calls(carded.turn) == []


async def test_a_store_that_is_away_is_tried_again(carded: Carded, monkeypatch: pytest.MonkeyPatch) -> None:
    await proposes(carded)
    await carded.answered("approve")

    async def away(_principal: str, _decide: object) -> Memory:
        raise StoreUnavailable("Away.")

    with monkeypatch.context() as patched:
        patched.setattr(carded.turn.world.memories, "change", away)
        with pytest.raises(StoreUnavailable):
            await carded.again()
    assert await carded.again() == "completed"
    assert await entry_texts(carded) == ["I sell to hospitals."]
