"""Answering cards, and all that may happen at the same moment: another device, a stop, the end of the card's time."""

import asyncio
import json
from collections.abc import Awaitable, Callable

import pytest

from orchestration.expire_cards import expire_cards
from orchestration.messages import ExpireRequest
from shared import ids
from shared.cards.settle import CardDesk, Decision, answer_card
from shared.errors import CommandRefused
from shared.event_log.shapes import AppendResult, Decide
from tests.orchestration.carded import Carded, end_of, frame, outcomes
from tests.support.doubles import answer
from tests.support.world import World

HOUR_S = 3600


def before_the_next_append(
    world: World, monkeypatch: pytest.MonkeyPatch, happens: Callable[[], Awaitable[object]]
) -> None:
    """Let something happen after the next append has been decided on, and before it is made."""
    append = world.log.append

    async def late(conversation_id: str, decide: Decide, known: object = None) -> AppendResult:
        monkeypatch.setattr(world.log, "append", append)
        await happens()
        return await append(conversation_id, decide, known)  # pyright: ignore[reportArgumentType] - passed on as it came

    monkeypatch.setattr(world.log, "append", late)


async def expire(carded: Carded) -> str:
    card = await carded.card()
    request = ExpireRequest(conversation_id=card.conversation_id, turn_id=card.turn_id, questions=(card.question_id,))
    return await expire_cards(carded.turn.world.turn, carded.turn.world.engine, request)


async def test_an_answer_sent_twice_is_one_answer(carded: Carded) -> None:
    await carded.asks_for("send")
    first = await carded.answer("approve", note="Go.")
    second = await carded.answer("approve", note="Go.")
    assert first.event == second.event
    assert await outcomes(carded) == ["approved"]


async def test_of_two_devices_that_answer_at_once_one_counts_and_the_other_is_told(
    carded: Carded, monkeypatch: pytest.MonkeyPatch
) -> None:
    await carded.asks_for("send")
    other = await carded.turn.world.client(carded.turn.client.principal)
    card = await carded.card()

    async def denies() -> None:
        told = await other.send(frame(card, "deny"))
        assert told.event["type"] == "command.accepted", told.event

    before_the_next_append(carded.turn.world, monkeypatch, denies)
    assert (await carded.answer("approve")).code == "question_closed"
    assert await outcomes(carded) == ["denied"]
    assert carded.turn.world.tools.calls == []


async def test_many_devices_at_once_make_one_answer_and_one_resumption(carded: Carded) -> None:
    await carded.asks_for("send")
    card = await carded.card()
    world = carded.turn.world
    devices = [await world.client(carded.turn.client.principal) for _ in range(6)]
    words = ["approve", "deny"] * 3
    told = await asyncio.gather(*(d.send(frame(card, word)) for d, word in zip(devices, words, strict=True)))
    (closed,) = await carded.closed()
    winner = {"approved": "approve", "denied": "deny"}[closed.outcome]
    accepted = [word for word, reply in zip(words, told, strict=True) if reply.code is None]
    assert accepted == [winner] * 3
    types = await world.types(carded.turn.session_id)
    assert types.count("turn.resumed") == 1


async def test_an_answer_that_comes_just_before_its_time_is_over_stands(
    carded: Carded, monkeypatch: pytest.MonkeyPatch
) -> None:
    await carded.asks_for("send")
    before_the_next_append(carded.turn.world, monkeypatch, lambda: carded.answered("approve"))
    assert await expire(carded) == "0"
    assert await outcomes(carded) == ["approved"]


async def test_an_answer_that_comes_just_after_its_time_is_over_is_too_late(
    carded: Carded, monkeypatch: pytest.MonkeyPatch
) -> None:
    await carded.asks_for("send")
    before_the_next_append(carded.turn.world, monkeypatch, lambda: expire(carded))
    assert (await carded.answer("approve")).code == "question_closed"
    assert await outcomes(carded) == ["expired"]


async def test_an_answer_after_the_cards_time_is_no_yes_though_nobody_has_closed_it_yet(carded: Carded) -> None:
    await carded.asks_for("send")
    carded.turn.world.clock.advance(HOUR_S)
    assert (await carded.answer("approve")).code == "question_closed"
    assert await outcomes(carded) == []


async def test_a_stop_just_before_the_answer_wins(carded: Carded, monkeypatch: pytest.MonkeyPatch) -> None:
    await carded.asks_for("send")
    before_the_next_append(carded.turn.world, monkeypatch, carded.turn.stop)
    assert (await carded.answer("approve")).code == "question_closed"
    assert await outcomes(carded) == ["cancelled"]
    assert await carded.again() == "cancelled"
    assert carded.turn.world.tools.calls == []


async def test_an_answer_just_before_the_stop_stands_and_the_turn_ends_all_the_same(
    carded: Carded, monkeypatch: pytest.MonkeyPatch
) -> None:
    await carded.asks_for("send")
    before_the_next_append(carded.turn.world, monkeypatch, lambda: carded.answered("approve"))
    await carded.turn.stop()
    assert await outcomes(carded) == ["approved"]
    assert await carded.again() == "cancelled"
    assert await carded.turn.finish("stopped") == "stopped"


