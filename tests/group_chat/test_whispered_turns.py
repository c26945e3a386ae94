"""Of a question whispered to the coach others learn that the coach is busy, and neither whose it is nor what."""

from typing import Any

import pytest

from shared.audience import Reader
from shared.commands.stopping import stopped
from shared.event_log import floor, parking
from shared.event_log.head import Head, OpenCard, TurnInQueue
from shared.protocol.durable import DurableEvent, NarrowEvent
from shared.protocol.shapes import COACH, SYSTEM, Participant
from shared.snapshots import View, view
from tests.group_chat.room import Room
from tests.orchestration.group_turns import passes

TEXT = "is my number secret?"


def _reach(room: Room, who: str) -> list[dict[str, Any]]:
    """Return what was sent that passes the filter for a connection of that person."""
    return [sent.event for sent in room.world.group_hub.sent if passes(sent, room.people[who])]


def _whose(room: Room, who: str, kind: str) -> list[str]:
    return [event["actor"]["id"] for event in _reach(room, who) if event["type"] == kind]


async def _seen(room: Room, who: str) -> View:
    return await view(room.world.log, room.id, 0, reader=Reader(principal=room.people[who]))


def _tells_nothing_of(room: Room, who: str, told: object) -> None:
    assert room.people[who] not in str(told)
    assert TEXT not in str(told)
    assert who.title() not in str(told)


async def test_others_see_that_the_coach_is_busy_but_not_with_whom(room: Room) -> None:
    asked = await room.say("bob", TEXT, to=["coach"])
    assert _whose(room, "bob", "turn.started") == _whose(room, "cleo", "turn.started") == [SYSTEM.id]
    assert [event["turn_id"] for event in _reach(room, "cleo") if "turn_id" in event] == [asked["turn_id"]]
    _tells_nothing_of(room, "bob", _reach(room, "cleo"))


async def test_a_waiting_whisper_has_its_place_and_no_name(room: Room) -> None:
    await room.say("ada", "@coach hello")
    room.world.group_hub.sent.clear()
    await room.say("bob", TEXT, to=["coach"])
    (queued,) = [event for event in _reach(room, "cleo") if event["type"] == "turn.queued"]
    assert (queued["position"], queued["actor"]["id"]) == (1, SYSTEM.id)
    _tells_nothing_of(room, "bob", _reach(room, "cleo"))


async def test_a_snapshot_names_the_asker_of_a_whisper_to_themselves_alone(room: Room) -> None:
    await room.say("bob", TEXT, to=["coach"])
    await room.say("ada", TEXT, to=["coach"])
    own, others = await _seen(room, "bob"), await _seen(room, "cleo")
    assert (own.active_turn, own.queue) != (None, ())
    assert own.active_turn is not None
    assert others.active_turn is not None
    assert (own.active_turn.asker, [turn.asker for turn in own.queue]) == (room.people["bob"], [""])
    assert (others.active_turn.asker, [turn.asker for turn in others.queue]) == ("", [""])
    for who in ("ada", "bob"):
        _tells_nothing_of(room, who, (others.active_turn, others.queue, others.events))


async def test_an_open_question_is_somebodys(room: Room) -> None:
    await room.say("bob", "@coach hello")
    seen = await _seen(room, "cleo")
    assert seen.active_turn is not None
    assert seen.active_turn.asker == room.people["bob"]
    assert _whose(room, "cleo", "turn.started") == [room.people["bob"]]


@pytest.mark.parametrize("runs", [True, False])
async def test_stopping_a_whisper_tells_nobody_who_did(room: Room, runs: bool) -> None:  # noqa: FBT001 - a parameter
    if not runs:
        await room.say("ada", "@coach hello")
    asked = await room.say("bob", TEXT, to=["coach"])
    room.world.group_hub.sent.clear()
    await room.do("bob", "turn.stop", turn_id=asked["turn_id"])
    kind = "turn.stopping" if runs else "chat_response"
    assert _whose(room, "cleo", kind) == [SYSTEM.id]
    assert _whose(room, "bob", kind) == [room.people["bob"]]
    _tells_nothing_of(room, "bob", _reach(room, "cleo"))


async def test_who_leads_the_group_can_stop_a_whisper_of_somebody_they_are_not_told(room: Room) -> None:
    asked = await room.say("bob", TEXT, to=["coach"])
    assert await room.refusal("cleo", "turn.stop", turn_id=asked["turn_id"]) == "forbidden"
    await room.do("ada", "turn.stop", turn_id=asked["turn_id"])
    active = (await room.head()).active_turn
    assert active is not None
    assert active.stopping


def test_a_turn_is_still_a_whisper_when_it_comes_back_from_waiting_for_a_person() -> None:
    head = Head(owner="ada", created_at="", updated_at="")
    head = floor.ask(head, TurnInQueue(turn_id="t", asker="bob", question_seq=1, whispered=True), 0)
    card = OpenCard(question_id="t.0.0.q1", turn_id="t", expires=100)
    parked = parking.park(head, "t", [card], 1)
    assert [turn.whispered for turn in parked.parked] == [True]
    back = parking.close(parked, card.question_id, 2)
    assert back.active_turn is not None
    assert back.active_turn.whispered


def test_the_cards_of_a_whisper_close_unseen() -> None:
    bob = Participant(kind="person", id="bob", name="Bob")
    head = Head(owner="ada", created_at="", updated_at="")
    head = floor.ask(head, TurnInQueue(turn_id="t", asker="bob", question_seq=1, whispered=True), 0)
    head = parking.park(head, "t", [OpenCard(question_id="t.0.0.q1", turn_id="t", expires=100)], 1)
    draft = stopped(head, "t", bob, 2)
    assert draft is not None
    told = [(new.event.type, _others_see(new.event)) for new in draft.events]
    assert told == [("turn.stopping", "outline"), ("question.closed", "nothing")]


def _others_see(event: DurableEvent) -> str:
    assert isinstance(event, NarrowEvent)
    assert event.audience == ("bob",)
    return event.others_see


async def test_a_message_that_came_too_late_for_an_answer_keeps_what_its_author_may_use(room: Room) -> None:
    first = await room.say("bob", "@coach how is Contoso?")
    more = await room.say("bob", "@coach also look at Fabrikam")
    assert more["steers"] == first["turn_id"]
    head = await room.head()
    assert head.active_turn is not None
    after = floor.end(head, first["turn_id"], room.world.clock().timestamp())
    assert after.active_turn is not None
    assert after.active_turn.turn_id == more["turn_id"]
    assert after.active_turn.manifest_id == head.active_turn.manifest_id is not None
    assert COACH.id not in str(after.queue)
