from collections.abc import Iterator
from pathlib import Path

import durabletask.internal.orchestrator_service_pb2 as pb
import pytest
from google.protobuf.wrappers_pb2 import StringValue

from local.functions_host.durable import events
from local.functions_host.durable.engine import Engine
from local.functions_host.durable.errors import AlreadyExistsError, InvalidError, NotFoundError, TooLargeError
from local.functions_host.durable.model import Limits


def _engine(state: Path | None = None, limits: Limits | None = None) -> Engine:
    """Return an engine without a worker: the test answers for it."""
    built = Engine(state, limits or Limits())
    built.load()
    return built


def _start(engine: Engine, instance_id: str = "i") -> None:
    engine.control.start(pb.CreateInstanceRequest(instanceId=instance_id, name="flow"))


@pytest.fixture
def engine() -> Iterator[Engine]:
    built = _engine()
    yield built
    built.journal.close()


def _schedule(task_id: int = 1) -> pb.OrchestratorResponse:
    wanted = pb.ScheduleTaskAction(name="work", input=StringValue(value="1"))
    return pb.OrchestratorResponse(actions=[pb.OrchestratorAction(id=task_id, scheduleTask=wanted)])


def _end(status: pb.OrchestrationStatus, result: str = "1") -> pb.OrchestratorResponse:
    ending = pb.CompleteOrchestrationAction(orchestrationStatus=status, result=StringValue(value=result))
    return pb.OrchestratorResponse(actions=[pb.OrchestratorAction(id=-1, completeOrchestration=ending)])


def _done(engine: Engine, task_id: int = 1) -> bytes:
    completed = pb.TaskCompletedEvent(taskScheduledId=task_id, result=StringValue(value="2"))
    return events.event(engine.hub.now(), taskCompleted=completed)


async def test_the_answer_of_a_zombie_worker_is_dropped(engine: Engine) -> None:
    _start(engine)
    instance = engine.hub.instances["i"]
    zombie = engine.episodes.begin(instance)
    engine.episodes.requeue(zombie)
    current = engine.episodes.begin(instance)
    engine.episodes.complete(zombie, _schedule())
    assert not engine.hub.tasks
    engine.episodes.complete(current, _schedule())
    assert len(engine.hub.tasks) == 1


async def test_an_activity_counts_once_however_often_it_is_answered(engine: Engine) -> None:
    _start(engine)
    instance = engine.hub.instances["i"]
    engine.episodes.complete(engine.episodes.begin(instance), _schedule())
    (task,) = engine.hub.tasks.values()
    engine.episodes.complete_task(task, _done(engine))
    engine.episodes.complete_task(task, _done(engine))
    assert len(instance.inbox) == 1


async def test_an_activity_of_an_earlier_generation_is_stale(engine: Engine) -> None:
    _start(engine)
    instance = engine.hub.instances["i"]
    engine.episodes.complete(engine.episodes.begin(instance), _schedule())
    (task,) = engine.hub.tasks.values()
    engine.control.raise_event("i", "go", None)
    again = engine.episodes.begin(instance)
    engine.control.raise_event("i", "kept", None)
    engine.episodes.complete(again, _end(pb.ORCHESTRATION_STATUS_CONTINUED_AS_NEW, "7"))
    engine.episodes.complete_task(task, _done(engine))
    kinds = [pb.HistoryEvent.FromString(each.event).WhichOneof("eventType") for each in instance.inbox]
    assert kinds == ["executionStarted", "eventRaised"]
    assert instance.state.input.value == "7"
    assert not engine.hub.tasks


async def test_a_replaced_instance_takes_no_answer_meant_for_the_old_one(engine: Engine) -> None:
    _start(engine)
    engine.episodes.complete(engine.episodes.begin(engine.hub.instances["i"]), _end(pb.ORCHESTRATION_STATUS_COMPLETED))
    _start(engine)
    fresh = engine.hub.instances["i"]
    with pytest.raises(AlreadyExistsError):
        _start(engine)
    old = engine.episodes.begin(fresh)
    engine.hub.remove(fresh)
    _start(engine)
    engine.episodes.complete(old, _end(pb.ORCHESTRATION_STATUS_FAILED))
    assert engine.hub.instances["i"].state.orchestrationStatus == pb.ORCHESTRATION_STATUS_PENDING


async def test_everything_unfinished_is_ready_again_after_a_restart(tmp_path: Path) -> None:
    first = _engine(tmp_path)
    _start(first)
    instance = first.hub.instances["i"]
    first.episodes.complete(first.episodes.begin(instance), _schedule())
    _start(first, "untouched")
    first.episodes.begin(first.hub.instances["untouched"])
    first.journal.close()

    second = _engine(tmp_path)
    assert [each.instance_id for each in second.hub.ready_instances] == ["untouched"]
    (task,) = second.hub.tasks.values()
    assert list(second.hub.ready_tasks) == [task.key]
    second.episodes.complete_task(task, _done(second))
    episode = second.episodes.begin(second.hub.instances["i"])
    request = pb.OrchestratorRequest.FromString(episode.request())
    assert [each.WhichOneof("eventType") for each in request.pastEvents] == [
        "orchestratorStarted",
        "executionStarted",
        "taskScheduled",
        "orchestratorCompleted",
    ]
    assert [each.WhichOneof("eventType") for each in request.newEvents] == ["orchestratorStarted", "taskCompleted"]
    assert request.newEvents[1].taskCompleted.result.value == "2"
    second.hub.alarms.close()
    second.journal.close()


async def test_limits_of_the_scheduler_are_enforced_at_the_start() -> None:
    engine = _engine(limits=Limits(id_length=100, payload_bytes=1000))
    with pytest.raises(InvalidError):
        _start(engine, "x" * 101)
    with pytest.raises(TooLargeError):
        engine.control.start(pb.CreateInstanceRequest(name="flow", input=StringValue(value="x" * 1001)))
    with pytest.raises(NotFoundError):
        engine.control.terminate("nothing", None)
    engine.journal.close()


@pytest.mark.parametrize(
    ("text", "kind", "message"),
    [
        ("ValueError: a: b\nsecond line", "ValueError", "a: b"),
        ("ValueError: ", "ValueError", "ValueError"),
        ("KeyError", "KeyError", "KeyError"),
        ("", "Exception", "Exception"),
    ],
)
def test_failure_texts_are_split_as_production_does(text: str, kind: str, message: str) -> None:
    details = events.failure_from_exception(text, "stack")
    assert (details.errorType, details.errorMessage, details.stackTrace.value) == (kind, message, "stack")
