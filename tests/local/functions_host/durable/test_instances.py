import asyncio
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from durabletask.client import OrchestrationStatus
from durabletask.task import OrchestrationContext

from tests.local.functions_host.durable.plain_worker import Hub, served


def names_parent(ctx: OrchestrationContext, _: Any) -> Any:
    return ctx.parent_instance_id


def calls_child(ctx: OrchestrationContext, _: Any) -> Any:
    return (yield ctx.call_sub_orchestrator(names_parent))


def sleeps(ctx: OrchestrationContext, hours: int) -> Any:
    yield ctx.create_timer(timedelta(hours=hours))


def tree(ctx: OrchestrationContext, depth: int) -> Any:
    if depth:
        yield ctx.call_sub_orchestrator(tree, input=depth - 1, instance_id=f"depth-{depth - 1}")
    else:
        yield ctx.create_timer(timedelta(hours=1))


@pytest.fixture
async def hub() -> AsyncIterator[Hub]:
    async with served() as running:
        with running.worker(names_parent, calls_child, sleeps, tree):
            yield running


async def test_a_child_knows_its_parent_and_a_root_has_none(hub: Hub) -> None:
    instance_id = await hub.start("calls_child")
    assert (await hub.finished(instance_id)).serialized_output == f'"{instance_id}"'
    assert (await hub.run("names_parent")).serialized_output in {None, "null"}


async def test_the_timers_of_a_terminated_instance_are_gone(hub: Hub) -> None:
    instance_id = await hub.start("sleeps", 1)
    await _alarms(hub, 1)
    await hub.client.terminate_orchestration(instance_id)
    assert (await hub.finished(instance_id)).runtime_status == OrchestrationStatus.TERMINATED
    assert hub.engine.journal.alarms() == []


@pytest.mark.parametrize("recursive", [True, False])
async def test_a_recursive_terminate_reaches_every_descendant(hub: Hub, *, recursive: bool) -> None:
    root = await hub.start("tree", 2, instance_id="root")
    await _alarms(hub, 1)
    await hub.client.terminate_orchestration(root, recursive=recursive)
    assert (await hub.finished(root)).runtime_status == OrchestrationStatus.TERMINATED
    if recursive:
        for child in ("depth-1", "depth-0"):
            assert (await hub.finished(child)).runtime_status == OrchestrationStatus.TERMINATED
    else:
        state = await hub.client.get_orchestration_state("depth-1")
        assert state is not None
        assert state.runtime_status == OrchestrationStatus.RUNNING


async def test_a_wait_without_a_deadline_does_not_give_up(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    instance_id = await hub.start("sleeps", 2)
    await _alarms(hub, 1)
    waiting = asyncio.ensure_future(hub.engine.hub.wait_for(instance_id, lambda each: each.finished))
    loop, offset = asyncio.get_running_loop(), 3600.0
    with monkeypatch.context() as patched:
        # Whatever waits on the loop for less than an hour is due at once.
        patched.setattr(loop, "time", lambda: time.monotonic() + offset)
        for _ in range(10):
            await asyncio.sleep(0)
    assert not waiting.done()
    with hub.engine.hub.step():
        hub.engine.hub.clock_offset = 7300.0
    assert (await asyncio.wait_for(waiting, 10)).finished


async def _alarms(hub: Hub, count: int) -> None:
    for _ in range(400):
        if len(hub.engine.journal.alarms()) == count:
            return
        await asyncio.sleep(0.02)
    raise AssertionError("waited in vain for a timer")
