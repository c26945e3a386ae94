from typing import Any

from shared import ids
from shared.audience import reader_of
from shared.event_log.documents import MemberDocument
from shared.event_log.shapes import Draft, NewEvent
from shared.protocol.cards import CardOpened
from shared.protocol.durable import MessageCompleted
from shared.protocol.group import GroupSettings
from shared.protocol.shapes import COACH, TextPart
from shared.unread import MOST_UNREAD
from tests.group_chat.room import Room, new_room
from tests.support.world import World


async def _left(room: Room, who: str, mark: int = 0) -> int:
    access = await room.world.gate.access(room.people[who], room.id)
    return await _left_for(room, access.member, mark)


async def _left_for(room: Room, member: MemberDocument, mark: int = 0) -> int:
    head = await room.head()
    assert head.group is not None
    return await room.deps.unread.count(room.id, reader_of(member, head.group), mark, head.seq)


async def _append(room: Room, *new: NewEvent) -> None:
    await room.world.log.append(room.id, lambda head: Draft(events=new, head=head))


def _answer(number: int, **fields: Any) -> NewEvent:
    name = f"t_x.{number}"
    usual: dict[str, Any] = {"actor": COACH, "author": COACH, "message_id": name, "turn_id": "t_x", "step": number}
    usual |= {"parts": (TextPart(text="So"),), "finish": "stop"}
    return NewEvent(id=ids.completed(name), event=MessageCompleted(**usual | fields))


async def test_a_mark_moves_on_and_never_back(room: Room) -> None:
    for n in range(4):
        await room.say("ada", f"{n}")
    assert (await room.do("bob", "read", seq=3))["seq"] == 3
    assert (await room.do("bob", "read", seq=2))["seq"] == 3
    assert (await room.do("bob", "read", seq=99))["seq"] == 4
    told = room.told("read.updated")
    assert [(event["seq"], event["unread"], event["through_seq"]) for event in told] == [
        (3, 1, 4),
        (3, 1, 4),
        (4, 0, 4),
    ]
    assert {event["only"] for event in told} == {f"userId eq '{room.people['bob']}'"}


async def test_each_has_a_mark_of_their_own(room: Room) -> None:
    await room.say("ada", "hi")
    await room.do("bob", "read", seq=1)
    assert (await room.do("cleo", "read", seq=0))["seq"] == 0


async def test_what_a_process_did_not_see_yet_can_be_read(room: Room, world: World) -> None:
    await room.say("ada", "one")
    await room.other_process(World(world.cosmos)).say("ada", "two")
    assert (await room.do("bob", "read", seq=2))["seq"] == 2


async def test_what_others_said_is_unread_and_ones_own_is_not(room: Room) -> None:
    await room.say("ada", "one")
    await room.say("bob", "@coach two")
    await _append(room, _answer(0), _answer(1, finish="tools"))
    assert [await _left(room, who) for who in ("ada", "bob", "cleo")] == [2, 2, 3]


async def test_whispers_count_for_those_who_hear_them(room: Room) -> None:
    await room.say("ada", "psst", to=[room.people["bob"]])
    await _append(room, _answer(0, audience=(room.people["cleo"],)))
    assert [await _left(room, who) for who in ("ada", "bob", "cleo")] == [0, 1, 1]


async def test_what_was_taken_back_is_not_unread(room: Room) -> None:
    said = await room.say("ada", "one")
    await room.say("ada", "two")
    await room.do("ada", "message.delete", message_id=said["message_id"])
    assert await _left(room, "bob") == 1


async def test_a_question_of_the_coach_counts_for_whom_it_asks(room: Room) -> None:
    bob = room.people["bob"]
    fields: dict[str, Any] = {"actor": COACH, "question_id": "c.q1", "turn_id": "t", "call_id": "c", "kind": "approval"}
    fields |= {"owner": bob, "message": "May I?", "fence": "f", "expires_at": "2026-03-03T09:00:00.000Z"}
    fields |= {"server": "crm", "tool": "write", "audience": (bob,), "others_see": "outline"}
    await _append(room, NewEvent(id=ids.opened("c.q1"), event=CardOpened(**fields)))
    assert [await _left(room, who) for who in ("ada", "bob")] == [0, 1]


async def test_newcomers_are_not_behind_with_what_they_do_not_see(world: World) -> None:
    room = await new_room(world, GroupSettings(history="from_joining"))
    for n in range(3):
        await room.say("ada", f"{n}")
    access = await world.gate.access(room.people["bob"], room.id)
    assert await _left_for(room, access.member.model_copy(update={"joined_seq": 3})) == 1


async def test_very_much_is_told_as_a_hundred(room: Room) -> None:
    for n in range(0, 400, 80):
        await _append(room, *(_answer(n + m) for m in range(80)))
    assert await _left(room, "bob") == MOST_UNREAD
    assert await _left(room, "bob", 398) == 2


async def test_strangers_read_nothing(room: Room, world: World) -> None:
    room.people["eve"] = world.person("tenant.eve")
    assert await room.refusal("eve", "read", seq=1) == "conversation_not_found"
