import pytest

from shared.errors import CommandRefused
from shared.protocol.durable import TurnQueued, TurnStarted
from tests.group_chat.room import Room, new_room
from tests.support.world import World


async def test_a_message_to_the_room_starts_no_turn(room: Room) -> None:
    told = await room.say("bob", "  Morning all  ", client_message_id="m-1")
    assert told["client_message_id"] == "m-1"
    assert (told["turn_id"], told["position"], told["seq"]) == (None, None, 1)
    message = await room.message(told["message_id"])
    assert (message.author.id, message.turn_id, message.audience) == (room.people["bob"], None, None)
    assert [part.model_dump()["text"] for part in message.parts] == ["Morning all"]
    head = await room.head()
    assert (head.active_turn, head.countable, head.title) == (None, 1, "Deals")
    assert room.engine.started == []
    assert [event["seq"] for event in room.told("message.created")] == [1]


async def test_a_message_to_the_coach_starts_a_turn_of_its_author(room: Room) -> None:
    told = await room.say("bob", "@coach how is my pipeline?")
    head = await room.head()
    assert head.active_turn is not None
    assert (head.active_turn.turn_id, head.active_turn.asker) == (told["turn_id"], room.people["bob"])
    assert (told["position"], head.countable) == (0, 1)
    assert room.engine.started_ids == [told["turn_id"]]
    assert await room.types() == ["message.created", "turn.started"]


async def test_the_turn_may_use_what_its_asker_may(room: Room) -> None:
    await room.world.sign_in(room.people["bob"], "HR")
    await room.say("ada", "@coach hi")
    await room.say("bob", "@coach hi")
    (waiting,) = (await room.head()).queue
    manifest = await room.world.log.manifest(room.id, str(waiting.manifest_id))
    assert manifest is not None
    assert (manifest.roles, [tool.tool for tool in manifest.tools]) == (("HR",), ["find", "forecast", "write"])


async def test_the_same_message_sent_again_is_the_same(room: Room) -> None:
    first = await room.say("bob", "@coach hi", client_message_id="m")
    assert await room.say("bob", "@coach hi", client_message_id="m") == first
    assert await room.types() == ["message.created", "turn.started"]
    other = await room.say("cleo", "@coach hi", client_message_id="m")
    assert other["message_id"] != first["message_id"]


async def test_a_message_stays_what_it_was_whatever_the_group_has_become(room: Room) -> None:
    first = await room.say("bob", "hi", client_message_id="m", mentions=[room.people["cleo"]])
    await room.settle(members=1)
    await room.set_role("cleo", "member", "left")
    await room.change(archived=True)
    assert await room.say("bob", "hi", client_message_id="m", mentions=[room.people["cleo"]]) == first
    assert (await room.head()).active_turn is None


@pytest.mark.parametrize("fields", [{"content": "other"}, {"to": ["coach"]}, {"mentions": ["coach"]}])
async def test_another_message_of_the_same_name_is_refused(room: Room, fields: dict[str, object]) -> None:
    await room.say("bob", "hi", client_message_id="m")
    wanted = {"content": "hi", "client_message_id": "m"} | fields
    assert await room.refusal("bob", "group.message", **wanted) == "message_conflict"


async def test_questions_of_several_people_wait_in_line(room: Room) -> None:
    told = [await room.say(who, f"@coach {who}") for who in ("ada", "bob", "cleo")]
    assert [one["position"] for one in told] == [0, 1, 2]
    assert [event.type for event in await room.events() if isinstance(event, TurnStarted | TurnQueued)] == [
        "turn.started",
        "turn.queued",
        "turn.queued",
    ]
    assert room.engine.started_ids == [told[0]["turn_id"]]
    later = await room.say("bob", "and I say this")
    assert later["turn_id"] is None


async def test_a_full_queue_refuses_questions_and_takes_remarks(room: Room) -> None:
    for n in range(6):
        await room.say("ada", f"@coach {n}")
    wanted = {"content": "@coach 7", "client_message_id": "m"}
    assert await room.refusal("bob", "group.message", **wanted) == "queue_full"
    assert (await room.say("bob", "a remark"))["seq"] == 13


async def test_more_for_ones_own_running_answer_is_put_into_it(room: Room) -> None:
    running = await room.say("bob", "@coach how is Contoso?")
    told = await room.say("bob", "@coach also look at Fabrikam")
    assert (told["steers"], told["position"]) == (running["turn_id"], None)
    assert [steer.asker for steer in (await room.head()).steers] == [room.people["bob"]]


async def test_more_for_somebody_elses_answer_waits_as_a_turn_of_its_own(room: Room) -> None:
    await room.say("bob", "@coach how is Contoso?")
    told = await room.say("cleo", "@coach also look at Fabrikam")
    assert (told["steers"], told["position"]) == (None, 1)
    assert (await room.head()).steers == ()


@pytest.mark.parametrize("field", ["mentions", "to"])
async def test_who_is_not_there_cannot_be_named(room: Room, field: str) -> None:
    wanted = {"content": "hi", "client_message_id": "m"}
    assert await room.refusal("bob", "group.message", **wanted, **{field: ["tenant.eve"]}) == "member_not_found"
    await room.set_role("cleo", "member", "removed")
    gone = {field: [room.people["cleo"]]}
    assert await room.refusal("bob", "group.message", **wanted, **gone) == "member_not_found"