async def test_a_parked_turn_is_stopped_while_another_has_the_floor(carded: Carded) -> None:
    following = await carded.turn.next_turn()
    await carded.asks_for("send")
    await carded.turn.stop()
    world = carded.turn.world
    assert world.engine.stopped == [carded.turn.turn_id]
    assert await outcomes(carded) == ["cancelled"]
    assert await carded.turn.finish("stopped") == "stopped"
    head = await world.head(carded.turn.session_id)
    assert head.active_turn is not None
    assert (head.active_turn.turn_id, head.parked, head.cards) == (following.turn_id, (), ())
    assert (await end_of(carded)).next_turn_id is None


async def test_a_turn_answered_while_another_runs_goes_on_after_it_before_the_others(carded: Carded) -> None:
    following = await carded.turn.next_turn()
    last = await carded.turn.next_turn("And then?")
    await carded.asks_for("send")
    await carded.answered("approve")
    world = carded.turn.world
    assert world.engine.resumed == []
    assert "turn.resumed" not in await world.types(carded.turn.session_id)
    await following.step(0, *answer("First this."))
    await following.finish()
    assert world.engine.resumed == [(carded.turn.turn_id, 1)]
    assert last.turn_id not in world.engine.started_ids
    assert (await world.types(carded.turn.session_id))[-2:] == ["chat_response", "turn.resumed"]
    assert await carded.again() == "completed"


async def test_an_answer_whose_event_was_lost_raises_it_again_when_it_is_delivered_again(carded: Carded) -> None:
    await carded.asks_for("send")
    world, card = carded.turn.world, await carded.card()
    headers, body = carded.turn.client.headers(), json.dumps(frame(card, "approve")).encode()
    world.engine.down = True
    assert (await world.upstream.handle("POST", headers, body)).status == 503
    world.engine.down = False
    assert (await world.upstream.handle("POST", headers, body)).status == 200
    assert world.engine.resumed == [(carded.turn.turn_id, 1)]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"question_id": "t_x.0.0.q1"}, "question_not_found"),
        ({"fence": "another"}, "question_changed"),
        ({"answer": "accept"}, "answer_invalid"),
        ({"answer": "maybe"}, "invalid_command"),
        ({"arguments": {}}, "answer_invalid"),
        ({"arguments": {"to": "x", "copies": 0}}, "answer_invalid"),
        ({"values": {}}, "answer_invalid"),
        ({"answer": "deny", "arguments": {"to": "x"}}, "answer_invalid"),
    ],
    ids=["unknown", "fence", "wrong_kind", "no_word", "missing", "out_of_range", "values", "arguments_with_a_no"],
)
async def test_an_answer_that_does_not_fit_changes_nothing(
    carded: Carded, fields: dict[str, object], code: str
) -> None:
    await carded.asks_for("send")
    before = await carded.turn.world.log.head(carded.turn.session_id)
    assert (await carded.answer("approve", **fields)).code == code
    assert await carded.turn.world.log.head(carded.turn.session_id) == before


async def test_the_message_names_the_field_at_fault(carded: Carded) -> None:
    await carded.asks_for("send")
    told = await carded.answer("approve", arguments={"to": "x", "copies": 0})
    assert told.event["message"].startswith("“copies” must be 1 or more.")


async def test_a_stranger_learns_nothing_of_a_card(carded: Carded) -> None:
    await carded.asks_for("send")
    stranger = await carded.turn.world.client(carded.turn.world.person("tenant.eve"))
    assert (await stranger.send(frame(await carded.card(), "approve"))).code == "conversation_not_found"


async def test_only_the_owner_of_a_card_may_answer_it_whoever_asks(carded: Carded) -> None:
    await carded.asks_for("send")
    world, card = carded.turn.world, await carded.card()
    desk = CardDesk(log=world.log, publisher=world.publisher, now=world.clock)
    other = (await world.people.grant(card.owner, world.clock())).participant().model_copy(update={"id": "tenant.eve"})
    with pytest.raises(CommandRefused, match="no such question"):
        await answer_card(
            desk, world.engine, card.conversation_id, card.question_id, Decision(outcome="approved", by=other)
        )
    assert await outcomes(carded) == []


async def test_editing_the_question_of_a_parked_turn_stops_it(carded: Carded) -> None:
    await carded.asks_for("send")
    told = await carded.turn.client.send(
        {
            "type": "message.edit",
            "conversation_id": carded.turn.session_id,
            "message_id": ids.question_message(carded.turn.turn_id),
            "content": "Never mind.",
        }
    )
    assert told.event["type"] == "command.accepted", told.event
    assert await outcomes(carded) == ["cancelled"]
    assert carded.turn.world.engine.stopped == [carded.turn.turn_id]
    assert await carded.turn.finish("stopped") == "stopped"
    head = await carded.turn.world.head(carded.turn.session_id)
    assert head.active_turn is not None
    assert head.active_turn.turn_id == told.event["turn_id"]
