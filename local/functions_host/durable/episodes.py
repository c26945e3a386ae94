"""Orchestrator episodes: what one delivery carries, and what its answer changes."""

import durabletask.internal.orchestrator_service_pb2 as pb
from google.protobuf.wrappers_pb2 import StringValue

from local.functions_host.durable import events
from local.functions_host.durable.actions import Actions
from local.functions_host.durable.entities import EntityBook
from local.functions_host.durable.hub import Hub
from local.functions_host.durable.model import Instance, Message, Task
from local.functions_host.durable.rewind import Rewinds, wanted_by

_SURVIVES_CONTINUE_AS_NEW = frozenset({"eventRaised", "executionTerminated", "executionSuspended", "executionResumed"})


class Episode:
    """One delivery of an orchestration to the worker. Nothing of it counts before `Episodes.complete`."""

    def __init__(self, instance: Instance, messages: list[Message], started: bytes) -> None:
        self.instance = instance
        self.execution_id = instance.execution_id
        self.messages = messages
        self.new_events = [started, *(message.event for message in messages)]

    def request(self) -> bytes:
        """Return the serialized OrchestratorRequest with the whole history."""
        instance = self.instance
        return events.orchestrator_request(instance.instance_id, self.execution_id, instance.history, self.new_events)


class Episodes:
    """Starts, applies and takes back episodes."""

    def __init__(self, hub: Hub, entities: EntityBook) -> None:
        self._hub = hub
        self._entities = entities
        self._actions = Actions(hub, entities)
        self._rewinds = Rewinds(hub, self._actions)

    def begin(self, instance: Instance) -> Episode:
        started = events.event(self._hub.now(), orchestratorStarted=pb.OrchestratorStartedEvent())
        messages = list(instance.inbox)
        if len(messages) > 1 and events.kind_of(messages[0].event) == "executionRewound":
            del messages[1:]  # the worker takes a rewind only by itself
        episode = Episode(instance, messages, started)
        instance.delivery = episode
        return episode

    def rewind(self, instance: Instance, reason: StringValue | None) -> None:
        with self._hub.step():
            self._rewinds.begin(instance, reason)

    def requeue(self, episode: Episode) -> None:
        """Take back a delivery whose worker died."""
        with self._hub.step():
            if self._current(episode):
                episode.instance.delivery = None
                self._hub.make_ready(episode.instance)

    def complete(self, episode: Episode, response: pb.OrchestratorResponse) -> None:
        """Apply the worker's answer; the answer of a replaced or purged instance is dropped."""
        if not self._current(episode):
            return
        instance, hub = episode.instance, self._hub
        with hub.step():
            instance.delivery = None
            instance.inbox = instance.inbox[len(episode.messages) :]
            hub.journal.delete_messages(episode.messages)
            rewound = wanted_by(response)
            if rewound is not None:
                self._rewinds.apply(instance, rewound)
                return
            self._read_new_events(instance, episode.new_events)
            if response.HasField("customStatus"):
                instance.state.customStatus.CopyFrom(response.customStatus)
            added = list(episode.new_events)
            ending, refused = self._apply(instance, response, added)
            if refused is not None:
                ending = pb.CompleteOrchestrationAction(
                    orchestrationStatus=pb.ORCHESTRATION_STATUS_FAILED, failureDetails=refused
                )
            if ending is not None and ending.orchestrationStatus == pb.ORCHESTRATION_STATUS_CONTINUED_AS_NEW:
                self._continue_as_new(instance, ending)
                return
            added.append(events.event(hub.now(), orchestratorCompleted=pb.OrchestratorCompletedEvent()))
            if ending is not None:
                added.append(self._ending_event(ending))
            hub.journal.add_history(instance.instance_id, len(instance.history), added)
            instance.history += added
            if ending is not None:
                self._finish(instance, ending)
            hub.save(instance)
            hub.make_ready(instance)
            if ending is not None:
                hub.on_finished(instance)

    def complete_task(self, task: Task, event: bytes) -> None:
        """Deliver an activity's outcome once; a task that is no longer wanted is stale."""
        with self._hub.step():
            if self._hub.tasks.pop(task.key, None) is None:
                return
            self._hub.journal.delete_task(task)
            self._hub.deliver_to_execution(task.instance_id, task.execution_id, event)

    def requeue_task(self, task: Task) -> None:
        with self._hub.step():
            if task.key in self._hub.tasks:
                self._hub.ready_tasks.appendleft(task.key)

    def _current(self, episode: Episode) -> bool:
        instance = episode.instance
        return self._hub.instances.get(instance.instance_id) is instance and instance.delivery is episode

    def _read_new_events(self, instance: Instance, new_events: list[bytes]) -> None:
        state = instance.state
        if state.orchestrationStatus == pb.ORCHESTRATION_STATUS_PENDING:
            state.orchestrationStatus = pb.ORCHESTRATION_STATUS_RUNNING
        for each in new_events:
            kind = events.kind_of(each)
            if kind == "executionSuspended":
                state.orchestrationStatus = pb.ORCHESTRATION_STATUS_SUSPENDED
            elif kind == "executionResumed":
                state.orchestrationStatus = pb.ORCHESTRATION_STATUS_RUNNING

    def _apply(
        self, instance: Instance, response: pb.OrchestratorResponse, added: list[bytes]
    ) -> tuple[pb.CompleteOrchestrationAction | None, pb.TaskFailureDetails | None]:
        ending: pb.CompleteOrchestrationAction | None = None
        refused = self._actions.oversize_text("custom status", response.customStatus.ByteSize())
        for action in response.actions:
            kind = action.WhichOneof("orchestratorActionType")
            if kind == "completeOrchestration":
                ending = action.completeOrchestration
                refused = refused or self._actions.oversize_text("output", ending.result.ByteSize())
            else:
                refused = refused or self._actions.refusal(action)
                added.extend(self._actions.perform(instance, action))
        return ending, refused

    def _ending_event(self, ending: pb.CompleteOrchestrationAction) -> bytes:
        completed = pb.ExecutionCompletedEvent(
            orchestrationStatus=ending.orchestrationStatus,
            result=ending.result if ending.HasField("result") else None,
            failureDetails=ending.failureDetails if ending.HasField("failureDetails") else None,
        )
        return events.event(self._hub.now(), executionCompleted=completed)

    def _finish(self, instance: Instance, ending: pb.CompleteOrchestrationAction) -> None:
        state, hub = instance.state, self._hub
        state.orchestrationStatus = ending.orchestrationStatus
        state.completedTimestamp.CopyFrom(events.stamp(hub.now()))
        if ending.HasField("result"):
            state.output.CopyFrom(ending.result)
        if ending.HasField("failureDetails"):
            state.failureDetails.CopyFrom(ending.failureDetails)
        hub.forget_execution(instance)
        hub.journal.delete_messages(instance.inbox)
        instance.inbox.clear()
        instance.history = []
        self._entities.release(instance.instance_id)
        self._actions.tell_parent(instance)

    def _continue_as_new(self, instance: Instance, ending: pb.CompleteOrchestrationAction) -> None:
        """Start the next generation; only messages that are not answers to the old one go along."""
        hub, state = self._hub, instance.state
        hub.forget_execution(instance)
        arrivals = instance.inbox
        instance.inbox = []
        hub.journal.delete_messages(arrivals)
        hub.journal.clear_history(instance.instance_id)
        instance.history = []
        state.orchestrationStatus = pb.ORCHESTRATION_STATUS_PENDING
        started = pb.ExecutionStartedEvent(name=state.name, tags=dict(state.tags))
        state.ClearField("input")
        if ending.HasField("result"):
            state.input.CopyFrom(ending.result)
            started.input.CopyFrom(ending.result)
        if ending.HasField("newVersion"):
            state.version.CopyFrom(ending.newVersion)
        if state.HasField("version"):
            started.version.CopyFrom(state.version)
        if instance.parent is not None:
            started.parentInstance.CopyFrom(instance.parent)
        hub.begin_execution(instance, started)
        for event in ending.carryoverEvents:
            hub.deliver(instance, event.SerializeToString())
        for message in arrivals:
            if events.kind_of(message.event) in _SURVIVES_CONTINUE_AS_NEW:
                hub.deliver(instance, message.event)
