"""What an orchestrator asked for: each action becomes a history event and its effect on the hub."""

from collections.abc import Callable

import durabletask.internal.orchestrator_service_pb2 as pb
from google.protobuf.timestamp_pb2 import Timestamp
from google.protobuf.wrappers_pb2 import StringValue

from local.functions_host.durable import events
from local.functions_host.durable.entities import EntityBook
from local.functions_host.durable.errors import AlreadyExistsError
from local.functions_host.durable.hub import Hub
from local.functions_host.durable.model import Instance, Task


class Actions:
    """Carries out every action except the one that ends an execution."""

    def __init__(self, hub: Hub, entities: EntityBook) -> None:
        self._hub = hub
        self._entities = entities
        self._handlers: dict[str, Callable[[Instance, pb.OrchestratorAction], bytes]] = {
            "scheduleTask": self._schedule_task,
            "createTimer": self._create_timer,
            "createSubOrchestration": self._create_child,
            "sendEvent": self._send_event,
            "sendEntityMessage": self._send_entity_message,
        }

    def perform(self, instance: Instance, action: pb.OrchestratorAction) -> list[bytes]:
        """Carry out one action and return the history events that record it."""
        kind = action.WhichOneof("orchestratorActionType")
        if kind == "terminateOrchestration":
            self.terminate(action.terminateOrchestration.instanceId, action.terminateOrchestration.reason)
            return []
        handler = self._handlers.get(kind or "")
        return [] if handler is None else [handler(instance, action)]

    def oversize_text(self, what: str, size: int) -> pb.TaskFailureDetails | None:
        limit = self._hub.limits.payload_bytes
        if size <= limit:
            return None
        return events.failure("PayloadTooLarge", f"The {what} has {size} bytes; the limit is {limit}.", final=True)

    def refusal(self, action: pb.OrchestratorAction) -> pb.TaskFailureDetails | None:
        """Return why the orchestration must fail instead of carrying out this action."""
        kind = action.WhichOneof("orchestratorActionType")
        if kind not in self._handlers and kind != "terminateOrchestration":
            return events.failure("NotSupported", f"The action {kind} is not supported here.", final=True)
        if action.HasField("sendEvent"):
            return self.oversize_text("event data", action.sendEvent.data.ByteSize())
        if action.HasField("sendEntityMessage"):
            return self.oversize_text("entity message", action.sendEntityMessage.ByteSize())
        return None

    def terminate(self, instance_id: str, reason: StringValue) -> None:
        target = self._hub.instances.get(instance_id)
        if target is not None:
            terminated = pb.ExecutionTerminatedEvent(input=reason)
            self._hub.deliver(target, events.event(self._hub.now(), executionTerminated=terminated))

    def tell_parent(self, child: Instance) -> None:
        """Deliver a finished sub-orchestration's outcome to the execution that started it."""
        if child.parent is None:
            return
        task_id, state = child.parent.taskScheduledId, child.state
        if state.orchestrationStatus == pb.ORCHESTRATION_STATUS_COMPLETED:
            done = pb.SubOrchestrationInstanceCompletedEvent(
                taskScheduledId=task_id, result=state.output if state.HasField("output") else None
            )
            event = events.event(self._hub.now(), subOrchestrationInstanceCompleted=done)
        else:
            details = state.failureDetails
            if not state.HasField("failureDetails"):
                reason = state.output.value or "no reason given"
                details = events.failure("Terminated", f"Sub-orchestration was terminated: {reason}")
            event = self._child_failed(task_id, details)
        owner = child.parent.orchestrationInstance
        self._hub.deliver_to_execution(owner.instanceId, owner.executionId.value, event)

    def set_timer(self, instance: Instance, number: int, fire_at: Timestamp) -> None:
        due = events.seconds_of(fire_at)
        fired = pb.TimerFiredEvent(fireAt=fire_at, timerId=number)
        self._hub.alarms.add(
            due=due,
            kind="timer",
            target=instance.instance_id,
            execution_id=instance.execution_id,
            event=events.event(max(due, self._hub.now()), timerFired=fired),
        )

    def start_child(self, parent: Instance, number: int, child_id: str, started: pb.ExecutionStartedEvent) -> None:
        """Start a sub-orchestration; what prevents it is delivered to the parent as its failure."""
        details = self.oversize_text(f"input of sub-orchestration '{started.name}'", started.input.ByteSize())
        if details is None:
            try:
                self._hub.create(started, instance_id=child_id)
            except AlreadyExistsError as error:
                details = events.failure("OrchestrationAlreadyExistsException", str(error))
        if details is not None:
            self._hub.deliver(parent, self._child_failed(number, details))

    def _schedule_task(self, instance: Instance, action: pb.OrchestratorAction) -> bytes:
        wanted, hub = action.scheduleTask, self._hub
        request = pb.ActivityRequest(
            name=wanted.name,
            version=wanted.version if wanted.HasField("version") else None,
            input=wanted.input if wanted.HasField("input") else None,
            taskId=action.id,
            orchestrationInstance=identity(instance),
            parentTraceContext=wanted.parentTraceContext if wanted.HasField("parentTraceContext") else None,
            tags=dict(wanted.tags),
        )
        too_large = self.oversize_text(f"input of activity '{wanted.name}'", wanted.input.ByteSize())
        if too_large is None:
            task = Task(instance_id=instance.instance_id, execution_id=instance.execution_id, request=request)
            hub.add_task(task)
        else:
            failed = pb.TaskFailedEvent(taskScheduledId=action.id, failureDetails=too_large)
            hub.deliver(instance, events.event(hub.now(), taskFailed=failed))
            request.ClearField("input")
        scheduled = pb.TaskScheduledEvent(
            name=wanted.name,
            version=request.version if request.HasField("version") else None,
            input=request.input if request.HasField("input") else None,
        )
        return events.event(hub.now(), action.id, taskScheduled=scheduled)

    def _create_timer(self, instance: Instance, action: pb.OrchestratorAction) -> bytes:
        fire_at = action.createTimer.fireAt
        self.set_timer(instance, action.id, fire_at)
        return events.event(self._hub.now(), action.id, timerCreated=pb.TimerCreatedEvent(fireAt=fire_at))

    def _create_child(self, instance: Instance, action: pb.OrchestratorAction) -> bytes:
        wanted = action.createSubOrchestration
        child_id = wanted.instanceId or f"{instance.instance_id}:{action.id:04x}"
        started = pb.ExecutionStartedEvent(
            name=wanted.name,
            version=wanted.version if wanted.HasField("version") else None,
            input=wanted.input if wanted.HasField("input") else None,
            tags=dict(wanted.tags),
            parentInstance=pb.ParentInstanceInfo(
                taskScheduledId=action.id,
                name=events.text(instance.state.name),
                orchestrationInstance=identity(instance),
            ),
        )
        self.start_child(instance, action.id, child_id, started)
        created = pb.SubOrchestrationInstanceCreatedEvent(
            instanceId=child_id,
            name=wanted.name,
            version=wanted.version if wanted.HasField("version") else None,
            input=wanted.input if wanted.HasField("input") else None,
        )
        return events.event(self._hub.now(), action.id, subOrchestrationInstanceCreated=created)

    def _send_event(self, _instance: Instance, action: pb.OrchestratorAction) -> bytes:
        wanted, now = action.sendEvent, self._hub.now()
        data = wanted.data if wanted.HasField("data") else None
        target = self._hub.instances.get(wanted.instance.instanceId)
        if target is not None:
            raised = pb.EventRaisedEvent(name=wanted.name, input=data)
            self._hub.deliver(target, events.event(now, eventRaised=raised))
        sent = pb.EventSentEvent(instanceId=wanted.instance.instanceId, name=wanted.name, input=data)
        return events.event(now, action.id, eventSent=sent)

    def _send_entity_message(self, instance: Instance, action: pb.OrchestratorAction) -> bytes:
        message = action.sendEntityMessage
        self._entities.send(instance, message)
        recorded = pb.HistoryEvent(eventId=action.id, timestamp=events.stamp(self._hub.now()))
        if message.HasField("entityOperationSignaled"):
            recorded.entityOperationSignaled.CopyFrom(message.entityOperationSignaled)
        elif message.HasField("entityOperationCalled"):
            recorded.entityOperationCalled.CopyFrom(message.entityOperationCalled)
        elif message.HasField("entityLockRequested"):
            recorded.entityLockRequested.CopyFrom(message.entityLockRequested)
        else:
            recorded.entityUnlockSent.CopyFrom(message.entityUnlockSent)
        return recorded.SerializeToString()

    def _child_failed(self, task_id: int, details: pb.TaskFailureDetails) -> bytes:
        failed = pb.SubOrchestrationInstanceFailedEvent(taskScheduledId=task_id, failureDetails=details)
        return events.event(self._hub.now(), subOrchestrationInstanceFailed=failed)


def identity(instance: Instance) -> pb.OrchestrationInstance:
    return pb.OrchestrationInstance(instanceId=instance.instance_id, executionId=events.text(instance.execution_id))
