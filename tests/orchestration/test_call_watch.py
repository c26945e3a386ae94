"""Calls while they run: their progress, what they ask over a connection held open, and stopping them."""

import asyncio

import pytest

from orchestration import call_watch
from orchestration.closing import SENT
from shared.tools.outcome import InputAnswer
from tests.orchestration.carded import Carded
from tests.orchestration.test_call_input import FILLED, FORM
from tests.support.doubles import Sent


def card_shown(carded: Carded) -> asyncio.Event:
    """Return what is set once a card has been told."""
    shown = asyncio.Event()

    def saw(sent: Sent) -> bool:
        if sent.type == "question.opened":
            shown.set()
        return False

    carded.turn.world.hub.refuse = saw
    return shown


async def test_progress_is_told_to_those_who_read_along_but_not_more_often_than_anybody_can_see(
    carded: Carded,
) -> None:
    world = carded.turn.world

    async def work() -> None:
        observer = world.tools.observer
        assert observer is not None
        for step in range(5):
            await observer.progress(step, 5, "working")

    world.tools.during = work
    assert await carded.turn.call(await carded.turn.asked_for("find")) == "completed"
    told = [sent for sent in world.hub.sent if sent.type == "tool_call.progress"]
    assert [(sent.target, sent.event["progress"], sent.event["message"]) for sent in told] == [
        (f"d-{carded.turn.session_id}", 0.0, "working")
    ]


async def test_a_server_that_holds_its_connection_gets_its_answer_while_the_turn_stays_on_the_floor(
    carded: Carded,
) -> None:
    world, got, shown = carded.turn.world, list[InputAnswer](), card_shown(carded)

    async def asks() -> None:
        observer = world.tools.observer
        assert observer is not None
        asking = asyncio.create_task(observer.ask(FORM))
        await shown.wait()
        assert (await world.head(carded.turn.session_id)).active_turn is not None
        await carded.answered("accept", values={"budget": 7})
        got.append(await asking)

    world.tools.during = asks
    assert await carded.turn.call(await carded.turn.asked_for("find")) == "completed"
    assert got == [FILLED]
    assert (await world.head(carded.turn.session_id)).cards == ()


async def test_a_server_that_holds_its_connection_is_not_kept_waiting_for_ever(
    carded: Carded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(call_watch, "LIVE_EXPIRY_S", 0.1)
    world, got = carded.turn.world, list[InputAnswer]()

    async def asks() -> None:
        observer = world.tools.observer
        assert observer is not None
        got.append(await observer.ask(FORM))

    world.tools.during = asks
    assert await carded.turn.call(await carded.turn.asked_for("find")) == "completed"
    assert [answer.action for answer in got] == ["cancel"]
    assert [closed.outcome for closed in await carded.closed()] == ["expired"]


async def test_a_stop_cancels_the_call_that_runs_and_leaves_its_end_to_the_turn(carded: Carded) -> None:
    world, cancelled = carded.turn.world, asyncio.Event()

    async def long() -> None:
        await carded.turn.stop()
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    world.tools.during = long
    async with asyncio.timeout(10):
        assert await carded.turn.call(await carded.turn.asked_for("write")) == "cancelled"
    assert cancelled.is_set()
    await carded.turn.finish("stopped")
    record = await world.log.record(carded.turn.session_id)
    assert record.private_texts[f"{carded.turn.turn_id}.0.0"] == SENT


async def test_a_card_of_a_running_call_is_closed_with_its_turn(carded: Carded) -> None:
    world, shown = carded.turn.world, card_shown(carded)

    async def asks() -> None:
        observer = world.tools.observer
        assert observer is not None
        await observer.ask(FORM)

    world.tools.during = asks
    call_id = await carded.turn.asked_for("find")
    calling = asyncio.create_task(carded.turn.call(call_id))
    async with asyncio.timeout(10):
        await shown.wait()
        await carded.turn.stop()
        assert await calling == "cancelled"
    await carded.turn.finish("stopped")
    assert [closed.outcome for closed in await carded.closed()] == ["cancelled"]
    assert (await world.head(carded.turn.session_id)).cards == ()
