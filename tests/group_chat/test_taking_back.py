import json

import pytest

from shared import ids
from shared.containers import GROUPS
from shared.event_log import floor
from shared.event_log.documents import SummaryDocument
from shared.event_log.shapes import Draft, NewEvent
from shared.protocol.durable import ChatResponse, MessageCreated
from shared.protocol.group import MessageDeleted
from shared.protocol.shapes import SYSTEM
from shared.summaries import Summaries
from tests.group_chat.hooked import hooked
from tests.group_chat.room import Room, new_room
from tests.support.world import World


async def _stored(room: Room) -> str:
    """Return everything the store holds of the group, as text."""
    rows = await room.world.cosmos.query(GROUPS, "SELECT * FROM c", {}, room.id)
    return json.dumps(rows)


async def test_the_text_is_gone_from_the_store_in_every_wording(room: Room) -> None:
    said = await room.say("bob", "my secret number")
    name = said["message_id"]
    await room.do("bob", "message.edit", message_id=name, content="my secret word")
    assert "secret" in await _stored(room)
    told = await room.do("bob", "message.delete", message_id=name)
    assert (told["message_id"], told["seq"]) == (name, 3)
    assert "secret" not in await _stored(room)
    original, edited, gone = await room.events()
    assert isinstance(original, MessageCreated)
    assert (original.parts, original.author.id, original.seq) == ((), room.people["bob"], 1)
    assert (edited.seq, edited.type) == (2, "message.edited")
    assert isinstance(gone, MessageDeleted)
    assert [event["message_id"] for event in room.told("message.deleted")] == [name]


async def test_no_process_remembers_the_text(room: Room) -> None:
    other = World(room.world.cosmos)
    said = await room.say("bob", "my secret")
    await other.log.record(room.id)
    await room.world.log.record(room.id)
    await room.do("bob", "message.delete", message_id=said["message_id"])
    for log in (other.log, room.world.log):
        record = await log.record(room.id, after=1)
        known = log.memory.record(room.id, 0, None)
        told = [*record.events, *(known.events if known else ())]
        assert "secret" not in "".join(event.model_dump_json() for event in told)


async def test_a_summary_that_tells_of_it_goes_too(room: Room) -> None:
    summaries = Summaries(room.world.cosmos)
    first = await room.say("bob", "early")
    await room.say("bob", "between")
    late = await room.say("bob", "late")
    await summaries.write(room.id, SummaryDocument(through_seq=2, text="of early things"))
    await room.do("bob", "message.delete", message_id=late["message_id"])
    assert await summaries.read(room.id) is not None
    await room.do("bob", "message.delete", message_id=first["message_id"])
    assert await summaries.read(room.id) is None


async def test_taking_back_twice_is_taking_back_once(room: Room) -> None:
    said = await room.say("bob", "hi")
    first = await room.do("bob", "message.delete", message_id=said["message_id"])
    assert await room.do("bob", "message.delete", message_id=said["message_id"]) == first
    assert await room.do("ada", "message.delete", message_id=said["message_id"]) == first
    assert await room.types() == ["message.created", "message.deleted"]


async def test_who_leads_the_group_may_and_others_may_not(world: World) -> None:
    room = await new_room(world, ada="owner", bob="member", cleo="facilitator", dan="member", eve="observer")
    for who in ("ada", "cleo"):
        said = await room.say("bob", "hi")
        for other in ("dan", "eve"):
            assert await room.refusal(other, "message.delete", message_id=said["message_id"]) == "forbidden"
        await room.do(who, "message.delete", message_id=said["message_id"])


async def test_nobody_takes_back_what_they_do_not_see(room: Room) -> None:
    whisper = await room.say("bob", "psst", to=[room.people["cleo"]])
    for name in (whisper["message_id"], "t_none.q"):
        assert await room.refusal("ada", "message.delete", message_id=name) == "message_not_found"
    await room.do("bob", "message.delete", message_id=whisper["message_id"])
    (told,) = room.told("message.deleted")
    assert room.people["ada"] not in told["only"]


