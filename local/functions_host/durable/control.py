"""What clients may do with orchestrations. All refusals are DurableErrors."""

import durabletask.internal.orchestrator_service_pb2 as pb
from google.protobuf.wrappers_pb2 import StringValue

from local.functions_host.durable import events
from local.functions_host.durable.episodes import Episodes
from local.functions_host.durable.errors import (
    AlreadyExistsError,
    FinishedError,
    InvalidError,
    NotFoundError,
    TooLargeError,
)
from local.functions_host.durable.hub import Hub
from local.functions_host.durable.model import TERMINAL, Instance

_FORBIDDEN = frozenset("/\\#?")


class Control:
    """Start, signal, stop and delete orchestrations."""

    def __init__(self, hub: Hub, episodes: Episodes) -> None:
        self.hub = hub
        self._episodes = episodes

    def start(self, request: pb.CreateInstanceRequest) -> str:
        """Start an instance and return its id; the id of a finished one is taken over."""
        self._check_id(request.instanceId)
        self._check_size("input", request.input)
        self._check_reuse(request)
        started = pb.ExecutionStartedEvent(
            name=request.name,
            version=request.version if request.HasField("version") else None,
            input=request.input if request.HasField("input") else None,
            parentTraceContext=request.parentTraceContext if request.HasField("parentTraceContext") else None,
            tags=dict(request.tags),
        )
        at = request.scheduledStartTimestamp
        start_at = events.seconds_of(at) if request.HasField("scheduledStartTimestamp") else None
        with self.hub.step():
            return self.hub.create(started, instance_id=request.instanceId, start_at=start_at).instance_id

    def raise_event(self, instance_id: str, name: str, data: StringValue | None) -> None:
        self._check_size("event data", data)
        instance = self._running(instance_id)
        raised = pb.EventRaisedEvent(name=name, input=data)
        with self.hub.step():
            self.hub.deliver(instance, events.event(self.hub.now(), eventRaised=raised))

    def terminate(self, instance_id: str, output: StringValue | None, *, recursive: bool = False) -> None:
        """Terminate an instance and, if `recursive`, its sub-orchestrations; a finished one stays as it is."""
        self._check_size("output", output)
        targets = [self.get(instance_id)]
        with self.hub.step():
            for target in targets:
                if recursive:
                    targets += self._children(target)
                terminated = pb.ExecutionTerminatedEvent(input=output, recurse=recursive)
                target.delayed = False
                self.hub.deliver(target, events.event(self.hub.now(), executionTerminated=terminated))

    def suspend(self, instance_id: str, reason: StringValue | None) -> None:
        instance = self._running(instance_id)
        if instance.state.orchestrationStatus == pb.ORCHESTRATION_STATUS_SUSPENDED:
            return
        suspended = pb.ExecutionSuspendedEvent(input=reason)
        with self.hub.step():
            self.hub.deliver(instance, events.event(self.hub.now(), executionSuspended=suspended))

    def resume(self, instance_id: str, reason: StringValue | None) -> None:
        instance = self._running(instance_id)
        resumed = pb.ExecutionResumedEvent(input=reason)
        with self.hub.step():
            self.hub.deliver(instance, events.event(self.hub.now(), executionResumed=resumed))

    def restart(self, instance_id: str, *, new_id: bool) -> str:
        """Start a finished instance again with its original name and input; return the id it runs under."""
        old = self.get(instance_id)
        if not old.finished:
            raise FinishedError(f"Orchestration instance '{instance_id}' has not finished.")
        started = pb.ExecutionStartedEvent(name=old.state.name, tags=dict(old.state.tags))
        if old.state.HasField("input"):
            started.input.CopyFrom(old.state.input)
        if old.state.HasField("version"):
            started.version.CopyFrom(old.state.version)
        with self.hub.step():
            return self.hub.create(started, instance_id="" if new_id else instance_id).instance_id

    def rewind(self, instance_id: str, reason: StringValue | None) -> None:
        """Run a failed instance again from before its failure, with all its successful results."""
        instance = self.get(instance_id)
        if instance.state.orchestrationStatus != pb.ORCHESTRATION_STATUS_FAILED:
            raise FinishedError(f"Orchestration instance '{instance_id}' has not failed, so it cannot be rewound.")
        self._episodes.rewind(instance, reason)

    def purge(self, instance_ids: list[str]) -> int:
        """Delete finished instances of these ids; return how many there were."""
        found = [self.hub.instances[each] for each in instance_ids if each in self.hub.instances]
        finished = [each for each in found if each.finished]
        with self.hub.step():
            for instance in finished:
                self.hub.remove(instance)
        return len(finished)

    def get(self, instance_id: str) -> Instance:
        instance = self.hub.instances.get(instance_id)
        if instance is None:
            raise NotFoundError(f"No instance with id '{instance_id}' was found.")
        return instance

    def history(self, instance_id: str) -> list[pb.HistoryEvent]:
        instance = self.get(instance_id)
        stored = instance.history or self.hub.journal.history(instance_id)
        return [pb.HistoryEvent.FromString(each) for each in stored]

    def _running(self, instance_id: str) -> Instance:
        instance = self.get(instance_id)
        if instance.finished:
            raise FinishedError(f"The instance '{instance_id}' has already finished and accepts no more messages.")
        return instance

    def _children(self, parent: Instance) -> list[Instance]:
        return [
            each
            for each in self.hub.instances.values()
            if each.state.parentInstanceId.value == parent.instance_id and not each.finished
        ]

    def _check_reuse(self, request: pb.CreateInstanceRequest) -> None:
        existing = self.hub.instances.get(request.instanceId)
        if existing is None or not request.HasField("orchestrationIdReusePolicy"):
            return
        allowed = set(request.orchestrationIdReusePolicy.replaceableStatus)
        if existing.state.orchestrationStatus not in allowed:
            raise AlreadyExistsError(f"An orchestration instance with id '{request.instanceId}' already exists.")
        if existing.state.orchestrationStatus not in TERMINAL:
            with self.hub.step():
                self.hub.remove(existing)

    def _check_id(self, instance_id: str) -> None:
        limit = self.hub.limits.id_length
        if len(instance_id) > limit:
            raise InvalidError(f"The instance id has {len(instance_id)} characters; the limit is {limit}.")
        if instance_id.startswith("@"):
            raise InvalidError("An instance id must not start with '@'.")
        if any(char in _FORBIDDEN or not char.isprintable() for char in instance_id):
            raise InvalidError("An instance id must not contain / \\ # ? or control characters.")

    def _check_size(self, what: str, value: StringValue | None) -> None:
        limit = self.hub.limits.payload_bytes
        if value is not None and value.ByteSize() > limit:
            raise TooLargeError(f"The {what} has {value.ByteSize()} bytes; the limit is {limit}.")
