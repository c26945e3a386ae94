import logging
from typing import Any

import pytest

from shared import ids
from shared.clock import iso
from shared.event_log.shapes import Draft, NewEvent
from shared.protocol.durable import MessageCompleted
from shared.protocol.group import MessageShared
from shared.protocol.shapes import COACH, TextPart, ToolCallPart
from tests.group_chat.room import Room

ANSWER = "t_x.2"


async def _told(room: Room, *audience: str, **fields: Any) -> None:
    """Have the coach tell these people something, everyone if nobody is named."""
    parts = (TextPart(text="7 deals"), ToolCallPart(call_id="c", server="crm", tool="find", arguments="{}"))
    usual: dict[str, Any] = {"actor": COACH, "author": COACH, "message_id": ANSWER, "turn_id": "t_x", "step": 2}
    usual |= {"parts": parts, "finish": "stop", "audience": tuple(room.people[who] for who in audience) or None}
    event = MessageCompleted(**usual | fields)
    new = NewEvent(id=ids.completed(ANSWER), event=event)
    await room.world.log.append(room.id, lambda head: Draft(events=(new,), head=head))


async def test_a_private_answer_is_shared_by_whom_it_was_for(room: Room, caplog: pytest.LogCaptureFixture) -> None:
    await _told(room, "bob")
    with caplog.at_level(logging.INFO):
        told = await room.do("bob", "message.share", message_id=ANSWER)
    assert (told["message_id"], told["seq"]) == (ANSWER, 2)
    shared = (await room.events())[-1]
    assert isinstance(shared, MessageShared)
    assert (shared.actor.id, shared.parts, shared.turn_id) == (room.people["bob"], (TextPart(text="7 deals"),), "t_x")
    (event,) = room.told("message.shared")
    assert event["only"] is None
    assert (await room.head()).countable == 1
    assert any(ANSWER in record.message and room.people["bob"] in record.message for record in caplog.records)


async def test_it_is_shared_once_and_sharing_it_again_neither_tells_nor_logs_another(
    room: Room, caplog: pytest.LogCaptureFixture
) -> None:
    await _told(room, "bob")
    room.world.clock.advance(60)
    with caplog.at_level(logging.INFO):
        first = await room.do("bob", "message.share", message_id=ANSWER)
        at = iso(room.world.clock())
        room.world.clock.advance(60)
        again = await room.do("bob", "message.share", message_id=ANSWER, command_id="another")
    assert (again["seq"], again["message_id"]) == (first["seq"], ANSWER)
    assert await room.types() == ["message.completed", "message.shared"]
    shared = (await room.events())[-1]
    assert (shared.actor.id, shared.at) == (room.people["bob"], at)
    assert len([record for record in caplog.records if "shares" in record.message]) == 1


async def test_nobody_else_shares_it(room: Room) -> None:
    await _told(room, "bob")
    for who in ("ada", "cleo"):
        assert await room.refusal(who, "message.share", message_id=ANSWER) == "message_not_found"


@pytest.mark.parametrize("fields", [{"audience": None}, {"others_see": "outline"}, {"finish": "tools"}])
async def test_only_an_answer_for_one_alone_is_there_to_share(room: Room, fields: dict[str, Any]) -> None:
    await _told(room, "bob", **fields)
    assert await room.refusal("bob", "message.share", message_id=ANSWER) == "message_not_found"


async def test_a_persons_whisper_is_not_shared(room: Room) -> None:
    whisper = await room.say("ada", "psst", to=[room.people["bob"]])
    assert await room.refusal("bob", "message.share", message_id=whisper["message_id"]) == "message_not_found"


async def test_who_only_observes_by_now_shares_nothing(room: Room) -> None:
    await _told(room, "bob")
    await room.set_role("bob", "observer")
    assert await room.refusal("bob", "message.share", message_id=ANSWER) == "forbidden"


async def test_what_is_shared_can_be_replied_to_by_everyone(room: Room) -> None:
    await _told(room, "bob")
    assert await room.refusal("cleo", "reaction.set", message_id=ANSWER, emoji="👍") == "message_not_found"
    await room.do("bob", "message.share", message_id=ANSWER)
    told = await room.say("cleo", "why is that?", reply_to=ANSWER)
    assert told["position"] == 0
