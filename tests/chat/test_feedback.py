"""Votes on tool calls and answers: who may give them, what they leave in the log, and that they count once."""

import asyncio
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from shared import ids
from shared.containers import INSIGHTS
from shared.protocol.durable import FeedbackRecorded
from shared.votes import ToolVote, VoteNote, Wanted
from tests.orchestration.turns import Turn, new_turn
from tests.support.client import Client
from tests.support.doubles import answer
from tests.support.world import ADA, World


@dataclass(slots=True)
class Judged:
    """A turn that called one tool and answered."""

    turn: Turn
    call_id: str
    answer_id: str

    def frame(self, **fields: Any) -> dict[str, Any]:
        return {"type": "feedback.record", "conversation_id": self.turn.session_id, **fields}

    async def vote(self, vote: str, **fields: Any) -> dict[str, Any]:
        told = await self.turn.client.send(self.frame(call_id=self.call_id, vote=vote, **fields))
        return told.event


async def judged(world: World) -> Judged:
    turn = await new_turn(world)
    call_id = await turn.asked_for("find")
    await turn.call(call_id)
    await turn.step(1, *answer("You have three deals."))
    await turn.finish()
    return Judged(turn=turn, call_id=call_id, answer_id=ids.step_message(turn.turn_id, 1))


async def counted(world: World, of: Judged) -> list[VoteNote]:
    """Return the votes with a note on calls of this conversation."""
    notes = await world.chat.feedback.notes(everything(), 50)
    return [note for note in notes if note.conversation_id == of.turn.session_id]


def everything() -> Wanted:
    return Wanted(first=datetime(2026, 1, 1, tzinfo=UTC).date(), last=datetime(2026, 12, 31, tzinfo=UTC).date())


async def recorded(world: World, of: Judged) -> list[FeedbackRecorded]:
    return [e for e in await world.events(of.turn.session_id) if isinstance(e, FeedbackRecorded)]


async def test_a_vote_on_a_call_is_stored_told_and_counted_with_the_persons_roles(world: World) -> None:
    of = await judged(world)
    accepted = await of.vote("useful", note="  Just what I needed. ", command_id="c1")
    (event,) = await recorded(world, of)
    assert (accepted["type"], accepted["command_id"], accepted["seq"]) == ("command.accepted", "c1", event.seq)
    assert (event.actor.id, event.call_id, event.message_id) == (of.turn.client.principal, of.call_id, None)
    assert (event.vote, event.note, event.server, event.tool) == ("useful", "Just what I needed.", "crm", "find")
    assert world.hub.to(ids.audience_group(of.turn.session_id))[-1] == event.model_dump(mode="json")
    (note,) = await counted(world, of)
    assert (note.call_id, note.server, note.tool, note.vote) == (of.call_id, "crm", "find", "useful")
    assert (note.roles, note.note, note.at) == (("Sales",), "Just what I needed.", event.at)


async def test_the_latest_vote_of_a_person_takes_the_place_of_the_one_before(world: World) -> None:
    of = await judged(world)
    await of.vote("useful", note="good", command_id="c1")
    world.clock.advance(40 * 24 * 3600)
    await world.sign_in(of.turn.client.principal)
    await of.vote("wrong", note="after all not", command_id="c2")
    assert [event.vote for event in await recorded(world, of)] == ["useful", "wrong"]
    assert [(note.vote, note.note) for note in await counted(world, of)] == [("wrong", "after all not")]


async def test_a_command_that_is_delivered_twice_is_recorded_and_counted_once(world: World) -> None:
    of = await judged(world)
    assert await of.vote("slow", note="ten seconds", command_id="c1") == await of.vote(
        "slow", note="ten seconds", command_id="c1"
    )
    assert len(await recorded(world, of)) == 1
    assert [note.vote for note in await counted(world, of)] == ["slow"]


async def test_a_redelivery_of_an_old_vote_does_not_undo_a_newer_one(world: World) -> None:
    of = await judged(world)
    await of.vote("useful", note="old", command_id="c1")
    await of.vote("unsafe", note="new", command_id="c2")
    await of.vote("useful", note="old", command_id="c1")
    assert [note.vote for note in await counted(world, of)] == ["unsafe"]


async def test_a_vote_that_was_stored_but_not_told_is_told_and_counted_by_the_next_delivery(world: World) -> None:
    of = await judged(world)
    headers = of.turn.client.headers()
    frame = json.dumps(of.frame(call_id=of.call_id, vote="wrong", note="no", command_id="c1")).encode()
    world.hub.refuse = lambda sent: sent.type == "feedback.recorded"
    assert (await world.upstream.handle("POST", headers, frame)).status == 503
    world.hub.refuse = lambda _: False
    assert (await world.upstream.handle("POST", headers, frame)).status == 200
    assert world.hub.types(ids.audience_group(of.turn.session_id)).count("feedback.recorded") == 1
    assert [note.vote for note in await counted(world, of)] == ["wrong"]


