"""Calls that need a person's word: what is asked, what is made of the answer, and what is checked again."""

from datetime import datetime

import pytest

from orchestration.asking import DENIED_BY_PERSON, EXPIRED, NOTE, WALKED_AWAY
from orchestration.call_tool import CHANGED, DENIED
from orchestration.make_call import TOO_MANY_QUESTIONS
from shared import ids
from shared.cards.fence import fence_of
from shared.cards.settle import expire_card
from shared.event_log import parking
from shared.protocol.cards import TurnParked, TurnResumed
from shared.protocol.durable import ToolCallCompleted, ToolCallStarted
from shared.tools.catalog import Catalog
from shared.tools.outcome import ToolOutcome
from tests.orchestration.carded import CATALOG, PROPOSED, SEND_SCHEMA, Carded, waited
from tests.orchestration.tool_calls import only_call, told_to_the_model
from tests.orchestration.turns import Turn
from tests.support.doubles import asks

HOUR_S = 3600


def _tools_used(turn: Turn) -> list[tuple[str, str]]:
    return [(use.tool, use.arguments) for use in turn.world.tools.calls]


async def _expire(carded: Carded) -> None:
    world = carded.turn.world
    await expire_card(world.turn.desk, world.engine, carded.turn.session_id, (await carded.card()).question_id)


async def test_a_tool_that_needs_a_persons_word_opens_a_card_and_parks_its_turn(carded: Carded) -> None:
    waits = await carded.asks_for("send")
    card = await carded.card()
    assert (waits.questions, waits.parking, waits.seconds) == ((card.question_id,), 1, HOUR_S)
    assert card.question_id == f"{carded.call_id}.q1"
    assert (card.kind, card.owner, card.arguments) == ("approval", carded.turn.client.principal, PROPOSED)
    assert (card.response_schema, card.fence) == (SEND_SCHEMA, fence_of(card.question_id, PROPOSED, SEND_SCHEMA))
    assert datetime.fromisoformat(card.expires_at).timestamp() == carded.turn.world.clock().timestamp() + HOUR_S
    types = await carded.turn.world.types(carded.turn.session_id)
    assert types[-2:] == ["question.opened", "turn.parked"]
    assert carded.turn.world.hub.types(ids.audience_group(carded.turn.session_id))[-2:] == types[-2:]
    head = await carded.turn.world.head(carded.turn.session_id)
    assert (head.active_turn, [turn.turn_id for turn in head.parked]) == (None, [carded.turn.turn_id])
    assert carded.turn.world.tools.calls == []


async def test_a_card_whose_tool_may_not_be_edited_shows_no_schema(carded: Carded) -> None:
    waits = await carded.asks_for("file")
    assert (await carded.card()).response_schema is None
    assert waits.seconds == 24 * HOUR_S


async def test_parking_starts_the_next_in_line_and_tells_it(carded: Carded) -> None:
    following = await carded.turn.next_turn()
    carded.turn.world.engine.started.clear()
    await carded.asks_for("send")
    events = await carded.turn.world.events(carded.turn.session_id)
    parked = next(event for event in events if isinstance(event, TurnParked))
    assert parked.next_turn_id == following.turn_id
    assert events[-1].type == "turn.started"
    assert carded.turn.world.engine.started_ids == [following.turn_id]


async def test_an_allowed_call_is_made_with_its_effect_record_and_the_turn_has_the_floor(carded: Carded) -> None:
    await carded.asks_for("send")
    await carded.answered("approve")
    assert carded.turn.world.engine.resumed == [(carded.turn.turn_id, 1)]
    assert await carded.again() == "completed"
    assert _tools_used(carded.turn) == [("send", PROPOSED)]
    types = await carded.turn.world.types(carded.turn.session_id)
    assert types[-4:] == ["question.closed", "turn.resumed", "tool_call.started", "tool_call.completed"]
    assert await told_to_the_model(carded.turn) == "send says hi"


async def test_edited_arguments_are_what_is_sent_recorded_and_told_to_the_model(carded: Carded) -> None:
    await carded.asks_for("send")
    await carded.answered("approve", arguments={"to": "Fabrikam", "copies": 2}, note="Wrong company.")
    assert await carded.again() == "completed"
    edited = '{"to": "Fabrikam", "copies": 2}'
    assert _tools_used(carded.turn) == [("send", edited)]
    events = await carded.turn.world.events(carded.turn.session_id)
    assert [event.arguments for event in events if isinstance(event, ToolCallStarted)] == [edited]
    told = await told_to_the_model(carded.turn)
    assert edited in told
    assert NOTE.format(note="Wrong company.") in told
    assert told.endswith("send says hi")


async def test_a_denied_call_is_not_made_and_the_model_hears_the_note(carded: Carded) -> None:
    await carded.asks_for("send")
    await carded.answered("deny", note="Too early.")
    assert await carded.again() == "denied"
    assert carded.turn.world.tools.calls == []
    assert await told_to_the_model(carded.turn) == f"[denied] {DENIED_BY_PERSON} {NOTE.format(note='Too early.')}"


async def test_who_closes_the_card_has_walked_away_which_is_neither_yes_nor_no(carded: Carded) -> None:
    await carded.asks_for("send")
    await carded.answered("cancel")
    assert await carded.again() == "cancelled"
    assert carded.turn.world.tools.calls == []
    assert await told_to_the_model(carded.turn) == f"[cancelled] {WALKED_AWAY}"


async def test_silence_is_never_a_yes(carded: Carded) -> None:
    await carded.asks_for("send")
    await _expire(carded)
    assert await carded.again() == "cancelled"
    assert carded.turn.world.tools.calls == []
    assert [closed.outcome for closed in await carded.closed()] == ["expired"]
    assert await told_to_the_model(carded.turn) == f"[cancelled] {EXPIRED}"


