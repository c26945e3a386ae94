"""The task hub: everything the engine knows, and the few steps all of its parts are made of.

Single-threaded: everything runs on the host's event loop. Changes happen inside `with hub.step():`, which
commits the journal before anybody outside (worker, client) can see an effect.
"""

import asyncio
import logging
import time
import uuid
from collections import deque
from collections.abc import Callable, Generator
from contextlib import contextmanager

import durabletask.internal.orchestrator_service_pb2 as pb
from google.protobuf.wrappers_pb2 import StringValue

from local.functions_host.durable import events
from local.functions_host.durable.alarms import Alarms
from local.functions_host.durable.errors import AlreadyExistsError
from local.functions_host.durable.journal import Journal
from local.functions_host.durable.model import Alarm, Entity, Instance, Limits, LockRequest, Message, Task, TaskKey

_log = logging.getLogger("functions_host.durable")


class Hub:
    """State and primitives. Queues of ready work are read by the dispatcher, which `on_work` wakes."""

    def __init__(self, journal: Journal, limits: Limits) -> None:
        self.journal = journal
        self.limits = limits
        self.instances: dict[str, Instance] = {}
        self.entities: dict[str, Entity] = {}
        self.locks: list[LockRequest] = []
        self.tasks: dict[TaskKey, Task] = {}
        self.ready_instances: deque[Instance] = deque()
        self.ready_tasks: deque[TaskKey] = deque()
        self.ready_entities: deque[Entity] = deque()
        self.clock_offset = 0.0
        self.alarms = Alarms(journal, self.now, self._ring)
        self.on_work: Callable[[], None] = lambda: None
        self.on_removed: Callable[[str], None] = lambda _instance_id: None
        self.on_finished: Callable[[Instance], None] = lambda _instance: None
        self.on_signal: Callable[[str, bytes], None] = lambda _entity, _event: None
        self._waiters: dict[str, set[asyncio.Future[None]]] = {}
        self._changed: set[str] = set()
        self._depth = 0
        self._seq = 0

    def now(self) -> float:
        return time.time() + self.clock_offset

    @contextmanager
    def step(self) -> Generator[None]:
        """Make one atomic change; nested steps belong to the outer one."""
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1
            if self._depth == 0:
                self.journal.commit()
                self.alarms.schedule()
                self._wake_waiters()
                self.on_work()

    def load(self) -> None:
        """Read everything back; unfinished work becomes ready to be delivered again."""
        for instance in self.journal.instances():
            self.instances[instance.instance_id] = instance
            if not instance.finished:
                instance.history = self.journal.history(instance.instance_id)
        self.entities = {each.entity_id: each for each in self.journal.entities()}
        self.locks = self.journal.locks()
        for alarm in self.alarms.load():
            if alarm.kind == "start" and alarm.target in self.instances:
                self.instances[alarm.target].delayed = True
        self._seq = max((lock.seq for lock in self.locks), default=0)
        for target, message in self.journal.messages():
            self._seq = max(self._seq, message.seq)
            holder = self.instances.get(target) or self.entities.get(target)
            if holder is not None:
                holder.inbox.append(message)
        for task in self.journal.tasks():
            self.tasks[task.key] = task
            self.ready_tasks.append(task.key)
        with self.step():
            for instance in self.instances.values():
                self.make_ready(instance)
        if self.instances:
            _log.info("restored %d instances, %d running activities", len(self.instances), len(self.tasks))

    def next_seq(self) -> int:
        self._seq += 1
        return self._seq

    def make_ready(self, instance: Instance) -> None:
        idle = instance.delivery is None and not (instance.queued or instance.delayed)
        if idle and instance.inbox and not instance.finished:
            instance.queued = True
            self.ready_instances.append(instance)

    def deliver(self, instance: Instance, event: bytes) -> None:
        """Put an event into an orchestration's inbox; a finished one takes none."""
        if instance.finished:
            return
        message = Message(self.next_seq(), event)
        instance.inbox.append(message)
        self.journal.add_message(instance.instance_id, message)
        self.make_ready(instance)

    def deliver_to_execution(self, instance_id: str, execution_id: str, event: bytes) -> None:
        """Deliver only to the execution that asked; answers to an earlier one are stale and dropped."""
        instance = self.instances.get(instance_id)
        if instance is not None and instance.execution_id == execution_id:
            self.deliver(instance, event)

    def add_task(self, task: Task) -> None:
        self.tasks[task.key] = task
        self.journal.add_task(task)
        self.ready_tasks.append(task.key)

    def save(self, instance: Instance) -> None:
        instance.state.lastUpdatedTimestamp.CopyFrom(events.stamp(self.now()))
        self.journal.save_instance(instance)
        self._changed.add(instance.instance_id)

    def create(
        self, started: pb.ExecutionStartedEvent, *, instance_id: str = "", start_at: float | None = None
    ) -> Instance:
        """Create an instance, replacing a finished one.

        Raises:
            AlreadyExistsError: an instance of this id has not finished.

        """
        instance_id = instance_id or uuid.uuid4().hex
        existing = self.instances.get(instance_id)
        if existing is not None:
            if not (existing.finished or self.limits.replace_any):
                status = pb.OrchestrationStatus.Name(existing.state.orchestrationStatus)
                raise AlreadyExistsError(
                    f"An orchestration instance with id '{instance_id}' already exists with status {status}."
                )
            self.remove(existing)
        now = self.now()
        instance = Instance(
            pb.OrchestrationState(
                instanceId=instance_id,
                name=started.name,
                version=started.version if started.HasField("version") else None,
                orchestrationStatus=pb.ORCHESTRATION_STATUS_PENDING,
                createdTimestamp=events.stamp(now),
                input=started.input if started.HasField("input") else None,
                tags=dict(started.tags),
            ),
            started.parentInstance if started.HasField("parentInstance") else None,
        )
        if instance.parent is not None:
            instance.state.parentInstanceId.value = instance.parent.orchestrationInstance.instanceId
        if start_at is not None and start_at > now:
            instance.delayed = True
            instance.state.scheduledStartTimestamp.CopyFrom(events.stamp(start_at))
            self.alarms.add(due=start_at, kind="start", target=instance_id)
        self.instances[instance_id] = instance
        self.begin_execution(instance, started)
        return instance

    def begin_execution(self, instance: Instance, started: pb.ExecutionStartedEvent) -> None:
        """Give the instance a new execution id and its first event."""
        execution_id = StringValue(value=uuid.uuid4().hex)
        instance.state.executionId.CopyFrom(execution_id)
        own = pb.OrchestrationInstance(instanceId=instance.instance_id, executionId=execution_id)
        started.orchestrationInstance.CopyFrom(own)
        self.save(instance)
        self.deliver(instance, events.event(self.now(), executionStarted=started))

    def forget_execution(self, instance: Instance) -> None:
        """Drop timers and activities of the current execution; their answers would be stale."""
        self.alarms.cancel(instance.instance_id)
        for key in [key for key in self.tasks if key[0] == instance.instance_id]:
            self.journal.delete_task(self.tasks.pop(key))

    def remove(self, instance: Instance) -> None:
        """Delete an instance and all that belongs to it."""
        self.forget_execution(instance)
        instance.inbox.clear()
        self.journal.forget_instance(instance.instance_id)
        self.instances.pop(instance.instance_id, None)
        self.on_removed(instance.instance_id)

    async def wait_for(self, instance_id: str, reached: Callable[[Instance], bool]) -> Instance:
        """Wait without a limit until an instance of this id exists and `reached` holds for it."""
        while True:
            instance = self.instances.get(instance_id)
            if instance is not None and reached(instance):
                return instance
            waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            waiters = self._waiters.setdefault(instance_id, set())
            waiters.add(waiter)
            try:
                await waiter
            finally:
                waiters.discard(waiter)
                if not waiters and self._waiters.get(instance_id) is waiters:
                    del self._waiters[instance_id]

    def _wake_waiters(self) -> None:
        for instance_id in self._changed:
            for waiter in self._waiters.get(instance_id, ()):
                if not waiter.done():
                    waiter.set_result(None)
        self._changed.clear()

    def _ring(self, alarms: list[Alarm]) -> None:
        with self.step():
            for alarm in alarms:
                self.journal.delete_alarm(alarm)
                if alarm.kind == "timer":
                    self.deliver_to_execution(alarm.target, alarm.execution_id, alarm.event)
                elif alarm.kind == "signal":
                    self.on_signal(alarm.target, alarm.event)
                elif alarm.target in self.instances:
                    self.instances[alarm.target].delayed = False
                    self.make_ready(self.instances[alarm.target])
