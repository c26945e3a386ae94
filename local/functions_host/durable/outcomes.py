"""What a worker's answer means for the one who waits for it, whoever the worker is."""

import durabletask.internal.orchestrator_service_pb2 as pb
from google.protobuf.wrappers_pb2 import StringValue

from local.functions_host.durable import events
from local.functions_host.durable.entities import Batch
from local.functions_host.durable.hub import Hub
from local.functions_host.durable.model import Task


def task_completed(hub: Hub, task: Task, result: StringValue | None) -> bytes:
    """Return the event for an activity's result; one above the payload limit is a failure."""
    size, limit = 0 if result is None else result.ByteSize(), hub.limits.payload_bytes
    if size > limit:
        message = f"The result of activity '{task.request.name}' has {size} bytes; the limit is {limit}."
        return task_failed(hub, task, events.failure("PayloadTooLarge", message, final=True))
    done = pb.TaskCompletedEvent(taskScheduledId=task.request.taskId, result=result)
    return events.event(hub.now(), taskCompleted=done)


def task_failed(hub: Hub, task: Task, details: pb.TaskFailureDetails) -> bytes:
    """Return the event for an activity's failure."""
    failed = pb.TaskFailedEvent(taskScheduledId=task.request.taskId, failureDetails=events.explained(details))
    return events.event(hub.now(), taskFailed=failed)


def failed_episode(instance_id: str, details: pb.TaskFailureDetails) -> pb.OrchestratorResponse:
    """Return the response that fails an orchestration."""
    ending = pb.CompleteOrchestrationAction(
        orchestrationStatus=pb.ORCHESTRATION_STATUS_FAILED, failureDetails=events.explained(details)
    )
    action = pb.OrchestratorAction(id=-1, completeOrchestration=ending)
    return pb.OrchestratorResponse(instanceId=instance_id, actions=[action])


def entity_result(batch: Batch, result: pb.EntityBatchResult) -> pb.EntityBatchResult:
    """Return the result; a batch that failed as a whole fails each operation and keeps the state."""
    if not result.HasField("failureDetails") or result.results:
        return result
    failure = pb.OperationResultFailure(failureDetails=events.explained(result.failureDetails))
    results = [pb.OperationResult(failure=failure)] * len(batch.messages)
    return pb.EntityBatchResult(entityState=events.text(batch.entity.state), results=results)
