"""Cards an execution stored and never heard of, or died behind: whoever repeats the call tells them."""

from collections.abc import Sequence

import pytest

from orchestration.messages import CallWaits
from shared import ids
from shared.cosmos import BatchFailed, Document, Operation
from shared.errors import StoreUnavailable
from shared.protocol.cards import CardOpened, TurnParked
from shared.tools.outcome import InputNeeded, InputRequest
from tests.orchestration.carded import PROPOSED, Carded, waited
from tests.orchestration.instances import instance_beside, on
from tests.orchestration.tool_calls import LEASE_S, completed_calls
from tests.orchestration.turns import Turn
from tests.support.doubles import asks
from tests.support.world import World

FORM = InputNeeded(
    requests=(InputRequest(key="company", kind="form", message="Which company?", schema='{"type":"object"}'),),
    state="s",
    ms=1,
)


def _lose_the_answer(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the next batch with a card be applied, and its answer be lost on the way."""
    batch = world.cosmos.batch

    async def losing(container: str, partition: str, operations: Sequence[Operation]) -> list[Document] | BatchFailed:
        result = await batch(container, partition, operations)
        if "question.opened" in repr(operations) and not isinstance(result, BatchFailed):
            monkeypatch.setattr(world.cosmos, "batch", batch)
            raise StoreUnavailable("The conversation store answered 503.")
        return result

    monkeypatch.setattr(world.cosmos, "batch", losing)


async def _lost(turn: Turn, call_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run the call so that its card is stored, and nobody is told."""
    _lose_the_answer(turn.world, monkeypatch)
    with pytest.raises(StoreUnavailable):
        await turn.call(call_id)
    assert "question.opened" not in turn.world.hub.types(ids.audience_group(turn.session_id))


async def _parks_and_hands_over(turn: Turn, call_id: str, following: Turn) -> CallWaits:
    """Run the call again where its card is not known of; see that all is told and the next turn runs."""
    turn.world.engine.started.clear()
    waits = waited(await turn.call(call_id))
    assert (waits.questions, waits.parking) == ((f"{call_id}.q1",), 1)
    told = turn.world.hub.types(ids.audience_group(turn.session_id))
    assert told[-3:] == ["question.opened", "turn.parked", "turn.started"]
    assert turn.world.engine.started_ids == [following.turn_id]
    return waits


async def test_a_card_whose_append_was_applied_but_not_answered_is_told_by_the_next_execution(
    carded: Carded, monkeypatch: pytest.MonkeyPatch
) -> None:
    turn = carded.turn
    following = await turn.next_turn()
    call_id = await turn.asked_for("send", PROPOSED)
    await _lost(turn, call_id, monkeypatch)
    await _parks_and_hands_over(turn, call_id, following)
    assert len(await carded.cards()) == 1


async def test_a_card_is_told_by_an_instance_that_knows_the_step_but_not_the_card(
    carded: Carded, monkeypatch: pytest.MonkeyPatch
) -> None:
    turn = carded.turn
    following = await turn.next_turn()
    call_id = await turn.asked_for("send", PROPOSED)
    async with instance_beside(turn.world) as other:
        await other.log.record(turn.session_id)
        await _lost(turn, call_id, monkeypatch)
        await _parks_and_hands_over(on(other, turn), call_id, following)


async def test_a_call_that_waits_for_a_person_is_not_taken_for_lost_when_its_lease_is_over(
    carded: Carded, monkeypatch: pytest.MonkeyPatch
) -> None:
    turn = carded.turn
    following = await turn.next_turn()
    call_id = await turn.asked_for("write")
    turn.world.tools.outcomes["write"] = FORM
    async with instance_beside(turn.world) as other:
        await other.log.record(turn.session_id)
        await _lost(turn, call_id, monkeypatch)
        turn.world.clock.advance(LEASE_S + 1)
        await _parks_and_hands_over(on(other, turn), call_id, following)
        assert await completed_calls(turn) == []
        assert other.tools.calls == []


async def test_a_call_whose_person_is_asked_is_not_refused_by_who_does_not_know_that(
    carded: Carded, monkeypatch: pytest.MonkeyPatch
) -> None:
    turn = carded.turn
    following = await turn.next_turn()
    call_id = await turn.asked_for("send", PROPOSED)
    async with instance_beside(turn.world) as other:
        await other.log.record(turn.session_id)
        await _lost(turn, call_id, monkeypatch)
        other.tools.away.add("crm")
        await _parks_and_hands_over(on(other, turn), call_id, following)
        assert await completed_calls(turn) == []


async def test_a_call_that_may_be_repeated_is_not_when_a_person_was_asked_meanwhile(
    carded: Carded, monkeypatch: pytest.MonkeyPatch
) -> None:
    turn = carded.turn
    following = await turn.next_turn()
    call_id = (await turn.step(0, *asks(("web__look", "{}")))).calls[0]
    turn.world.tools.outcomes["look"] = FORM
    async with instance_beside(turn.world) as other:
        await other.log.record(turn.session_id)
        await _lost(turn, call_id, monkeypatch)
        await _parks_and_hands_over(on(other, turn), call_id, following)
        assert other.tools.calls == []


async def test_a_turn_that_had_the_floor_when_a_card_opened_is_not_started_again_when_it_is_over(
    carded: Carded,
) -> None:
    turn = carded.turn
    following = await turn.next_turn()
    await carded.asks_for("send")
    async with instance_beside(turn.world) as other:
        await other.log.record(turn.session_id)
        await following.finish()
        waited(await on(other, turn).call(carded.call_id))
        assert other.engine.started_ids == []


async def test_what_was_opened_is_stored_once_whoever_repeats_it(
    carded: Carded, monkeypatch: pytest.MonkeyPatch
) -> None:
    turn = carded.turn
    call_id = await turn.asked_for("send", PROPOSED)
    await _lost(turn, call_id, monkeypatch)
    for _ in range(2):
        waited(await turn.call(call_id))
    events = await turn.world.events(turn.session_id)
    assert [type(event) for event in events if isinstance(event, CardOpened | TurnParked)] == [CardOpened, TurnParked]