async def test_who_joined_a_moment_ago_can_be_named(room: Room, world: World) -> None:
    await room.set_role("cleo", "member", "left")
    await room.say("bob", "hi")
    other = Room(World(world.cosmos), room.id, room.people)
    await other.set_role("cleo", "member")
    await room.say("bob", "welcome back", mentions=[room.people["cleo"]])
    assert (await room.events())[-1].seq == 4


async def test_a_reply_to_the_coach_is_for_the_coach(room: Room) -> None:
    first = await room.say("bob", "hello")
    told = await room.say("cleo", "and you?", reply_to=first["message_id"])
    assert told["turn_id"] is None
    assert (await room.message(told["message_id"])).reply_to == first["message_id"]


async def test_a_reply_needs_a_message_its_author_can_see(room: Room) -> None:
    whisper = await room.say("bob", "psst", to=[room.people["ada"]])
    wanted = {"content": "what?", "client_message_id": "m"}
    for name in ("t_none.q", whisper["message_id"]):
        assert await room.refusal("cleo", "group.message", **wanted, reply_to=name) == "message_not_found"
    assert (await room.say("ada", "yes?", reply_to=whisper["message_id"]))["seq"] == 2


async def test_a_reply_may_come_after_its_message_was_taken_back(room: Room) -> None:
    first = await room.say("bob", "hello")
    whisper = await room.say("bob", "psst", to=[room.people["ada"]])
    for said in (first, whisper):
        await room.do("bob", "message.delete", message_id=said["message_id"])
    told = await room.say("cleo", "and you?", reply_to=first["message_id"])
    assert told["turn_id"] is None
    assert (await room.message(told["message_id"])).reply_to == first["message_id"]
    wanted = {"content": "what?", "client_message_id": "m", "reply_to": whisper["message_id"]}
    assert await room.refusal("cleo", "group.message", **wanted) == "message_not_found"


async def test_observers_and_archived_groups_are_told_why_not(world: World) -> None:
    room = await new_room(world, ada="owner", bob="observer")
    wanted = {"content": "hi", "client_message_id": "m"}
    assert await room.refusal("bob", "group.message", **wanted) == "forbidden"
    await room.change(archived=True)
    assert await room.refusal("ada", "group.message", **wanted) == "group_archived"


async def test_who_became_a_member_elsewhere_can_write_at_once(world: World) -> None:
    room = await new_room(world, ada="owner", bob="observer")
    assert await room.refusal("bob", "group.message", content="hi", client_message_id="m") == "forbidden"
    await Room(World(world.cosmos), room.id, room.people).set_role("bob", "member")
    assert (await room.say("bob", "hi"))["seq"] == 2


async def test_strangers_find_no_group(room: Room, world: World) -> None:
    room.people["eve"] = world.person("tenant.eve")
    await world.sign_in(room.people["eve"])
    assert await room.refusal("eve", "group.message", content="hi", client_message_id="m") == "conversation_not_found"
    await room.set_role("bob", "member", "removed")
    assert await room.refusal("bob", "group.message", content="hi", client_message_id="m") == "conversation_not_found"


@pytest.mark.parametrize(("content", "code"), [("  ", "content_empty"), ("x" * 32_001, "content_too_long")])
async def test_content_has_the_same_rules_as_a_question(room: Room, content: str, code: str) -> None:
    assert await room.refusal("bob", "group.message", content=content, client_message_id="m") == code


async def test_a_query_asks_the_coach_in_the_open_group(room: Room) -> None:
    told = await room.send("bob", {"type": "query", "content": "how is my pipeline?"})
    assert (told["conversation_id"], told["position"]) == (room.id, 0)
    more = await room.send("bob", {"type": "query", "content": "and Contoso", "steer": True})
    assert more["steers"] == told["turn_id"]


async def test_alone_with_the_coach_everything_is_for_it(world: World) -> None:
    room = await new_room(world, ada="owner", bob="observer")
    assert (await room.say("ada", "so what"))["position"] == 0


async def test_going_on_with_the_coach_ends_when_somebody_else_speaks(room: Room, world: World) -> None:
    settings = (await room.group()).settings.model_copy(update={"follow_up": True})
    answered = {"coach_spoke_at": world.clock().timestamp(), "coach_spoke_to": room.people["bob"]}
    await room.settle(settings=settings, **answered)
    first = await room.say("bob", "and next week?")
    assert first["turn_id"] is not None
    await room.do("bob", "turn.stop", turn_id=first["turn_id"])
    assert (await room.say("cleo", "hm"))["turn_id"] is None
    assert (await room.group()).coach_spoke_to is None
    assert (await room.say("bob", "and then?"))["turn_id"] is None


async def test_a_stale_sign_in_says_nothing(room: Room, world: World) -> None:
    world.clock.advance(13 * 3600)
    with pytest.raises(Exception, match="sign-in is too long ago"):
        await room.say("bob", "hi")
    assert await room.types() == []


async def test_the_room_is_told_again_when_the_first_telling_failed(room: Room) -> None:
    room.world.group_hub.refuse = lambda sent: True
    with pytest.raises(Exception, match="does not answer"):
        await room.say("bob", "@coach hi", client_message_id="m")
    room.world.group_hub.refuse = lambda sent: False
    await room.say("bob", "@coach hi", client_message_id="m")
    assert [sent.type for sent in room.world.group_hub.sent] == ["message.created", "turn.started"]
    assert len(room.engine.started) == 2


async def test_the_refusal_is_a_refusal_of_ours(room: Room) -> None:
    with pytest.raises(CommandRefused, match=r"tenant\.eve"):
        await room.say("bob", "hi", mentions=["tenant.eve"])
