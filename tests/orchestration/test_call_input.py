"""Calls whose server wants something from a person first: forms, pages, sign-ins, and servers that are not ready."""

import json

import pytest

from orchestration.make_call import MAX_ROUNDS, NOT_READY_S, TOO_MANY_ROUNDS
from shared.cards.settle import expire_card
from shared.protocol.durable import ToolCallStarted
from shared.tools.catalog import Catalog
from shared.tools.outcome import (
    CallOutcome,
    Continuation,
    InputAnswer,
    InputNeeded,
    InputRequest,
    SignInNeeded,
    ToolOutcome,
)
from tests.orchestration.carded import CATALOG, Carded, frame, waited

STATE = "the server's own, byte for byte"
SCHEMA = '{"type": "object", "properties": {"budget": {"type": "integer"}}, "required": ["budget"]}'
FORM = InputRequest(key="budget", kind="form", message="What is the budget?", schema=SCHEMA)
PAGE = InputRequest(key="terms", kind="url", message="Accept the terms.", url="https://terms.example/")
DONE = ToolOutcome(status="completed", text="Done.", is_error=False, ms=1)
FILLED = InputAnswer(key="budget", action="accept", values='{"budget": 7}')


def needed(*requests: InputRequest, state: str | None = STATE) -> InputNeeded:
    return InputNeeded(requests=requests, state=state, ms=1)


def outcomes(carded: Carded, *wanted: CallOutcome) -> None:
    carded.turn.world.tools.outcomes["find"] = list(wanted)


def continuations(carded: Carded) -> list[Continuation | None]:
    return [use.continuation for use in carded.turn.world.tools.calls]


async def _answer_each(carded: Carded, words: dict[str, dict[str, object]]) -> None:
    for card in await carded.cards():
        told = await carded.turn.client.send(frame(card, "accept") | words.get(card.kind, {}))
        assert told.event["type"] == "command.accepted", told.event


async def test_what_a_server_wants_to_know_becomes_cards_and_its_state_stays_with_us(carded: Carded) -> None:
    outcomes(carded, needed(FORM, PAGE), DONE)
    waits = await carded.asks_for("find")
    form, page = await carded.cards()
    assert waits.questions == (form.question_id, page.question_id)
    assert (form.kind, form.message, form.response_schema) == ("form", FORM.message, SCHEMA)
    assert (page.kind, page.url) == ("url", PAGE.url)
    assert STATE not in json.dumps([sent.event for sent in carded.turn.world.hub.sent])

    await _answer_each(carded, {"form": {"values": {"budget": 7}}})
    assert await carded.again() == "completed"

    terms = InputAnswer(key="terms", action="accept")
    assert continuations(carded) == [None, Continuation(answers=(FILLED, terms), state=STATE)]
    assert len({use.arguments for use in carded.turn.world.tools.calls}) == 1


