"""Whispers: those to people start no turn, those to the coach are for their author alone."""

from tests.group_chat.room import Room, new_room


async def test_nothing_is_put_into_a_private_answer_for_all_to_see_nor_the_other_way(room: Room) -> None:
    private = await room.say("bob", "how is Contoso?", to=["coach"])
    assert (await room.say("bob", "@coach also Fabrikam"))["position"] == 1
    await room.do("bob", "turn.stop", turn_id=private["turn_id"])
    other = await new_room(room.world)
    await other.say("bob", "@coach how is Contoso?")
    assert (await other.say("bob", "@coach also Fabrikam", to=["coach"]))["position"] == 1


async def test_a_whisper_to_people_is_theirs_and_starts_no_turn(room: Room) -> None:
    cleo = room.people["cleo"]
    told = await room.say("bob", "@coach is slow", to=[cleo])
    message = await room.message(told["message_id"])
    assert message.audience == (room.people["bob"], cleo)
    assert message.others_see == "nothing"
    head = await room.head()
    assert (head.active_turn, head.countable, (await room.group()).spoken_since) == (None, 0, 0)
    whole, rest = room.world.group_hub.sent
    assert (whole.event["type"], whole.only) == (
        "message.created",
        f"userId eq '{room.people['bob']}' or userId eq '{cleo}'",
    )
    assert (rest.event["type"], rest.event["seq"]) == ("withheld", 1)


async def test_a_whisper_to_the_coach_is_a_question_for_the_asker_alone(room: Room) -> None:
    told = await room.say("bob", "how is my pipeline?", to=["coach"])
    message = await room.message(told["message_id"])
    assert message.audience == (room.people["bob"],)
    assert room.engine.started_ids == [told["turn_id"]]


async def test_a_whisper_goes_to_the_coach_or_to_people(room: Room) -> None:
    ada, bob = room.people["ada"], room.people["bob"]
    wanted = {"content": "psst", "client_message_id": "m"}
    assert await room.refusal("bob", "group.message", **wanted, to=["coach", ada]) == "invalid_command"
    assert await room.refusal("bob", "group.message", **wanted, to=[ada], mentions=["coach"]) == "invalid_command"
    assert await room.refusal("bob", "group.message", **wanted, to=[bob]) == "invalid_command"
