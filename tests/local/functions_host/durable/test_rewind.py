import asyncio
import threading
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import grpc
import pytest
from durabletask.client import OrchestrationStatus
from durabletask.task import ActivityContext, OrchestrationContext, when_all

from tests.local.functions_host.durable.plain_worker import Hub, served


class Calls:
    """Activities that remember their calls; `fix()` repairs the broken one."""

    def __init__(self) -> None:
        self.made: list[str] = []
        self.broken = True

    def fix(self) -> None:
        self.made.clear()
        self.broken = False

    def works(self) -> Any:
        def works(_: ActivityContext, value: str) -> str:
            self.made.append(f"works {value}")
            return value

        return works

    def breaks(self) -> Any:
        def breaks(_: ActivityContext, value: str) -> str:
            self.made.append(f"breaks {value}")
            if self.broken:
                raise RuntimeError("not yet")
            return value

        return breaks


def sequence(ctx: OrchestrationContext, _: Any) -> Any:
    first = yield ctx.call_activity("works", input="a")
    second = yield ctx.call_activity("breaks", input="b")
    return first + second


def parallel(ctx: OrchestrationContext, _: Any) -> Any:
    """Fails while another activity, a timer and a sub-orchestration are still under way."""
    held = ctx.call_activity("held", input="h")
    child = ctx.call_sub_orchestrator("waits", instance_id="child")
    timer = ctx.create_timer(timedelta(seconds=0.3))
    first = yield ctx.call_activity("breaks", input="b")
    found = yield when_all([held, child, timer])
    return [first, *found[:2]]


def waits(ctx: OrchestrationContext, _: Any) -> Any:
    return (yield ctx.wait_for_external_event("go"))


def grandparent(ctx: OrchestrationContext, _: Any) -> Any:
    return (yield ctx.call_sub_orchestrator("sequence", instance_id="child"))


@pytest.fixture
async def hub() -> AsyncIterator[Hub]:
    async with served() as running:
        yield running


@pytest.fixture
def calls() -> Calls:
    return Calls()


async def test_a_rewound_orchestration_repeats_only_what_failed(hub: Hub, calls: Calls) -> None:
    with hub.worker(sequence, calls.works(), calls.breaks()):
        instance_id = await hub.start("sequence")
        assert (await hub.finished(instance_id)).runtime_status == OrchestrationStatus.FAILED
        await hub.client.rewind_orchestration(instance_id, reason="again")
        assert (await hub.finished(instance_id)).runtime_status == OrchestrationStatus.FAILED
        calls.fix()
        await hub.client.rewind_orchestration(instance_id)
        done = await hub.finished(instance_id)
    assert done.serialized_output == '"ab"'
    assert done.failure_details is None
    assert calls.made == ["breaks b"]


@pytest.mark.parametrize("purged", [False, True])
async def test_a_failed_child_is_rewound_or_started_anew_when_purged(hub: Hub, calls: Calls, *, purged: bool) -> None:
    with hub.worker(grandparent, sequence, calls.works(), calls.breaks()):
        instance_id = await hub.start("grandparent")
        assert (await hub.finished(instance_id)).runtime_status == OrchestrationStatus.FAILED
        calls.fix()
        if purged:
            await hub.client.purge_orchestration("child")
        await hub.client.rewind_orchestration(instance_id)
        assert (await hub.finished(instance_id)).serialized_output == '"ab"'
    assert calls.made == (["works a", "breaks b"] if purged else ["breaks b"])


async def test_what_was_under_way_at_the_failure_goes_on_after_the_rewind(hub: Hub, calls: Calls) -> None:
    begun, release = threading.Event(), threading.Event()

    def held(_: ActivityContext, value: str) -> str:
        begun.set()
        release.wait(20)
        return value

    with hub.worker(parallel, waits, held, calls.breaks()):
        instance_id = await hub.start("parallel")
        assert (await hub.finished(instance_id)).runtime_status == OrchestrationStatus.FAILED
        assert await asyncio.to_thread(begun.wait, 20)
        release.set()
        calls.fix()
        await hub.client.rewind_orchestration(instance_id)
        await hub.client.raise_orchestration_event("child", "go", data="c")
        assert (await hub.finished(instance_id)).serialized_output == '["b", "h", "c"]'


async def test_only_a_failed_instance_can_be_rewound(hub: Hub, calls: Calls) -> None:
    with pytest.raises(grpc.RpcError, match="No instance"):
        await hub.client.rewind_orchestration("nobody")
    calls.fix()
    with hub.worker(sequence, calls.works(), calls.breaks()):
        instance_id = await hub.start("sequence")
        await hub.finished(instance_id)
        with pytest.raises(grpc.RpcError, match="has not failed"):
            await hub.client.rewind_orchestration(instance_id)