async def test_a_tool_that_needs_a_yes_by_the_time_its_form_is_filled_in_gets_a_card_of_its_own_for_that(
    carded: Carded, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcomes(carded, needed(FORM), DONE)
    await carded.asks_for("find")
    await carded.answered("accept", values={"budget": 7})
    stricter = Catalog.load(CATALOG.replace('"find": {"policy": "allow"', '"find": {"policy": "ask"'), {})

    async def current() -> Catalog:
        return stricter

    monkeypatch.setattr(carded.turn.world.catalogs, "current", current)
    waits = waited(await carded.again())
    form, approval = await carded.cards()
    assert (form.kind, approval.kind) == ("form", "approval")
    assert waits.questions == (approval.question_id,)
    assert len(carded.turn.world.tools.calls) == 1

    await carded.answered("approve")
    assert await carded.again() == "completed"
    assert continuations(carded) == [None, Continuation(answers=(FILLED,), state=STATE)]


async def test_what_was_filled_in_is_never_told_to_others(carded: Carded) -> None:
    outcomes(carded, needed(FORM), DONE)
    await carded.asks_for("find")
    await carded.answered("accept", values={"budget": 424242})
    told = json.dumps([sent.event for sent in carded.turn.world.hub.sent])
    events = await carded.turn.world.events(carded.turn.session_id)
    assert "424242" not in told
    assert "424242" not in json.dumps([event.model_dump(mode="json") for event in events])


@pytest.mark.parametrize(("word", "action"), [("decline", "decline"), ("cancel", "cancel")])
async def test_a_no_is_told_to_the_server(carded: Carded, word: str, action: str) -> None:
    outcomes(carded, needed(FORM), DONE)
    await carded.asks_for("find")
    await carded.answered(word)
    assert await carded.again() == "completed"
    (_, second) = continuations(carded)
    assert second is not None
    assert [(answer.action, answer.values) for answer in second.answers] == [(action, None)]


async def test_nobody_answering_is_told_to_the_server_as_walking_away(carded: Carded) -> None:
    outcomes(carded, needed(FORM), DONE)
    await carded.asks_for("find")
    world = carded.turn.world
    await expire_card(world.turn.desk, world.engine, carded.turn.session_id, (await carded.card()).question_id)
    assert await carded.again() == "completed"
    (_, second) = continuations(carded)
    assert second is not None
    assert second.answers[0].action == "cancel"


async def test_a_tool_with_effects_may_be_gone_on_with_each_round_has_its_own_record(carded: Carded) -> None:
    carded.turn.world.tools.outcomes["write"] = [needed(FORM), DONE]
    await carded.asks_for("write")
    await carded.answered("accept", values={"budget": 7})
    assert await carded.again() == "completed"
    events = await carded.turn.world.events(carded.turn.session_id)
    assert [event.round for event in events if isinstance(event, ToolCallStarted)] == [0, 1]


async def test_a_server_may_ask_again_with_other_questions(carded: Carded) -> None:
    outcomes(carded, needed(FORM), needed(PAGE, state="second"), DONE)
    await carded.asks_for("find")
    await carded.answered("accept", values={"budget": 7})
    second = waited(await carded.again())
    assert second.questions == (f"{carded.call_id}.q2",)
    assert second.parking == 2
    await carded.answered("accept")
    assert await carded.again() == "completed"
    assert [c.state if c else None for c in continuations(carded)] == [None, STATE, "second"]


async def test_a_server_that_forgot_its_state_is_answered_from_what_was_said_before(carded: Carded) -> None:
    outcomes(carded, needed(FORM), needed(FORM, state="begun anew"), DONE)
    await carded.asks_for("find")
    await carded.answered("accept", values={"budget": 7})
    assert await carded.again() == "completed"
    assert len(await carded.cards()) == 1
    assert continuations(carded)[-1] == Continuation(answers=(FILLED,), state="begun anew")


async def test_a_server_that_never_has_enough_is_given_up(carded: Carded) -> None:
    outcomes(carded, *(needed(FORM) for _ in range(MAX_ROUNDS)))
    await carded.asks_for("find")
    await carded.answered("accept", values={"budget": 7})
    assert await carded.again() == "failed"
    assert len(carded.turn.world.tools.calls) == MAX_ROUNDS
    record = await carded.turn.world.log.record(carded.turn.session_id)
    assert record.private_texts[carded.call_id] == TOO_MANY_ROUNDS


async def test_a_server_that_is_not_ready_is_called_again_later_with_its_state(carded: Carded) -> None:
    outcomes(carded, needed(state="wait"), DONE)
    waits = await carded.asks_for("find")
    assert (waits.questions, waits.parking, waits.seconds, waits.round) == ((), 0, NOT_READY_S, 1)
    assert (await carded.turn.world.head(carded.turn.session_id)).active_turn is not None
    carded.round = waits.round
    assert await carded.again() == "completed"
    assert continuations(carded) == [None, Continuation(answers=(), state="wait")]


async def test_a_sign_in_is_a_card_with_its_page_and_only_the_sign_in_itself_accepts_it(carded: Carded) -> None:
    outcomes(carded, SignInNeeded(server="crm"), DONE)
    await carded.asks_for("find")
    card = await carded.card()
    assert (card.kind, card.url) == (
        "sign_in",
        carded.turn.world.sign_in_url("crm", card.question_id, card.owner, carded.turn.session_id),
    )
    assert (await carded.answer("accept")).code == "answer_invalid"
    await carded.answered("decline")
    assert await carded.again() == "cancelled"
    assert len(carded.turn.world.tools.calls) == 1
