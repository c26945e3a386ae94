import pytest

from shared import ids
from shared.errors import CommandRefused
from shared.protocol.durable import MessageCreated
from shared.protocol.group import MessageEdited
from tests.group_chat.room import Room, new_room
from tests.support.world import World


async def test_a_new_wording_is_appended_and_the_old_one_stays(room: Room) -> None:
    said = await room.say("bob", "the price is 5")
    told = await room.do("bob", "message.edit", message_id=said["message_id"], content=" the price is 6 ")
    original, edited = await room.events()
    assert isinstance(original, MessageCreated)
    assert isinstance(edited, MessageEdited)
    assert (original.parts[0].model_dump()["text"], edited.parts[0].model_dump()["text"]) == (
        "the price is 5",
        "the price is 6",
    )
    assert (told["message_id"], told["seq"]) == (said["message_id"], 2)
    assert [event["message_id"] for event in room.told("message.edited")] == [said["message_id"]]


async def test_editing_asks_nothing_anew(room: Room) -> None:
    said = await room.say("bob", "hello")
    await room.do("bob", "message.edit", message_id=said["message_id"], content="@coach hello", command_id="c")
    assert (await room.head()).active_turn is None
    assert room.engine.started == []


async def test_who_adds_a_mention_of_the_coach_by_an_edit_is_told_that_it_is_not_asked(room: Room) -> None:
    said = await room.say("bob", "hello")
    await room.do("bob", "message.edit", message_id=said["message_id"], content="hello you")
    assert room.world.group_hub.to("of-bob") == []
    await room.do("bob", "message.edit", message_id=said["message_id"], content="@coach hello")
    (told,) = room.world.group_hub.to("of-bob")
    assert (told["type"], told["message_id"]) == ("notice", said["message_id"])
    assert "new message" in told["message"]


async def test_an_edited_question_and_an_edited_whisper_need_no_such_words(room: Room) -> None:
    asked = await room.say("bob", "@coach hello")
    whisper = await room.say("bob", "hello", to=[room.people["ada"]])
    for message in (asked, whisper):
        await room.do("bob", "message.edit", message_id=message["message_id"], content="@coach hi")
    assert room.world.group_hub.to("of-bob") == []


async def test_an_edit_stands_though_the_words_for_its_author_are_lost(room: Room) -> None:
    said = await room.say("bob", "hello")
    room.world.group_hub.refuse = lambda sent: sent.type == "notice"
    told = await room.do("bob", "message.edit", message_id=said["message_id"], content="@coach hello")
    assert told["seq"] == 2


async def test_the_same_edit_sent_again_is_the_same_and_another_is_another(room: Room) -> None:
    said = await room.say("bob", "one")
    name = said["message_id"]
    first = await room.do("bob", "message.edit", message_id=name, content="two", command_id="c1")
    assert await room.do("bob", "message.edit", message_id=name, content="two", command_id="c1") == first
    await room.do("bob", "message.edit", message_id=name, content="three", command_id="c2")
    assert await room.types() == ["message.created", "message.edited", "message.edited"]
    refused = await room.refusal("bob", "message.edit", message_id=name, content="four", command_id="c2")
    assert refused == "message_conflict"


async def test_a_whisper_stays_one_in_other_words(room: Room) -> None:
    said = await room.say("bob", "psst", to=[room.people["ada"]])
    await room.do("bob", "message.edit", message_id=said["message_id"], content="psst!")
    (told,) = room.told("message.edited")
    assert room.people["cleo"] not in told["only"]
    assert told["audience"] == [room.people["bob"], room.people["ada"]]


async def test_only_ones_own_message_can_be_edited(room: Room) -> None:
    said = await room.say("bob", "hi")
    for who, name in (("cleo", said["message_id"]), ("ada", said["message_id"]), ("bob", "t_none.q")):
        assert await room.refusal(who, "message.edit", message_id=name, content="x") == "message_not_found"


async def test_who_only_observes_by_now_edits_nothing(room: Room) -> None:
    said = await room.say("bob", "hi")
    await room.set_role("bob", "observer")
    assert await room.refusal("bob", "message.edit", message_id=said["message_id"], content="x") == "forbidden"
    await room.set_role("bob", "member")
    await room.change(archived=True)
    assert await room.refusal("bob", "message.edit", message_id=said["message_id"], content="x") == "group_archived"


async def test_what_was_taken_back_cannot_be_edited(room: Room) -> None:
    said = await room.say("bob", "hi")
    await room.do("bob", "message.delete", message_id=said["message_id"])
    assert await room.refusal("bob", "message.edit", message_id=said["message_id"], content="x") == "message_not_found"


async def test_an_edit_that_races_taking_back_leaves_no_text(world: World) -> None:
    room = await new_room(world)
    said = await room.say("bob", "a secret")
    taken = False
    read = world.log.event

    async def taken_back_after_the_look(conversation_id: str, event_id: str) -> object:
        nonlocal taken
        event = await read(conversation_id, event_id)
        if not taken and event_id == ids.created(said["message_id"]):
            taken = True
            await room.do("bob", "message.delete", message_id=said["message_id"])
        return event

    world.log.event = taken_back_after_the_look  # pyright: ignore[reportAttributeAccessIssue] - the race, on purpose
    await room.do("bob", "message.edit", message_id=said["message_id"], content="a secret, edited")
    world.log.event = read
    assert await room.types() == ["message.created", "message.deleted", "message.edited"]
    assert "secret" not in "".join(event.model_dump_json() for event in await room.events())
    assert "secret" not in str(room.told("message.edited"))


async def test_an_empty_wording_is_refused(room: Room) -> None:
    said = await room.say("bob", "hi")
    with pytest.raises(CommandRefused, match="empty"):
        await room.do("bob", "message.edit", message_id=said["message_id"], content="  ")
