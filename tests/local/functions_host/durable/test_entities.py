import asyncio
import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from durabletask.client import EntityQuery
from durabletask.entities import EntityContext, EntityInstanceId
from durabletask.task import OrchestrationContext

from tests.local.functions_host.durable.plain_worker import Hub, served

KEPT, GONE = EntityInstanceId("counter", "kept"), EntityInstanceId("counter", "gone")


def counter(ctx: EntityContext, value: Any) -> Any:
    """Add the input; `delete` deletes; `remind` signals the kept one an hour from now."""
    if ctx.operation == "delete":
        ctx.set_state(None)
        return None
    if ctx.operation == "remind":
        ctx.signal_entity(KEPT, "add", value, datetime.now(UTC) + timedelta(hours=1))
        return None
    state = ctx.get_state(int, 0) + value
    ctx.set_state(state)
    return state


def add(ctx: OrchestrationContext, value: int) -> Any:
    return (yield ctx.call_entity(KEPT, "add", value))


def later(ctx: OrchestrationContext, value: int) -> None:
    ctx.signal_entity(KEPT, "add", value, signal_time=ctx.current_utc_datetime + timedelta(hours=1))


def locks_and_waits(ctx: OrchestrationContext, _: Any) -> Any:
    with (yield ctx.lock_entities([KEPT])):
        yield ctx.wait_for_external_event("go")


@pytest.fixture
async def hub() -> AsyncIterator[Hub]:
    async with served() as running:
        with running.worker(add, later, locks_and_waits, entities=(counter,)):
            yield running


async def _until(condition: Callable[[], bool]) -> None:
    for _ in range(400):
        if condition():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("waited in vain")


def _jump(hub: Hub, seconds: float) -> None:
    with hub.engine.hub.step():
        hub.engine.hub.clock_offset = seconds


def _state(hub: Hub, entity: EntityInstanceId) -> str | None:
    found = hub.engine.hub.entities.get(str(entity))
    return None if found is None else found.state


async def test_a_deleted_entity_is_absent_and_its_remains_can_be_cleaned_away(hub: Hub) -> None:
    for entity in (KEPT, GONE):
        await hub.client.signal_entity(entity, "add", 1)
    await _until(lambda: (_state(hub, KEPT), _state(hub, GONE)) == ("1", "1"))
    await hub.client.signal_entity(GONE, "delete")
    await _until(lambda: _state(hub, GONE) is None)
    assert await hub.client.get_entity(GONE) is None
    assert [str(each.id) for each in await hub.client.get_all_entities()] == [str(KEPT)]
    transient = await hub.client.get_all_entities(EntityQuery(include_transient=True))
    assert {str(each.id) for each in transient} == {str(KEPT), str(GONE)}
    assert (await hub.client.clean_entity_storage()).empty_entities_removed == 1
    assert set(hub.engine.hub.entities) == {str(KEPT)}


async def test_entities_are_found_by_prefix_and_time_in_pages(hub: Hub) -> None:
    keys = [f"k{n}" for n in range(5)]
    for key in keys:
        await hub.client.signal_entity(EntityInstanceId("counter", key), "add", 1)
    await _until(lambda: all(_state(hub, EntityInstanceId("counter", key)) == "1" for key in keys))
    found = await hub.client.get_all_entities(EntityQuery(instance_id_starts_with="@counter@k", page_size=2))
    assert [each.id.key for each in found] == keys
    past = EntityQuery(last_modified_to=datetime.now(UTC) - timedelta(minutes=1))
    assert await hub.client.get_all_entities(past) == []
    assert len(await hub.client.get_all_entities(EntityQuery(instance_id_starts_with="@other@"))) == 0


async def test_delayed_signals_of_clients_orchestrations_and_entities_wait_for_their_time(hub: Hub) -> None:
    await hub.client.signal_entity(KEPT, "add", 1, datetime.now(UTC) + timedelta(hours=1))
    await hub.finished(await hub.start("later", 10))
    await hub.client.signal_entity(GONE, "remind", 100)
    await _until(lambda: len(hub.engine.journal.alarms()) == 3)
    assert (await hub.run("add", 1000)).serialized_output == "1000"
    _jump(hub, 3700.0)
    await _until(lambda: _state(hub, KEPT) == "1111")
    assert hub.engine.journal.alarms() == []


@pytest.mark.parametrize("way", ["terminated", "replaced", "vanished"])
async def test_a_lock_never_outlives_its_orchestration(hub: Hub, way: str) -> None:
    holder = await hub.start("locks_and_waits")
    await _until(lambda: any(each.locked_by for each in hub.engine.hub.entities.values()))
    waiting = await hub.start("add", 1)
    if way == "terminated":
        await hub.client.terminate_orchestration(holder)
    elif way == "replaced":
        with hub.engine.hub.step():
            hub.engine.hub.remove(hub.engine.hub.instances[holder])
    else:
        await hub.client.wait_for_orchestration_start(waiting)
        del hub.engine.hub.instances[holder]
        assert (await hub.client.clean_entity_storage()).orphaned_locks_released == 1
    assert (await hub.finished(waiting)).serialized_output == "1"


async def test_a_scheduled_signal_in_the_past_is_delivered_at_once(hub: Hub) -> None:
    await hub.client.signal_entity(KEPT, "add", 1, datetime.fromtimestamp(time.time() - 60, UTC))
    await _until(lambda: _state(hub, KEPT) == "1")
