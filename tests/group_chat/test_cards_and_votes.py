"""What both hubs share, in a group: answers to cards, and what people say of calls and answers."""

from typing import Any

import pytest

from shared import ids
from shared.event_log.head import OpenCard
from shared.event_log.shapes import Draft, NewEvent
from shared.protocol.cards import CardClosed, CardOpened
from shared.protocol.durable import FeedbackRecorded, MessageCompleted, ToolCallCompleted
from shared.protocol.shapes import COACH, SYSTEM, TextPart
from tests.group_chat.room import Room
from tests.support.world import World

CARD, CALL, ANSWER = "t_x.0.0.q1", "t_x.0.0", "t_x.1"


@pytest.fixture
async def asked(room: Room) -> Room:
    """A group in which the coach asks bob whether it may."""
    bob = room.people["bob"]
    fields: dict[str, Any] = {"actor": COACH, "question_id": CARD, "turn_id": "t_x", "call_id": CALL, "owner": bob}
    fields |= {"kind": "approval", "message": "May I?", "fence": "f", "expires_at": "2026-03-03T09:00:00.000Z"}
    fields |= {"server": "crm", "tool": "write", "audience": (bob,), "others_see": "outline"}
    opened = NewEvent(id=ids.opened(CARD), event=CardOpened(**fields))
    expires = room.world.clock().timestamp() + 3600
    card = OpenCard(question_id=CARD, turn_id="t_x", expires=expires)
    await room.world.log.append(
        room.id, lambda head: Draft(events=(opened,), head=head.model_copy(update={"cards": (card,)}))
    )
    return room


async def _judged(room: Room, *audience: str, **fields: Any) -> None:
    """Have a call end and the coach answer, for these people, or for everyone."""
    narrow = tuple(room.people[who] for who in audience) or None
    call = ToolCallCompleted(
        actor=SYSTEM,
        call_id=CALL,
        turn_id="t_x",
        server="crm",
        tool="find",
        status="completed",
        preview="7",
        ms=5,
        audience=narrow,
        others_see="outline",
    )
    usual: dict[str, Any] = {"actor": COACH, "author": COACH, "message_id": ANSWER, "turn_id": "t_x", "step": 1}
    usual |= {"parts": (TextPart(text="So"),), "finish": "stop", "audience": narrow}
    new = (
        NewEvent(id=ids.completed(CALL), event=call),
        NewEvent(id=ids.completed(ANSWER), event=MessageCompleted(**usual | fields)),
    )
    await room.world.log.append(room.id, lambda head: Draft(events=new, head=head))


async def test_the_owner_of_a_card_answers_it(asked: Room) -> None:
    told = await asked.do("bob", "question.answer", question_id=CARD, fence="f", answer="approve")
    assert (told["turn_id"], told["seq"]) == ("t_x", 2)
    closed = (await asked.events())[-1]
    assert isinstance(closed, CardClosed)
    assert (closed.outcome, closed.actor.id) == ("approved", asked.people["bob"])
    assert (await asked.head()).cards == ()


@pytest.mark.parametrize("who", ["ada", "cleo"])
async def test_nobody_else_does_not_even_who_leads_the_group(asked: Room, who: str) -> None:
    wanted = {"question_id": CARD, "fence": "f", "answer": "approve"}
    assert await asked.refusal(who, "question.answer", **wanted) == "question_not_found"


async def test_who_was_removed_answers_nothing(asked: Room) -> None:
    await asked.set_role("bob", "member", "removed")
    wanted = {"question_id": CARD, "fence": "f", "answer": "approve"}
    assert await asked.refusal("bob", "question.answer", **wanted) == "conversation_not_found"


async def test_who_was_removed_answers_nothing_where_they_are_remembered_as_a_member(asked: Room) -> None:
    world = World(asked.world.cosmos)
    other = asked.other_process(world)
    await other.say("bob", "Shall I?")
    await asked.set_role("bob", "member", "removed")
    wanted = {"question_id": CARD, "fence": "f", "answer": "approve"}
    assert await other.refusal("bob", "question.answer", **wanted) == "conversation_not_found"
    assert len((await asked.head()).cards) == 1
    await world.close()


async def test_a_vote_on_an_answer_everyone_saw_is_told_to_everyone(room: Room) -> None:
    await _judged(room)
    await room.do("cleo", "feedback.record", message_id=ANSWER, vote="up")
    vote = (await room.events())[-1]
    assert isinstance(vote, FeedbackRecorded)
    assert (vote.actor.id, vote.vote, vote.audience) == (room.people["cleo"], "up", None)


async def test_a_vote_on_a_private_answer_stays_private_and_others_find_nothing_to_vote_on(room: Room) -> None:
    await _judged(room, "bob")
    await room.do("bob", "feedback.record", message_id=ANSWER, vote="down", note="the price is wrong")
    (told,) = room.told("feedback.recorded")
    assert told["only"] == f"userId eq '{room.people['bob']}'"
    refused = await room.refusal("cleo", "feedback.record", message_id=ANSWER, vote="up")
    assert refused == "message_not_found"


async def test_a_vote_on_a_call_others_know_in_outline_is_for_its_asker_and_whom_it_is_from(room: Room) -> None:
    await _judged(room, "bob")
    await room.do("cleo", "feedback.record", call_id=CALL, vote="slow")
    vote = (await room.events())[-1]
    assert isinstance(vote, FeedbackRecorded)
    assert vote.audience == (room.people["bob"], room.people["cleo"])


async def test_observers_do_not_vote(room: Room) -> None:
    await _judged(room)
    await room.set_role("cleo", "observer")
    assert await room.refusal("cleo", "feedback.record", message_id=ANSWER, vote="up") == "forbidden"


async def test_no_answer_is_given_again_in_a_group(room: Room) -> None:
    await _judged(room)
    assert await room.refusal("bob", "message.regenerate", message_id=ANSWER) == "unknown_command"
