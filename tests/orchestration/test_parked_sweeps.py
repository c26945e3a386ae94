"""The sweeper and turns that wait for a person."""

import pytest

from orchestration.sweeper import sweep
from shared.event_log.floor import CHECK_SECONDS
from shared.tools.catalog import Catalog
from tests.orchestration.carded import CATALOG, Carded, end_of, outcomes, waited
from tests.orchestration.turns import new_turn
from tests.support.world import World

HOUR_S = 3600


@pytest.fixture
async def lonely(lonely_world: World, monkeypatch: pytest.MonkeyPatch) -> Carded:
    """A turn that waits for a person, alone in its store."""
    catalog = Catalog.load(CATALOG, {})

    async def current() -> Catalog:
        return catalog

    monkeypatch.setattr(lonely_world.catalogs, "current", current)
    carded = Carded(await new_turn(lonely_world))
    carded.call_id = await carded.turn.asked_for("send")
    waited(await carded.turn.call(carded.call_id))
    return carded


async def sweep_later(carded: Carded, seconds: float) -> int:
    world = carded.turn.world
    world.clock.advance(seconds)
    return await sweep(world.turn, world.engine)


async def test_a_parked_conversation_is_left_alone_until_its_cards_time_is_over(lonely: Carded) -> None:
    assert await sweep_later(lonely, HOUR_S) == 0


async def test_the_sweeper_closes_a_card_its_turn_did_not_close(lonely: Carded) -> None:
    lonely.turn.world.engine.states[lonely.turn.turn_id] = "running"
    assert await sweep_later(lonely, HOUR_S + CHECK_SECONDS) == 1
    assert await outcomes(lonely) == ["expired"]
    assert lonely.turn.world.engine.resumed == [(lonely.turn.turn_id, 1)]


async def test_the_sweeper_raises_a_lost_floor_again(lonely: Carded) -> None:
    await lonely.answered("approve")
    world = lonely.turn.world
    world.engine.resumed.clear()
    world.engine.states[lonely.turn.turn_id] = "running"
    await sweep_later(lonely, CHECK_SECONDS)
    assert world.engine.resumed == [(lonely.turn.turn_id, 1)]


async def test_the_sweeper_sees_to_it_that_a_stopped_parked_turn_ends(lonely: Carded) -> None:
    await lonely.turn.stop()
    world = lonely.turn.world
    world.engine.stopped.clear()
    world.engine.states[lonely.turn.turn_id] = "running"
    assert await sweep_later(lonely, CHECK_SECONDS) == 1
    assert world.engine.stopped == [lonely.turn.turn_id]
    world.engine.states[lonely.turn.turn_id] = "ended"
    assert await sweep_later(lonely, CHECK_SECONDS) == 1
    assert (await end_of(lonely)).status == "stopped"
    head = await world.head(lonely.turn.session_id)
    assert (head.parked, head.claim) == ((), None)


async def test_a_parked_turn_the_engine_lost_is_started_again_and_finds_its_card(lonely: Carded) -> None:
    world = lonely.turn.world
    world.engine.started.clear()
    await sweep_later(lonely, HOUR_S + CHECK_SECONDS)
    assert world.engine.started_ids[0] == lonely.turn.turn_id
