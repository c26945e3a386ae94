from shared import ids
from shared.event_log.shapes import Draft, NewEvent
from shared.protocol.durable import MessageCompleted
from shared.protocol.group import ReactionSet
from shared.protocol.shapes import COACH, TextPart
from tests.group_chat.room import Room, new_room
from tests.support.world import World

PLENTY = "😀😁😂😃😄😅😆😇😈😉😊😋😌😍😎😏😐😑😒😓😔"


async def _react(room: Room, who: str, message: str, emoji: str = "👍", **fields: object) -> dict[str, object]:
    return await room.do(who, "reaction.set", message_id=message, emoji=emoji, **fields)


async def test_a_reaction_is_given_told_and_taken_back(room: Room) -> None:
    name = (await room.say("bob", "hi"))["message_id"]
    assert (await _react(room, "cleo", name))["seq"] == 2
    assert (await _react(room, "cleo", name, on=False))["seq"] == 3
    given, taken = (await room.events())[1:]
    assert isinstance(given, ReactionSet)
    assert isinstance(taken, ReactionSet)
    assert [(one.actor.id, one.emoji, one.on) for one in (given, taken)] == [
        (room.people["cleo"], "👍", True),
        (room.people["cleo"], "👍", False),
    ]
    assert [event["on"] for event in room.told("reaction.set")] == [True, False]


async def test_reacting_as_one_did_changes_nothing(room: Room) -> None:
    name = (await room.say("bob", "hi"))["message_id"]
    assert (await _react(room, "cleo", name, on=False))["seq"] is None
    await _react(room, "cleo", name)
    assert (await _react(room, "cleo", name))["seq"] == 2
    assert await room.types() == ["message.created", "reaction.set"]


async def test_a_command_that_comes_late_again_does_not_undo_what_followed(room: Room) -> None:
    name = (await room.say("bob", "hi"))["message_id"]
    await _react(room, "cleo", name, command_id="one")
    await _react(room, "cleo", name, on=False, command_id="two")
    await _react(room, "cleo", name, command_id="one")
    assert await room.types() == ["message.created", "reaction.set", "reaction.set"]


async def test_a_message_takes_twenty_different_emoji_and_then_more_people(room: Room) -> None:
    name = (await room.say("bob", "hi"))["message_id"]
    for emoji in PLENTY[:20]:
        await _react(room, "cleo", name, emoji)
    late = {"message_id": name, "emoji": PLENTY[20]}
    assert await room.refusal("bob", "reaction.set", **late) == "invalid_command"
    await _react(room, "bob", name, PLENTY[0])
    await _react(room, "cleo", name, PLENTY[1], on=False)
    await _react(room, "bob", name, PLENTY[20])


async def test_only_an_emoji_is_a_reaction(room: Room) -> None:
    name = (await room.say("bob", "hi"))["message_id"]
    assert await room.refusal("cleo", "reaction.set", message_id=name, emoji="lol") == "invalid_command"


async def test_nobody_reacts_to_what_they_do_not_see(room: Room) -> None:
    whisper = (await room.say("bob", "psst", to=[room.people["ada"]]))["message_id"]
    for name in (whisper, "t_none.q"):
        assert await room.refusal("cleo", "reaction.set", message_id=name, emoji="👍") == "message_not_found"
    await _react(room, "ada", whisper)
    (told,) = room.told("reaction.set")
    assert room.people["cleo"] not in told["only"]


async def test_an_answer_of_the_coach_can_be_reacted_to(room: Room) -> None:
    said = MessageCompleted(
        actor=COACH,
        message_id="t_x.0",
        turn_id="t_x",
        step=0,
        author=COACH,
        parts=(TextPart(text="So"),),
        finish="stop",
    )
    new = NewEvent(id=ids.completed("t_x.0"), event=said)
    await room.world.log.append(room.id, lambda head: Draft(events=(new,), head=head))
    assert (await _react(room, "bob", "t_x.0"))["seq"] == 2


async def test_observers_do_not_react(world: World) -> None:
    room = await new_room(world, ada="owner", bob="observer")
    name = (await room.say("ada", "hi"))["message_id"]
    assert await room.refusal("bob", "reaction.set", message_id=name, emoji="👍") == "forbidden"
    await room.change(archived=True)
    assert await room.refusal("ada", "reaction.set", message_id=name, emoji="👍") == "group_archived"


async def test_what_was_taken_back_is_not_reacted_to(room: Room) -> None:
    name = (await room.say("bob", "hi"))["message_id"]
    await room.do("bob", "message.delete", message_id=name)
    assert await room.refusal("cleo", "reaction.set", message_id=name, emoji="👍") == "message_not_found"
