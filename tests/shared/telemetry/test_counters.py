"""What is counted beside turns: appends decided again, sweeps and what they find, sockets, model calls that fail."""

from collections.abc import AsyncIterator
from typing import Any, cast

import pytest

from orchestration.sweeper import sweep
from shared.cosmos import Cosmos
from shared.event_log.floor import CHECK_SECONDS
from shared.event_log.log import EventLog
from shared.settings import ServiceAddress
from shared.telemetry import names
from tests.conftest import DATABASE
from tests.orchestration.turns import new_turn
from tests.shared.event_log.logs import HookedStore, adding, new_log
from tests.shared.telemetry.recorder import recorder
from tests.support.doubles import RecordingEngine
from tests.support.world import World


@pytest.fixture
async def hooked(cosmos_address: ServiceAddress) -> AsyncIterator[HookedStore]:
    store = HookedStore(cosmos_address, cast("Any", None), DATABASE)
    yield store
    await store.close()


async def test_an_append_that_lost_the_race_is_counted(cosmos: Cosmos, hooked: HookedStore) -> None:
    log = EventLog(cosmos)
    conversation_id = await new_log(log)
    before = recorder().total(names.LOG_CONFLICTS)
    hooked.before_batch = lambda: log.append(conversation_id, adding("early"))
    await EventLog(hooked).append(conversation_id, adding("late"))
    assert recorder().total(names.LOG_CONFLICTS) == before + 1


async def test_a_sweep_and_the_turn_it_found_are_counted(lonely_world: World) -> None:
    await new_turn(lonely_world)
    lonely_world.clock.advance(CHECK_SECONDS)
    sweeps = recorder().total(names.SWEEPS, what="turns")
    absent = recorder().total(names.SWEPT_TURNS, found="absent")
    await sweep(lonely_world.turn, lonely_world.engine)
    assert recorder().total(names.SWEEPS, what="turns") == sweeps + 1
    assert recorder().total(names.SWEPT_TURNS, found="absent") == absent + 1


async def test_a_conversation_the_sweeper_cannot_help_is_told_with_its_fault(
    lonely_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await new_turn(lonely_world)
    lonely_world.clock.advance(CHECK_SECONDS)
    wanted = {names.PLACE: "sweeper", names.FAULT: "app"}
    before = recorder().total(names.FAILURES, **wanted)

    async def broken(_: RecordingEngine, turn_id: str) -> str:
        raise KeyError(turn_id)

    monkeypatch.setattr(RecordingEngine, "state", broken)
    assert await sweep(lonely_world.turn, lonely_world.engine) == 1
    assert recorder().total(names.FAILURES, **wanted) == before + 1


async def test_sockets_are_counted_when_they_open_and_when_they_close(world: World) -> None:
    client = await world.client(world.person())
    wanted = {"hub": "chat", "change": "closed"}
    opened, closed = recorder().total(names.CONNECTIONS, hub="chat"), recorder().total(names.CONNECTIONS, **wanted)
    for event in ("connected", "disconnected"):
        assert (await world.upstream.handle("POST", client.headers(event), b"{}")).status == 204
    assert recorder().total(names.CONNECTIONS, hub="chat") == opened + 2
    assert recorder().total(names.CONNECTIONS, **wanted) == closed + 1