async def test_silence_is_what_the_model_hears_of_though_the_sign_in_is_too_old_by_then(carded: Carded) -> None:
    await carded.asks_for("file")
    carded.turn.world.clock.advance(25 * HOUR_S)
    await _expire(carded)
    assert await carded.again() == "cancelled"
    assert await told_to_the_model(carded.turn) == f"[cancelled] {EXPIRED}"


async def test_a_right_lost_while_the_card_was_open_denies_the_call_that_was_allowed(carded: Carded) -> None:
    await carded.asks_for("send")
    await carded.answered("approve")
    await carded.turn.world.sign_in(carded.turn.client.principal, "Knowledge")
    assert await carded.again() == "denied"
    assert carded.turn.world.tools.calls == []
    assert await told_to_the_model(carded.turn) == f"[denied] {DENIED}"


async def test_a_tool_that_left_the_catalog_is_not_called_though_it_was_allowed(
    carded: Carded, monkeypatch: pytest.MonkeyPatch
) -> None:
    await carded.asks_for("send")
    await carded.answered("approve")
    less = Catalog.load(CATALOG.replace('"send"', '"other"'), {})

    async def current() -> Catalog:
        return less

    monkeypatch.setattr(carded.turn.world.catalogs, "current", current)
    assert await carded.again() == "denied"
    assert carded.turn.world.tools.calls == []


async def test_a_tool_whose_arguments_mean_something_else_now_is_not_called(carded: Carded) -> None:
    await carded.asks_for("send")
    await carded.answered("approve")
    carded.turn.world.tools.schemas["send"] = SEND_SCHEMA.replace('"to"', '"from"')
    assert await carded.again() == "denied"
    assert carded.turn.world.tools.calls == []
    assert await told_to_the_model(carded.turn) == f"[denied] {CHANGED}"


async def test_a_call_whose_arguments_do_not_fit_is_refused_without_asking_anybody(carded: Carded) -> None:
    call_id = await carded.turn.asked_for("send", '{"to": 7}')
    assert await carded.turn.call(call_id) == "failed"
    assert await carded.cards() == []
    assert "to: 7 is not of type 'string'" in (await only_call(carded.turn)).preview


async def test_a_second_execution_finds_the_card_tells_it_and_waits_for_the_same(carded: Carded) -> None:
    following = await carded.turn.next_turn()
    first = await carded.asks_for("send")
    sent = len(carded.turn.world.hub.sent)
    carded.turn.world.engine.started.clear()
    assert waited(await carded.turn.call(carded.call_id)) == first
    assert [told.type for told in carded.turn.world.hub.sent[sent:]] == [
        "question.opened",
        "turn.parked",
        "turn.started",
    ]
    assert carded.turn.world.engine.started_ids == [following.turn_id]
    assert len(await carded.cards()) == 1


async def test_calls_beside_a_waiting_one_are_made_while_their_turn_is_parked(carded: Carded) -> None:
    result = await carded.turn.step(0, *asks(("crm__send", PROPOSED), ("crm__find", "{}")))
    send, find = result.calls
    waited(await carded.turn.call(send))
    assert await carded.turn.call(find) == "completed"
    assert _tools_used(carded.turn) == [("find", "{}")]


async def test_two_waiting_calls_of_one_turn_resume_it_once_when_both_are_answered(carded: Carded) -> None:
    result = await carded.turn.step(0, *asks(("crm__send", PROPOSED), ("crm__file", "{}")))
    for call_id in result.calls:
        waited(await carded.turn.call(call_id))
    first, second = await carded.cards()
    world = carded.turn.world
    await carded.answered("approve", question_id=first.question_id, fence=first.fence)
    assert (await world.head(carded.turn.session_id)).active_turn is None
    await carded.answered("approve", question_id=second.question_id, fence=second.fence)
    events = await world.events(carded.turn.session_id)
    assert len([event for event in events if isinstance(event, TurnResumed)]) == 1
    assert world.engine.resumed[-1] == (carded.turn.turn_id, 1)


async def test_no_more_is_asked_than_a_person_can_answer(carded: Carded, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parking, "MAX_CARDS", 0)
    call_id = await carded.turn.asked_for("send", PROPOSED)
    assert await carded.turn.call(call_id) == "failed"
    assert (await only_call(carded.turn)).preview == TOO_MANY_QUESTIONS
    assert (await carded.turn.world.head(carded.turn.session_id)).active_turn is not None


async def test_what_strangers_wrote_makes_a_later_effect_need_a_persons_word(carded: Carded) -> None:
    turn = carded.turn
    look = (await turn.step(0, *asks(("web__look", "{}")))).calls[0]
    assert await turn.call(look) == "completed"
    find, write = (await turn.step(1, *asks(("crm__find", "{}"), ("crm__write", "{}")))).calls
    assert await turn.call(find) == "completed"
    assert waited(await turn.call(write)).questions == (f"{write}.q1",)
    results = [e for e in await turn.world.events(turn.session_id) if isinstance(e, ToolCallCompleted)]
    assert [(e.tool, e.trust) for e in results] == [("look", "untrusted"), ("find", "trusted")]


async def test_words_of_our_own_about_a_strangers_server_taint_nothing(carded: Carded) -> None:
    turn = carded.turn
    turn.world.tools.outcomes["look"] = ToolOutcome(status="failed", text="It timed out.", is_error=False, ms=1)
    look = (await turn.step(0, *asks(("web__look", "{}")))).calls[0]
    assert await turn.call(look) == "failed"
    write = (await turn.step(1, *asks(("crm__write", "{}")))).calls[0]
    assert await turn.call(write) == "completed"