async def test_a_command_id_does_not_serve_for_other_feedback(world: World) -> None:
    of = await judged(world)
    await of.vote("useful", command_id="c1")
    refused = await of.vote("wrong", command_id="c1")
    assert (refused["type"], refused["code"]) == ("error", "message_conflict")
    assert [event.vote for event in await recorded(world, of)] == ["useful"]


async def test_an_answer_can_be_voted_up_or_down_and_names_no_tool(world: World) -> None:
    of = await judged(world)
    told = await of.turn.client.send(of.frame(message_id=of.answer_id, vote="down", note="too long"))
    assert told.event["type"] == "command.accepted"
    (event,) = await recorded(world, of)
    assert (event.message_id, event.call_id, event.vote, event.server, event.tool) == (
        of.answer_id,
        None,
        "down",
        None,
        None,
    )
    assert await counted(world, of) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"vote": "useful"},
        {"vote": "useful", "call_id": "t.0.0", "message_id": "t.0"},
        {"vote": "up", "call_id": "t.0.0"},
        {"vote": "useful", "message_id": "t.0"},
        {"vote": "brilliant", "call_id": "t.0.0"},
        {"vote": "useful", "call_id": "t.0.0", "note": "x" * 2001},
    ],
)
async def test_a_vote_needs_one_target_and_a_vote_of_its_kind(world: World, fields: dict[str, Any]) -> None:
    client = await world.client(world.person())
    told = await client.send({"type": "feedback.record", "conversation_id": await client.open(), **fields})
    assert told.code == "invalid_command"


async def test_only_what_the_coach_said_and_calls_that_ended_can_be_judged(world: World) -> None:
    turn = await new_turn(world)
    call_id = await turn.asked_for("find")
    of = Judged(turn=turn, call_id=call_id, answer_id="")
    frames = [
        of.frame(call_id=call_id, vote="slow"),
        of.frame(call_id=ids.step_message(turn.turn_id, 0), vote="slow"),
        of.frame(message_id=ids.question_message(turn.turn_id), vote="up"),
        of.frame(message_id=call_id, vote="up"),
        of.frame(message_id="nothing", vote="up"),
    ]
    assert {(await turn.client.send(frame)).code for frame in frames} == {"message_not_found"}
    assert await recorded(world, of) == []


async def test_a_foreign_conversation_looks_missing(world: World) -> None:
    of = await judged(world)
    stranger: Client = await world.client(world.person(ADA))
    told = await stranger.send(of.frame(call_id=of.call_id, vote="unsafe"))
    assert told.code == "conversation_not_found"
    assert await recorded(world, of) == []


async def test_votes_put_in_any_order_leave_the_newest(world: World) -> None:
    session = f"s_{world.person()}"

    def vote(seq: int) -> ToolVote:
        return ToolVote(
            conversation_id=session,
            call_id="t.0.0",
            person="tenant.ada",
            seq=seq,
            day="2026-03-02",
            at=f"2026-03-02T09:00:0{seq}.000Z",
            server="crm",
            tool="find",
            roles=(),
            vote="useful" if seq % 2 else "slow",
            note=f"n{seq}",
        )

    for seq in (4, 2, 5, 5, 1):
        await world.chat.feedback.put(vote(seq))
    notes = await world.chat.feedback.notes(everything(), 500)
    assert [note.note for note in notes if note.conversation_id == session] == ["n5"]


async def test_votes_put_at_the_same_time_leave_the_newest(world: World) -> None:
    of = await judged(world)
    seqs = range(100, 108)
    votes = [
        ToolVote(
            conversation_id=of.turn.session_id,
            call_id=of.call_id,
            person=of.turn.client.principal,
            seq=seq,
            day="2026-03-02",
            at="2026-03-02T09:00:00.000Z",
            server="crm",
            tool="find",
            roles=("Sales",),
            vote="useful",
            note=f"n{seq}",
        )
        for seq in seqs
    ]
    await asyncio.gather(*(world.chat.feedback.put(vote) for vote in votes))
    assert [note.note for note in await counted(world, of)] == [f"n{seqs[-1]}"]


async def test_of_a_forgotten_conversation_only_the_bare_vote_is_left(world: World) -> None:
    of, other = await judged(world), await judged(world)
    await of.vote("wrong", note="secret")
    await other.vote("slow", note="kept")
    day = world.clock().date()
    for _ in range(2):
        await world.chat.feedback.forget(of.turn.session_id, day, day)
    assert await counted(world, of) == []
    assert [note.note for note in await counted(world, other)] == ["kept"]
    stored = await world.cosmos.read(
        INSIGHTS, "tool-feedback.2026-03", ids.vote(of.turn.session_id, of.call_id, of.turn.client.principal)
    )
    assert stored is not None
    assert (stored["vote"], stored["server"], stored["tool"], stored["roles"]) == ("wrong", "crm", "find", ["Sales"])
    known = json.dumps(stored)
    assert not [word for word in ("secret", of.turn.session_id, of.call_id) if word in known]
