"""Takes a failed orchestration back to before its failure.

The worker rewrites the history (failures out, the rest stays); what was under way when the orchestration failed
is started again here, because its answers were dropped with the execution that asked for them.
"""

import durabletask.internal.orchestrator_service_pb2 as pb
from google.protobuf.wrappers_pb2 import StringValue

from local.functions_host.durable import events
from local.functions_host.durable.actions import Actions, identity
from local.functions_host.durable.hub import Hub
from local.functions_host.durable.model import Instance, Task

_OF_THE_ENDING = ("output", "failureDetails", "completedTimestamp")


def wanted_by(response: pb.OrchestratorResponse) -> pb.RewindOrchestrationAction | None:
    """Return the rewind action if the response is the answer to a rewind."""
    return next((each.rewindOrchestration for each in response.actions if each.HasField("rewindOrchestration")), None)


class Rewinds:
    """`begin` asks the worker for the rewritten history, `apply` puts it in place."""

    def __init__(self, hub: Hub, actions: Actions) -> None:
        self._hub = hub
        self._actions = actions

    def begin(self, instance: Instance, reason: StringValue | None, parent_execution: str | None = None) -> None:
        """Let a failed instance run again; `parent_execution` is the one its outcome now belongs to."""
        instance.history = self._hub.journal.history(instance.instance_id)
        instance.state.orchestrationStatus = pb.ORCHESTRATION_STATUS_RUNNING
        for name in _OF_THE_ENDING:
            instance.state.ClearField(name)
        self._hub.save(instance)
        rewound = pb.ExecutionRewoundEvent(reason=reason, parentExecutionId=events.text(parent_execution))
        self._hub.deliver(instance, events.event(self._hub.now(), executionRewound=rewound))

    def apply(self, instance: Instance, action: pb.RewindOrchestrationAction) -> None:
        """Replace the history and start whatever it waits for."""
        hub, history = self._hub, list(action.newHistory)
        for event in history:
            if event.HasField("executionStarted"):
                started = event.executionStarted
                instance.state.executionId.CopyFrom(started.orchestrationInstance.executionId)
                instance.parent = started.parentInstance if started.HasField("parentInstance") else None
        instance.history = [each.SerializeToString() for each in history]
        hub.journal.clear_history(instance.instance_id)
        hub.journal.add_history(instance.instance_id, 0, instance.history)
        hub.save(instance)
        # A delivery needs an event; workers skip this kind.
        marker = pb.GenericEvent(data=events.text("Rewind"))
        hub.deliver(instance, events.event(hub.now(), genericEvent=marker))
        self._resume(instance, history)

    def _resume(self, instance: Instance, history: list[pb.HistoryEvent]) -> None:
        answered = {number for each in history if (number := _answers(each)) is not None}
        reasons = [each.executionRewound for each in history if each.HasField("executionRewound")]
        reason = reasons[-1].reason if reasons and reasons[-1].HasField("reason") else None
        for event in history:
            if event.eventId in answered:
                continue
            if event.HasField("taskScheduled"):
                self._resume_task(instance, event)
            elif event.HasField("timerCreated"):
                self._resume_timer(instance, event)
            elif event.HasField("subOrchestrationInstanceCreated"):
                self._resume_child(instance, event, reason)

    def _resume_task(self, instance: Instance, event: pb.HistoryEvent) -> None:
        scheduled, hub = event.taskScheduled, self._hub
        request = pb.ActivityRequest(
            name=scheduled.name,
            version=scheduled.version if scheduled.HasField("version") else None,
            input=scheduled.input if scheduled.HasField("input") else None,
            taskId=event.eventId,
            orchestrationInstance=identity(instance),
        )
        hub.add_task(Task(instance_id=instance.instance_id, execution_id=instance.execution_id, request=request))

    def _resume_timer(self, instance: Instance, event: pb.HistoryEvent) -> None:
        self._actions.set_timer(instance, event.eventId, event.timerCreated.fireAt)

    def _resume_child(self, parent: Instance, event: pb.HistoryEvent, reason: StringValue | None) -> None:
        created, hub = event.subOrchestrationInstanceCreated, self._hub
        link = pb.ParentInstanceInfo(
            taskScheduledId=event.eventId,
            name=events.text(parent.state.name),
            orchestrationInstance=identity(parent),
        )
        child = hub.instances.get(created.instanceId)
        if child is not None and _belongs(child, parent, event.eventId):
            status = child.state.orchestrationStatus
            if status not in {pb.ORCHESTRATION_STATUS_TERMINATED, pb.ORCHESTRATION_STATUS_CANCELED}:
                child.parent = link
                hub.save(child)
                if status == pb.ORCHESTRATION_STATUS_FAILED:
                    self.begin(child, reason, parent.execution_id)
                elif child.finished:
                    self._actions.tell_parent(child)
                return
        started = pb.ExecutionStartedEvent(
            name=created.name,
            version=created.version if created.HasField("version") else None,
            input=created.input if created.HasField("input") else None,
            parentInstance=link,
        )
        self._actions.start_child(parent, event.eventId, created.instanceId, started)


def _answers(event: pb.HistoryEvent) -> int | None:
    if event.HasField("taskCompleted"):
        return event.taskCompleted.taskScheduledId
    if event.HasField("timerFired"):
        return event.timerFired.timerId
    if event.HasField("subOrchestrationInstanceCompleted"):
        return event.subOrchestrationInstanceCompleted.taskScheduledId
    return None


def _belongs(child: Instance, parent: Instance, task_id: int) -> bool:
    owner = child.parent
    return (
        owner is not None
        and owner.orchestrationInstance.instanceId == parent.instance_id
        and owner.taskScheduledId == task_id
    )
