"""Votes on answers are counted with the prompt the answer was written with: each person's latest, once."""

import asyncio
import json
from datetime import date
from typing import Any

import pytest

from shared import ids
from shared.containers import INSIGHTS
from shared.protocol.durable import FeedbackRecorded
from shared.votes import AnswerTally, AnswerVote, Wanted
from tests.orchestration.turns import Turn, new_turn
from tests.support.doubles import answer
from tests.support.world import World

YEAR = Wanted(first=date(2026, 1, 1), last=date(2026, 12, 31))


@pytest.fixture
async def turn(lonely_world: World) -> Turn:
    """A turn that answered, in a world without any other votes."""
    asked = await new_turn(lonely_world)
    await asked.step(0, *answer("You have three deals."))
    await asked.finish()
    return asked


async def _vote(turn: Turn, vote: str, **fields: Any) -> dict[str, Any]:
    message_id = ids.step_message(turn.turn_id, 0)
    frame = {"type": "feedback.record", "conversation_id": turn.session_id, "message_id": message_id, "vote": vote}
    return (await turn.client.send(frame | fields)).event


async def _tallies(turn: Turn) -> list[AnswerTally]:
    return await turn.world.feedback.answer_tallies(YEAR)


async def _notes(turn: Turn) -> list[tuple[str, str]]:
    return [(note.vote, note.note) for note in await turn.world.feedback.answer_notes(YEAR, 50)]


async def test_a_vote_is_counted_with_the_prompt_the_month_and_the_persons_roles(turn: Turn) -> None:
    await _vote(turn, "down", note="too long")
    pinned = (await turn.world.head(turn.session_id)).manifest_id
    assert pinned is not None
    manifest = await turn.world.log.manifest(turn.session_id, pinned)
    assert manifest is not None
    (tally,) = await _tallies(turn)
    month = turn.world.clock().isoformat()[:7]
    assert tally == AnswerTally(
        prompt=manifest.prompt, prompt_version=manifest.prompt_version, month=month, roles=("Sales",), vote="down"
    )
    (note,) = await turn.world.feedback.answer_notes(YEAR, 50)
    assert (note.conversation_id, note.message_id) == (turn.session_id, ids.step_message(turn.turn_id, 0))
    assert (note.vote, note.note, note.roles) == ("down", "too long", ("Sales",))
    assert await turn.world.feedback.tallies(YEAR) == []


async def test_a_changed_vote_takes_the_place_of_the_one_before_also_in_another_month(turn: Turn) -> None:
    month = turn.world.clock().isoformat()[:7]
    await _vote(turn, "up", note="good", command_id="c1")
    turn.world.clock.advance(40 * 24 * 3600)
    await turn.world.sign_in(turn.client.principal)
    await _vote(turn, "down", note="after all not", command_id="c2")
    assert [(tally.vote, tally.month) for tally in await _tallies(turn)] == [("down", month)]
    assert await _notes(turn) == [("down", "after all not")]


async def test_a_vote_that_is_delivered_twice_counts_once(turn: Turn) -> None:
    assert await _vote(turn, "up", command_id="c1") == await _vote(turn, "up", command_id="c1")
    events = [e for e in await turn.world.events(turn.session_id) if isinstance(e, FeedbackRecorded)]
    assert (len(events), len(await _tallies(turn))) == (1, 1)


async def test_a_redelivery_of_an_old_vote_does_not_undo_a_newer_one(turn: Turn) -> None:
    await _vote(turn, "up", command_id="c1")
    await _vote(turn, "down", command_id="c2")
    await _vote(turn, "up", command_id="c1")
    assert [tally.vote for tally in await _tallies(turn)] == ["down"]


async def test_a_vote_that_was_stored_but_not_told_is_counted_once_by_the_next_delivery(turn: Turn) -> None:
    turn.world.hub.refuse = lambda sent: sent.type == "feedback.recorded"
    message_id = ids.step_message(turn.turn_id, 0)
    frame = {"type": "feedback.record", "conversation_id": turn.session_id, "message_id": message_id, "vote": "up"}
    headers, body = turn.client.headers(), json.dumps(frame | {"command_id": "c1"}).encode()
    assert (await turn.world.upstream.handle("POST", headers, body)).status == 503
    turn.world.hub.refuse = lambda _: False
    assert (await turn.world.upstream.handle("POST", headers, body)).status == 200
    assert [tally.vote for tally in await _tallies(turn)] == ["up"]


async def test_votes_put_at_the_same_time_leave_the_newest(turn: Turn) -> None:
    def vote(seq: int) -> AnswerVote:
        return AnswerVote(
            conversation_id=turn.session_id,
            message_id="t.0",
            person="tenant.ada",
            seq=seq,
            day="2026-03-02",
            at="2026-03-02T09:00:00.000Z",
            prompt="coach",
            prompt_version="v1",
            roles=(),
            vote="up",
            note=f"n{seq}",
        )

    await asyncio.gather(*(turn.world.feedback.put(vote(seq)) for seq in (4, 2, 7, 7, 1)))
    assert await _notes(turn) == [("up", "n7")]


async def test_the_beginning_of_an_answer_names_no_manifest_and_counts_without_a_prompt(turn: Turn) -> None:
    cut = await turn.next_turn()
    texts = cut.world.turn.live
    live = await texts.claim(cut.session_id, cut.turn_id, 0, texts.last_written(cut.session_id))
    await texts.checkpoint(cut.session_id, live, "You have")
    await cut.finish("stopped")
    await _vote(cut, "down")
    assert [(tally.prompt, tally.prompt_version) for tally in await _tallies(cut)] == [("", "")]


async def test_of_a_forgotten_conversation_only_the_bare_vote_is_left(turn: Turn) -> None:
    await _vote(turn, "down", note="secret")
    day = turn.world.clock().date()
    for _ in range(2):
        await turn.world.feedback.forget(turn.session_id, day, day)
    assert await _notes(turn) == []
    assert [tally.vote for tally in await _tallies(turn)] == ["down"]
    message_id = ids.step_message(turn.turn_id, 0)
    part = f"answer-feedback.{day.isoformat()[:7]}"
    kept = await turn.world.cosmos.read(INSIGHTS, part, ids.vote(turn.session_id, message_id, turn.client.principal))
    assert kept is not None
    assert not [word for word in ("secret", turn.session_id, message_id) if word in json.dumps(kept)]
