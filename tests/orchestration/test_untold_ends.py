"""Ends that were stored and never told: the floor is free, so only a mark in the head brings anybody back to them."""

import pytest

from orchestration.sweeper import sweep
from shared.errors import PublishFailed
from shared.event_log import floor
from shared.event_log.floor import CHECK_SECONDS, MAX_UNTOLD
from shared.event_log.head import Head, Waiting
from shared.usage.account import day_of
from shared.usage.documents import person_account
from tests.orchestration.endings import told_ends
from tests.orchestration.tool_calls import Crash
from tests.orchestration.turns import Turn, new_turn
from tests.support.doubles import Sent, answer
from tests.support.world import World


@pytest.fixture
async def turn(lonely_world: World) -> Turn:
    """A turn that has its answer; it alone is in its store."""
    turn = await new_turn(lonely_world)
    await turn.step(0, *answer("All is well."))
    return turn


async def _sweep_later(turn: Turn) -> int:
    turn.world.clock.advance(CHECK_SECONDS)
    return await sweep(turn.world.turn, turn.world.engine)


async def _turns_counted(turn: Turn) -> int:
    account = person_account(turn.client.principal)
    return (await turn.world.spending.ledger.totals(account, day_of(turn.world.clock()))).turns


def _nothing_gets_through(turn: Turn) -> None:
    turn.world.hub.refuse = lambda sent: sent.type == "chat_response"


async def _nobody_looks_again(turn: Turn) -> bool:
    head = await turn.world.head(turn.session_id)
    return (head.untold, head.claim) == ((), None) and await _sweep_later(turn) == 0


async def test_an_end_the_sweeper_stored_and_died_behind_is_told_by_the_next_sweep(
    turn: Turn, monkeypatch: pytest.MonkeyPatch
) -> None:
    turn.world.engine.states[turn.turn_id] = "ended"

    def dies(_: Sent) -> bool:
        raise Crash

    turn.world.hub.refuse = dies
    with pytest.raises(Crash):
        await _sweep_later(turn)
    turn.world.hub.refuse = lambda _: False
    assert (await turn.world.head(turn.session_id)).active_turn is None
    assert await _sweep_later(turn) == 1
    assert [end["response"] for end in told_ends(turn)] == ["All is well."]
    assert await _nobody_looks_again(turn)


async def test_an_end_nobody_could_be_told_is_told_by_the_sweeper_once_the_engine_gave_up(turn: Turn) -> None:
    _nothing_gets_through(turn)
    for _ in range(2):
        with pytest.raises(PublishFailed):
            await turn.finish()
    await _sweep_later(turn)
    assert told_ends(turn) == []
    turn.world.hub.refuse = lambda _: False
    assert await _sweep_later(turn) == 1
    assert [(end["status"], end["response"]) for end in told_ends(turn)] == [("completed", "All is well.")]
    assert await _nobody_looks_again(turn)


async def test_what_a_turn_used_is_counted_though_its_end_could_not_be_told_at_first(turn: Turn) -> None:
    _nothing_gets_through(turn)
    with pytest.raises(PublishFailed):
        await turn.finish()
    assert await _turns_counted(turn) == 0
    turn.world.hub.refuse = lambda _: False
    await _sweep_later(turn)
    assert await _turns_counted(turn) == 1


async def test_the_turn_that_follows_is_watched_beside_an_end_that_is_untold(turn: Turn) -> None:
    following = await turn.next_turn()
    _nothing_gets_through(turn)
    with pytest.raises(PublishFailed):
        await turn.finish()
    turn.world.hub.refuse = lambda _: False
    await _sweep_later(turn)
    assert [end["turn_id"] for end in told_ends(turn)] == [turn.turn_id]
    assert turn.world.engine.started_ids[-1] == following.turn_id
    head = await turn.world.head(turn.session_id)
    assert (head.untold, head.active_turn and head.active_turn.turn_id) == ((), following.turn_id)


async def test_an_end_that_was_told_leaves_no_mark(turn: Turn) -> None:
    await turn.finish()
    assert await _nobody_looks_again(turn)


def test_the_head_keeps_the_latest_untold_ends_only() -> None:
    head = Head(owner="o", created_at="", updated_at="")
    for number in range(MAX_UNTOLD + 1):
        head = floor.untold(head, Waiting(turn_id=f"t{number}", asker="a", question_seq=number), 0.0)
    assert [turn.turn_id for turn in head.untold] == [f"t{number}" for number in range(1, MAX_UNTOLD + 1)]
