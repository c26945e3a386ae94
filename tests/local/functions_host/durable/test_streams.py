import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from typing import Any

import durabletask.internal.orchestrator_service_pb2 as pb
import grpc.aio
import pytest
from durabletask.client import OrchestrationStatus
from durabletask.entities import EntityContext, EntityInstanceId
from durabletask.internal.orchestrator_service_pb2_grpc import TaskHubSidecarServiceStub
from durabletask.task import ActivityContext, OrchestrationContext, when_all
from durabletask.worker import OrchestrationWorkItemFilter, TaskHubGrpcWorker, WorkItemFilters
from google.protobuf.wrappers_pb2 import StringValue

from tests.local.functions_host.durable.plain_worker import Hub, served
from tests.local.functions_host.running import ROOT


@pytest.fixture
async def hub() -> AsyncIterator[Hub]:
    async with served() as running:
        yield running


def double(_: ActivityContext, value: int) -> int:
    return value * 2


def silent_failure(_: ActivityContext, _value: Any) -> None:
    raise RuntimeError


def doubles(ctx: OrchestrationContext, count: int) -> Any:
    results: list[int] = yield when_all([ctx.call_activity(double, input=n) for n in range(count)])
    return sum(results)


def parent(ctx: OrchestrationContext, count: int) -> Any:
    return (yield ctx.call_sub_orchestrator(doubles, input=count))


def fails(ctx: OrchestrationContext, _: Any) -> Any:
    return (yield ctx.call_activity(silent_failure, input=1))


def counter(ctx: EntityContext, value: int) -> int:
    state = ctx.get_state(int, 0) + value
    ctx.set_state(state)
    return state


def counts(ctx: OrchestrationContext, key: str) -> Any:
    entity = EntityInstanceId("counter", key)
    ctx.signal_entity(entity, "add", 3)
    return (yield ctx.call_entity(entity, "add", 4))


async def test_a_plain_worker_runs_orchestrations_activities_and_entities(hub: Hub) -> None:
    with hub.worker(parent, doubles, counts, double, entities=(counter,)):
        assert (await hub.run("parent", 60)).serialized_output == str(2 * sum(range(60)))
        assert (await hub.run("counts", "k")).serialized_output == "7"


async def test_an_activity_that_fails_without_a_message_fails(hub: Hub) -> None:
    with hub.worker(fails, silent_failure):
        state = await hub.run("fails")
    assert state.runtime_status == OrchestrationStatus.FAILED
    assert state.failure_details is not None
    assert "RuntimeError" in state.failure_details.message


async def test_work_that_no_worker_accepts_waits_for_one_that_does(hub: Hub) -> None:
    with TaskHubGrpcWorker(host_address=hub.address) as picky:
        picky.add_orchestrator(doubles)
        picky.add_orchestrator(parent)
        picky.use_work_item_filters(WorkItemFilters(orchestrations=[OrchestrationWorkItemFilter(name="parent")]))
        picky.start()
        instance_id = await hub.start("parent", 3)
        await hub.client.wait_for_orchestration_start(instance_id, timeout=20)
        assert [each.state.name for each in hub.engine.hub.ready_instances] == ["doubles"]
        with hub.worker(doubles, double):
            assert (await hub.finished(instance_id)).serialized_output == "6"


async def test_what_a_lost_stream_carried_goes_to_the_next_and_its_late_answer_is_dropped(hub: Hub) -> None:
    async with grpc.aio.insecure_channel(hub.address) as channel:
        stub: Any = TaskHubSidecarServiceStub(channel)
        instance_id = await hub.start("anything", 1)
        first = stub.GetWorkItems(pb.GetWorkItemsRequest())
        lost: pb.WorkItem = await first.read()
        first.cancel()
        second = stub.GetWorkItems(pb.GetWorkItemsRequest())
        again: pb.WorkItem = await second.read()
        assert again.orchestratorRequest.instanceId == lost.orchestratorRequest.instanceId == instance_id
        assert again.completionToken != lost.completionToken

        def ending(token: str, text: str) -> pb.OrchestratorResponse:
            completed = pb.CompleteOrchestrationAction(
                orchestrationStatus=pb.ORCHESTRATION_STATUS_COMPLETED, result=StringValue(value=text)
            )
            actions = [pb.OrchestratorAction(id=-1, completeOrchestration=completed)]
            return pb.OrchestratorResponse(instanceId=instance_id, completionToken=token, actions=actions)

        await stub.CompleteOrchestratorTask(ending(lost.completionToken, '"late"'))
        await stub.CompleteOrchestratorTask(ending(again.completionToken, '"valid"'))
        assert (await hub.finished(instance_id)).serialized_output == '"valid"'
        second.cancel()


async def test_abandoned_work_is_offered_again_and_concurrency_limits_hold(hub: Hub) -> None:
    async with grpc.aio.insecure_channel(hub.address) as channel:
        stub: Any = TaskHubSidecarServiceStub(channel)
        await hub.start("one")
        await hub.start("two")
        stream = stub.GetWorkItems(pb.GetWorkItemsRequest(maxConcurrentOrchestrationWorkItems=1))
        item: pb.WorkItem = await stream.read()
        assert item.orchestratorRequest.newEvents[-1].executionStarted.name == "one"
        assert len(hub.engine.hub.ready_instances) == 1
        abandoned = pb.AbandonOrchestrationTaskRequest(completionToken=item.completionToken)
        await stub.AbandonTaskOrchestratorWorkItem(abandoned)
        following: pb.WorkItem = await asyncio.wait_for(stream.read(), 10)
        assert following.orchestratorRequest.newEvents[-1].executionStarted.name in {"one", "two"}
        assert following.completionToken != item.completionToken
        stream.cancel()


def test_the_engine_alone_is_a_command_that_ends_cleanly() -> None:
    command = [sys.executable, "-m", "local.functions_host.durable", "--log-level", "WARNING", "--port"]
    with subprocess.Popen([*command, "0"], cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("functions_host.durable ready on http://127.0.0.1:")
        port = line.rsplit(":", 1)[1].strip()
        second = subprocess.run([*command, port], cwd=ROOT, capture_output=True, text=True, check=False, timeout=20)
        assert second.returncode == 1
        assert f"port {port} is in use" in second.stderr
        process.terminate()
        assert process.wait(timeout=5) == 0
