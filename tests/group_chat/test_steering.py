"""`@coach also ...` while the coach answers somebody else waits, is offered to them, and goes in if they take it."""

from dataclasses import replace
from typing import Any

import pytest

from orchestration.context_steers import pending_steers
from orchestration.context_turns import turns_of
from orchestration.handover import handover_events
from shared.event_log import floor
from shared.protocol.durable import TurnQueued
from shared.protocol.group import SteerTaken
from tests.group_chat.room import Room
from tests.orchestration.group_turns import passes

ALSO = "@coach also look at Fabrikam"


def _heard(room: Room, who: str, kind: str) -> list[dict[str, Any]]:
    hub = room.world.group_hub.sent
    return [sent.event for sent in hub if passes(sent, room.people[who]) and sent.type == kind]


async def _both(room: Room) -> tuple[str, str]:
    """Let bob ask, and cleo add to it; returns their turns."""
    first = await room.say("bob", "@coach how is Contoso?")
    more = await room.say("cleo", ALSO)
    assert (more["steers"], more["position"]) == (None, 1)
    return first["turn_id"], more["turn_id"]


async def test_who_is_being_answered_is_offered_what_somebody_adds(room: Room) -> None:
    running, waiting = await _both(room)
    (offered,) = _heard(room, "bob", "steer.offered")
    assert (offered["turn_id"], offered["steers"]) == (waiting, running)
    assert (offered["author"]["id"], offered["message_id"]) == (room.people["cleo"], f"{waiting}.q")
    assert [_heard(room, who, "steer.offered") for who in ("ada", "cleo")] == [[], []]


@pytest.mark.parametrize(
    ("first", "more"),
    [
        ({"content": "@coach hi", "who": "bob"}, {"content": "@coach look at Fabrikam", "who": "cleo"}),
        ({"content": "@coach hi", "who": "bob"}, {"content": ALSO, "who": "bob"}),
        ({"content": "hi", "who": "bob", "to": ["coach"]}, {"content": ALSO, "who": "cleo"}),
        ({"content": "@coach hi", "who": "bob"}, {"content": ALSO, "who": "cleo", "to": ["coach"]}),
    ],
    ids=["adds nothing", "one's own", "a whispered answer", "a whisper"],
)
async def test_nothing_else_is_offered(room: Room, first: dict[str, Any], more: dict[str, Any]) -> None:
    await room.say(**first)
    await room.say(**more)
    assert room.told("steer.offered") == []


async def test_that_an_offer_is_lost_costs_nothing(room: Room) -> None:
    await room.say("bob", "@coach how is Contoso?")
    room.world.group_hub.refuse = lambda sent: sent.type == "steer.offered"
    told = await room.say("cleo", ALSO)
    assert told["position"] == 1


async def test_what_is_taken_leaves_the_line_and_is_put_into_the_running_turn(room: Room) -> None:
    running, waiting = await _both(room)
    told = await room.do("bob", "steer.take", turn_id=waiting)
    assert (told["turn_id"], told["steers"]) == (waiting, running)
    head = await room.head()
    assert head.queue == ()
    (steer,) = head.steers
    assert (steer.turn_id, steer.asker, steer.taken) == (waiting, room.people["cleo"], True)
    (event,) = [event for event in await room.events() if isinstance(event, SteerTaken)]
    assert (event.actor.id, event.message_id) == (room.people["bob"], f"{waiting}.q")
    assert [one["turn_id"] for one in _heard(room, "ada", "steer.taken")] == [waiting]


async def test_taking_it_again_is_taking_it_once(room: Room) -> None:
    _, waiting = await _both(room)
    first = await room.do("bob", "steer.take", turn_id=waiting)
    assert await room.do("bob", "steer.take", turn_id=waiting) == first
    assert (await room.types()).count("steer.taken") == 1


async def test_the_running_turns_next_step_is_given_it(room: Room) -> None:
    running, waiting = await _both(room)
    await room.do("bob", "steer.take", turn_id=waiting)
    record = await room.world.log.record(room.id, after=0)
    assert [steer.turn_id for steer in pending_steers(record, running, 1)] == [waiting]
    assert turns_of(record).messages[f"{waiting}.q"].steers == running
    untaken = replace(record, events=tuple(e for e in record.events if not isinstance(e, SteerTaken)))
    assert pending_steers(untaken, running, 1) == ()


async def test_unread_it_waits_again_as_its_authors_turn(room: Room) -> None:
    running, waiting = await _both(room)
    third = await room.say("ada", "@coach and me?")
    await room.do("bob", "steer.take", turn_id=waiting)
    before = await room.head()
    after = floor.end(before, running, room.world.clock().timestamp())
    assert after.active_turn is not None
    assert (after.active_turn.turn_id, after.active_turn.asker) == (waiting, room.people["cleo"])
    assert after.active_turn.manifest_id is not None
    assert [turn.turn_id for turn in floor.queued(after)] == [third["turn_id"]]


async def test_two_that_were_taken_and_not_read_are_told_to_wait_again(room: Room) -> None:
    running, waiting = await _both(room)
    second = (await room.say("ada", "@coach also Northwind"))["turn_id"]
    for turn in (waiting, second):
        await room.do("bob", "steer.take", turn_id=turn)
    before = await room.head()
    after = floor.end(before, running, room.world.clock().timestamp())
    told = [new for new in handover_events(before, after) if isinstance(new.event, TurnQueued)]
    # Under a name of its own: that it waited before is told already.
    assert [new.id for new in told] == [f"{second}.queued.again"]


async def test_only_who_is_being_answered_takes_it(room: Room) -> None:
    _, waiting = await _both(room)
    for who in ("ada", "cleo"):
        assert await room.refusal(who, "steer.take", turn_id=waiting) == "forbidden"


async def test_only_what_adds_to_the_question_can_be_taken(room: Room) -> None:
    first = await room.say("bob", "@coach how is Contoso?")
    other = await room.say("cleo", "@coach look at Fabrikam")
    whisper = await room.say("cleo", ALSO, to=["coach"])
    remark = await room.say("ada", "also")
    assert remark["turn_id"] is None
    for turn in (first["turn_id"], other["turn_id"], whisper["turn_id"], "t_none"):
        assert await room.refusal("bob", "steer.take", turn_id=turn) == "turn_not_found"


async def test_what_was_stopped_or_taken_back_waits_no_longer(room: Room) -> None:
    _, waiting = await _both(room)
    await room.do("cleo", "turn.stop", turn_id=waiting)
    assert await room.refusal("bob", "steer.take", turn_id=waiting) == "turn_not_found"
    gone = await room.say("cleo", "@coach also Northwind")
    await room.do("cleo", "message.delete", message_id=gone["message_id"])
    assert await room.refusal("bob", "steer.take", turn_id=gone["turn_id"]) == "turn_not_found"


async def test_into_an_answer_that_is_being_stopped_nothing_is_taken(room: Room) -> None:
    running, waiting = await _both(room)
    await room.do("bob", "turn.stop", turn_id=running)
    assert await room.refusal("bob", "steer.take", turn_id=waiting) == "queue_full"
