from pathlib import Path

import durabletask.internal.orchestrator_service_pb2 as pb

from local.functions_host.durable.engine import Engine
from local.functions_host.durable.model import Limits


def _engine(state: Path, limits: Limits) -> Engine:
    engine = Engine(state, limits)
    engine.load()
    return engine


def _finish(engine: Engine, *instance_ids: str) -> None:
    for instance_id in instance_ids:
        engine.control.start(pb.CreateInstanceRequest(instanceId=instance_id, name="flow"))
        ending = pb.CompleteOrchestrationAction(orchestrationStatus=pb.ORCHESTRATION_STATUS_COMPLETED)
        action = pb.OrchestratorAction(id=-1, completeOrchestration=ending)
        episode = engine.episodes.begin(engine.hub.instances[instance_id])
        engine.episodes.complete(episode, pb.OrchestratorResponse(actions=[action]))


async def test_only_the_last_finished_instances_are_kept_in_memory_and_on_disk(tmp_path: Path) -> None:
    engine = _engine(tmp_path, Limits(keep_finished=3))
    engine.control.start(pb.CreateInstanceRequest(instanceId="open", name="flow"))
    _finish(engine, "a", "b", "c", "a", "d")
    assert set(engine.hub.instances) == {"open", "c", "a", "d"}
    assert engine.journal.history("b") == []
    await engine.close()
    again = _engine(tmp_path, Limits(keep_finished=1))
    assert set(again.hub.instances) == {"open", "d"}
    await again.close()


async def test_finished_instances_leave_when_they_are_too_old(tmp_path: Path) -> None:
    engine = _engine(tmp_path, Limits(keep_seconds=100))
    _finish(engine, "old")
    engine.hub.clock_offset = 101.0
    _finish(engine, "new")
    assert set(engine.hub.instances) == {"new"}
    await engine.close()
