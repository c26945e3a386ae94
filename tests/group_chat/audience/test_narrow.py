"""Whispers, what stands before somebody joined, and text that is for one person: each sees what is theirs."""

import asyncio

from shared.containers import GROUPS
from shared.event_log import floor
from shared.event_log.documents import LiveDocument, live_document
from shared.event_log.head import Head, TurnInQueue
from shared.event_log.shapes import Appended, Draft, NewEvent
from shared.protocol.durable import ChatResponse, MessageCompleted
from shared.protocol.group import History
from shared.protocol.shapes import COACH, TextPart
from tests.group_chat.audience.groups import begin, join, say
from tests.group_chat.audience.hall import Event, Hall, Instance
from tests.group_chat.audience.streams import stream

TURN = "t_whispered"
SECRET = "Only Ada may read this."


def _kinds(events: list[Event]) -> list[tuple[int, str]]:
    return [(event["seq"], event["type"]) for event in events]


async def test_a_whisper_reaches_its_audience_and_everybody_else_a_gap_with_its_number(hall: Hall) -> None:
    people = [hall.one.world.person(f"tenant.{name}") for name in ("ada", "bob", "eve")]
    ada, bob, eve = people
    group_id = await begin(hall.one.world, *people)
    clients = await hall.connected(group_id, *people)
    await say(hall.one, group_id, ada, "for all")
    await say(hall.other, group_id, ada, SECRET, to=(bob,))
    await say(hall.one, group_id, eve, "for all, too")
    await asyncio.gather(*(client.heard(group_id, 3) for client in clients))
    await asyncio.gather(*(hall.caught_up(client) for client in clients))
    told = {client.principal: client.live(group_id) for client in clients}
    assert told[ada] == told[bob]
    assert _kinds(told[ada]) == [(1, "message.created"), (2, "message.created"), (3, "message.created")]
    assert _kinds(told[eve]) == [(1, "message.created"), (2, "withheld"), (3, "message.created")]
    assert set(told[eve][1]) == {"type", "conversation_id", "at", "seq"}
    outside = clients[2]
    read = await outside.send(type="sync", conversation_id=group_id, after=0)
    assert read["events"] == told[eve]
    assert SECRET not in str(outside.events)
    assert (await clients[1].send(type="sync", conversation_id=group_id, after=0))["events"] == told[bob]


async def test_text_that_is_written_for_one_person_is_read_by_nobody_else(hall: Hall) -> None:
    ada, eve = (hall.one.world.person(f"tenant.{name}") for name in ("ada", "eve"))
    group_id = await begin(hall.one.world, ada, eve)
    asker, other = await hall.connected(group_id, ada, eve)
    await stream(hall.one, group_id, 3, audience=(ada,))
    await asker.until(lambda: len(asker.deltas()) == 3)
    await hall.caught_up(other)
    assert other.deltas() == []


async def test_somebody_who_joined_later_sees_nothing_from_before_where_the_group_wants_that(hall: Hall) -> None:
    ada, zoe = (hall.one.world.person(f"tenant.{name}") for name in ("ada", "zoe"))
    expectations: tuple[tuple[History, str], ...] = (("from_joining", "withheld"), ("all", "message.created"))
    for history, expected in expectations:
        group_id = await begin(hall.one.world, ada, history=history)
        for number in range(3):
            await say(hall.one, group_id, ada, f"early {number}")
        assert await join(hall.other, group_id, zoe) == 4
        (client,) = await hall.connected(group_id, zoe)
        await say(hall.one, group_id, ada, "late")
        await client.heard(group_id, 5)
        answer = await client.open(group_id)
        assert _kinds(answer["events"]) == [
            *((seq, expected) for seq in (1, 2, 3)),
            (4, "participant.joined"),
            (5, "message.created"),
        ]
        assert ("early" in str(client.events)) is (history == "all")
        assert answer["group"]["unread"] == 1, "what stands before one joined is not unread"


async def _answered_privately(instance: Instance, group_id: str, ada: str) -> None:
    """Append an answer that only one person may read, and the end of its turn that points to it."""
    answer = MessageCompleted(
        actor=COACH,
        message_id=f"{TURN}.0",
        turn_id=TURN,
        step=0,
        author=COACH,
        parts=(TextPart(text=SECRET),),
        finish="stop",
        audience=(ada,),
    )
    end = ChatResponse(actor=COACH, turn_id=TURN, status="completed", message_id=answer.message_id)
    events = (NewEvent(id=f"{TURN}.0.completed", event=answer), NewEvent(id=f"{TURN}.end", event=end))
    result = await instance.deps.log.append(group_id, lambda head: Draft(events=events, head=head))
    assert isinstance(result, Appended)


async def test_the_end_of_a_turn_repeats_its_answer_only_to_those_who_may_read_it(hall: Hall) -> None:
    ada, eve = (hall.one.world.person(f"tenant.{name}") for name in ("ada", "eve"))
    group_id = await begin(hall.one.world, ada, eve)
    await _answered_privately(hall.one, group_id, ada)
    asker, other = await asyncio.gather(hall.connect(ada), hall.connect(eve))
    told, outside = await asyncio.gather(asker.open(group_id), other.open(group_id))
    assert [event.get("response") for event in told["events"]] == [None, SECRET]
    assert _kinds(outside["events"]) == [(1, "withheld"), (2, "chat_response")]
    assert SECRET not in str(other.events)
    later = await other.send(type="sync", conversation_id=group_id, after=1)
    assert [event["response"] for event in later["events"]] == [""]


async def test_a_snapshot_tells_running_text_only_to_those_it_is_for(hall: Hall) -> None:
    ada, eve = (hall.one.world.person(f"tenant.{name}") for name in ("ada", "eve"))
    group_id = await begin(hall.one.world, ada, eve)
    await _ask(hall.one, group_id, ada)
    for audience, expected in (((ada,), [SECRET, None]), (None, [SECRET, SECRET])):
        live = LiveDocument(turn_id=TURN, step=0, attempt=1, text=SECRET, audience=audience)
        await hall.one.store.upsert(GROUPS, live_document(group_id, live))
        asker, other = await hall.connected(group_id, ada, eve)
        texts = [
            (await client.send(type="sync", conversation_id=group_id, after=0))["live"] for client in (asker, other)
        ]
        assert [text and text["text"] for text in texts] == expected


async def _ask(instance: Instance, group_id: str, ada: str) -> None:
    def asked(head: Head) -> Draft:
        turn = TurnInQueue(turn_id=TURN, asker=ada, question_seq=1)
        return Draft(events=(), head=floor.ask(head, turn, instance.world.clock().timestamp()))

    await instance.deps.log.append(group_id, asked)