async def test_ones_own_words_can_be_taken_back_in_an_archived_group_too(room: Room) -> None:
    said = await room.say("bob", "hi")
    await room.change(archived=True)
    await room.do("bob", "message.delete", message_id=said["message_id"])
    assert "hi" not in [part for event in await room.events() for part in getattr(event, "parts", ())]


async def test_a_waiting_question_leaves_the_line(room: Room) -> None:
    await room.say("ada", "@coach one")
    waiting = await room.say("bob", "@coach two")
    last = await room.say("cleo", "@coach three")
    await room.do("bob", "message.delete", message_id=waiting["message_id"])
    head = await room.head()
    assert [turn.turn_id for turn in head.queue] == [last["turn_id"]]
    end = (await room.events())[-1]
    assert isinstance(end, ChatResponse)
    assert (end.turn_id, end.status) == (waiting["turn_id"], "stopped")
    assert room.engine.stopped == []


async def test_a_running_answer_is_stopped(room: Room) -> None:
    running = await room.say("bob", "@coach one")
    await room.do("bob", "message.delete", message_id=running["message_id"])
    head = await room.head()
    assert head.active_turn is not None
    assert head.active_turn.stopping
    assert room.engine.stopped == [running["turn_id"]]
    assert (await room.types())[-2:] == ["message.deleted", "turn.stopping"]


async def test_a_message_put_into_a_running_answer_is_taken_out_of_it(room: Room) -> None:
    running = await room.say("bob", "@coach one")
    steer = await room.say("bob", "@coach also two")
    await room.do("bob", "message.delete", message_id=steer["message_id"])
    head = await room.head()
    assert (head.steers, head.active_turn is not None and head.active_turn.stopping) == ((), False)
    assert running["turn_id"] not in room.engine.stopped


async def test_an_answered_question_is_only_erased(room: Room) -> None:
    asked = await room.say("bob", "@coach one")
    await room.change(active_turn=None, claim=None)
    await room.do("bob", "message.delete", message_id=asked["message_id"])
    assert (await room.types())[-1] == "message.deleted"
    assert room.engine.stopped == []


async def test_a_question_that_gets_the_floor_while_it_is_taken_back_is_stopped(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The delete was decided while the question waited; before it is written, the question begins to run."""
    room = await new_room(world)
    first = await room.say("ada", "@coach one")
    second = await room.say("bob", "@coach two")
    store = hooked(world, monkeypatch)
    other = room.other_process(World(world.cosmos))

    async def ends_and_hands_over() -> None:
        end = ChatResponse(actor=SYSTEM, turn_id=first["turn_id"], status="completed")
        new = NewEvent(id=ids.end(first["turn_id"]), event=end)
        await other.world.log.append(
            room.id, lambda head: Draft(events=(new,), head=floor.end(head, first["turn_id"], 0))
        )

    store.before_batch = ends_and_hands_over
    await room.do("bob", "message.delete", message_id=second["message_id"])
    head = await room.head()
    assert head.active_turn is not None
    assert (head.active_turn.turn_id, head.active_turn.stopping) == (second["turn_id"], True)
    assert room.engine.stopped == [second["turn_id"]]
    assert (await room.types())[-3:] == ["chat_response", "message.deleted", "turn.stopping"]


async def test_what_was_not_told_the_first_time_is_told_the_second(room: Room) -> None:
    running = await room.say("bob", "@coach one")
    room.world.group_hub.refuse = lambda sent: sent.type == "message.deleted"
    with pytest.raises(Exception, match="does not answer"):
        await room.do("bob", "message.delete", message_id=running["message_id"])
    room.world.group_hub.refuse = lambda sent: False
    await room.do("bob", "message.delete", message_id=running["message_id"])
    assert [sent.type for sent in room.world.group_hub.sent][-2:] == ["message.deleted", "turn.stopping"]


async def test_the_message_of_somebody_who_takes_it_back_can_be_sent_again_without_coming_back(room: Room) -> None:
    first = await room.say("bob", "hi", client_message_id="m")
    await room.do("bob", "message.delete", message_id=first["message_id"])
    again = await room.say("bob", "hi", client_message_id="m")
    assert again["seq"] == first["seq"]
    assert await room.types() == ["message.created", "message.deleted"]
