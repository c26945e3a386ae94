"""Hands ready work to the worker, within the concurrency limits, until its outcome is recorded."""

import asyncio
import logging
from collections.abc import Coroutine

import durabletask.internal.orchestrator_service_pb2 as pb
from durabletask.entities import EntityInstanceId
from google.protobuf.message import DecodeError

from local.functions_host.chaos import Chaos
from local.functions_host.durable import events, outcomes
from local.functions_host.durable.engine import Engine
from local.functions_host.durable.entities import Batch
from local.functions_host.durable.episodes import Episode
from local.functions_host.durable.model import Task, TaskKey
from local.functions_host.functions import Function
from local.functions_host.invoker import Failure, Invoker, Outcome, Payload
from local.functions_host.worker.process import WorkerLostError

_log = logging.getLogger("functions_host.durable")


def _missing(kind: str, name: str) -> Failure:
    return Failure(
        f"InvalidOperationException: The {kind} function '{name}' doesn't exist, is disabled, "
        f"or is not {'an' if kind[0] in 'aeo' else 'a'} {kind} function.",
        final=True,
    )


class Dispatcher:
    """One task per delivery. A lost worker gives the work back; nothing is dropped."""

    def __init__(self, engine: Engine, invoker: Invoker, chaos: Chaos) -> None:
        self._hub = engine.hub
        self._episodes = engine.episodes
        self._entities = engine.entities
        self._invoker = invoker
        self._chaos = chaos
        self._running = {"orchestrator": 0, "activity": 0, "entity": 0}
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopped = False
        self._hub.on_work = self.pump

    def pump(self) -> None:
        """Start as much ready work as the limits allow."""
        hub, limits = self._hub, self._hub.limits
        if self._stopped:
            return
        while hub.ready_instances and self._running["orchestrator"] < limits.orchestrators:
            instance = hub.ready_instances.popleft()
            instance.queued = False
            # A purge or replacement since it was queued leaves a stale object behind.
            if hub.instances.get(instance.instance_id) is instance and instance.inbox:
                self._launch("orchestrator", self._orchestrate(self._episodes.begin(instance)))
        while hub.ready_tasks and self._running["activity"] < limits.activities:
            key = hub.ready_tasks.popleft()
            if key in hub.tasks:
                self._launch("activity", self._run_task(key))
        while hub.ready_entities and self._running["entity"] < limits.entities:
            entity = hub.ready_entities.popleft()
            entity.queued = False
            batch = self._entities.take(entity)
            if batch.messages:
                self._launch("entity", self._run_entity(batch))

    async def stop(self) -> None:
        """Deliver nothing more; what runs stays in the journal and is delivered after the next start."""
        self._stopped = True
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _launch(self, kind: str, work: Coroutine[None, None, None]) -> None:
        self._running[kind] += 1
        task = asyncio.create_task(work)
        self._tasks.add(task)

        def ended(done: asyncio.Task[None]) -> None:
            self._running[kind] -= 1
            self._tasks.discard(done)
            if not done.cancelled() and (error := done.exception()) is not None:
                _log.error("delivery of %s work failed", kind, exc_info=error)
            self.pump()

        task.add_done_callback(ended)

    async def _orchestrate(self, episode: Episode) -> None:
        instance = episode.instance
        function = self._invoker.table.durable("orchestrationtrigger", instance.state.name)
        try:
            await self._chaos.before("orchestrator", instance.state.name)
            outcome = await self._call(function, "orchestrator", instance.state.name, episode.request())
        except WorkerLostError:
            self._episodes.requeue(episode)
            return
        self._episodes.complete(episode, _orchestrator_response(episode, outcome))

    async def _run_task(self, key: TaskKey) -> None:
        task = self._hub.tasks[key]
        request = task.request
        function = self._invoker.table.durable("activitytrigger", request.name)
        trace = request.parentTraceContext.traceParent
        # Without input production sends an empty value, which the Python worker refuses loudly.
        payload = Payload("string", request.input.value.encode()) if request.HasField("input") else Payload("empty")
        try:
            await self._chaos.before("activity", request.name)
            if function is None:
                outcome: Outcome = _missing("activity", request.name)
            else:
                outcome = await self._invoker.call(function, payload, traceparent=trace)
                if self._chaos.duplicates():
                    outcome = await self._invoker.call(function, payload, traceparent=trace)
                    self._chaos.note("doubled", request.name)
            outcome = await self._chaos.after("activity", request.name, outcome)
        except WorkerLostError:
            self._episodes.requeue_task(task)
            return
        if payload.kind == "empty" and isinstance(outcome, Failure):
            _log.error("activity %s was called without input; pass a value that is not None", request.name)
        self._episodes.complete_task(task, self._task_event(task, outcome))

    def _task_event(self, task: Task, outcome: Outcome) -> bytes:
        if isinstance(outcome, Failure):
            details = events.failure_from_exception(outcome.message, outcome.stack, final=outcome.final)
            return outcomes.task_failed(self._hub, task, details)
        result = events.text(outcome.body.decode()) if outcome.kind != "none" else None
        return outcomes.task_completed(self._hub, task, result)

    async def _run_entity(self, batch: Batch) -> None:
        name = EntityInstanceId.parse(batch.entity.entity_id).entity
        function = self._invoker.table.durable("entitytrigger", name)
        try:
            await self._chaos.before("entity", name)
            outcome = await self._call(function, "entity", name, batch.request.SerializeToString())
        except WorkerLostError:
            self._entities.requeue(batch.entity)
            return
        self._entities.complete(batch, _entity_result(batch, outcome))

    async def _call(self, function: Function | None, kind: str, name: str, body: bytes) -> Outcome:
        if function is None:
            return _missing(kind, name)
        outcome = await self._invoker.call(function, Payload("base64", body))
        return await self._chaos.after(kind, name, outcome)


def _orchestrator_response(episode: Episode, outcome: Outcome) -> pb.OrchestratorResponse:
    if not isinstance(outcome, Failure):
        try:
            return pb.OrchestratorResponse.FromString(outcome.decoded())
        except (ValueError, DecodeError) as error:
            outcome = Failure(f"InvalidResponse: the worker's answer cannot be read: {error}")
    details = events.failure_from_exception(outcome.message, outcome.stack, final=outcome.final)
    return outcomes.failed_episode(episode.instance.instance_id, details)


def _entity_result(batch: Batch, outcome: Outcome) -> pb.EntityBatchResult:
    if not isinstance(outcome, Failure):
        try:
            return outcomes.entity_result(batch, pb.EntityBatchResult.FromString(outcome.decoded()))
        except (ValueError, DecodeError) as error:
            outcome = Failure(f"InvalidResponse: the worker's answer cannot be read: {error}")
    details = events.failure_from_exception(outcome.message, outcome.stack, final=outcome.final)
    return outcomes.entity_result(batch, pb.EntityBatchResult(failureDetails=details))
