"""Work for plain durabletask workers, which fetch it over gRPC (`GetWorkItems`).

A delivery is leased to the stream that carried it: when the stream ends, what it did not answer is delivered again.
"""

import asyncio
import itertools
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import durabletask.internal.orchestrator_service_pb2 as pb
from durabletask.entities import EntityInstanceId
from google.protobuf.message import Message

from local.functions_host.durable import outcomes
from local.functions_host.durable.engine import Engine
from local.functions_host.durable.entities import Batch
from local.functions_host.durable.episodes import Episode
from local.functions_host.durable.model import Task
from local.functions_host.durable.rpc import Methods, streaming, unary

_PING_SECONDS = 30.0  # workers take a stream that is silent for two minutes for dead
_ABANDONED_PAUSE = 0.2

Work = Episode | Task | Batch


def _name_of(work: Work) -> tuple[str, str, str]:
    """Return kind, name and version."""
    if isinstance(work, Episode):
        state = work.instance.state
        return "orchestration", state.name, state.version.value
    if isinstance(work, Task):
        return "activity", work.request.name, work.request.version.value
    return "entity", EntityInstanceId.parse(work.entity.entity_id).entity, ""


def _item(work: Work, token: str) -> pb.WorkItem:
    if isinstance(work, Episode):
        request = pb.OrchestratorRequest.FromString(work.request())
        return pb.WorkItem(orchestratorRequest=request, completionToken=token)
    if isinstance(work, Task):
        return pb.WorkItem(activityRequest=work.request, completionToken=token)
    return pb.WorkItem(entityRequest=work.request, completionToken=token)


class _Filter:
    """What a worker accepts: without filters everything, otherwise the named work (in the named versions)."""

    def __init__(self, request: pb.GetWorkItemsRequest) -> None:
        self._names: dict[tuple[str, str], set[str]] | None = None
        if not request.HasField("workItemFilters"):
            return
        wanted = request.workItemFilters
        self._names = {("entity", each.name.lower()): set() for each in wanted.entities}
        for kind, filters in (("orchestration", wanted.orchestrations), ("activity", wanted.activities)):
            for each in filters:
                self._names.setdefault((kind, each.name), set()).update(each.versions)

    def accepts(self, kind: str, name: str, version: str) -> bool:
        if self._names is None:
            return True
        versions = self._names.get((kind, name))
        return versions is not None and (not versions or version in versions)


@dataclass(slots=True, eq=False)
class _Stream:
    accepted: _Filter
    limits: dict[str, int]
    items: asyncio.Queue[pb.WorkItem] = field(default_factory=asyncio.Queue[pb.WorkItem])
    leased: dict[str, Work] = field(default_factory=dict[str, Work])

    def takes(self, kind: str, name: str, version: str) -> bool:
        limit = self.limits[kind]
        free = limit <= 0 or sum(_name_of(each)[0] == kind for each in self.leased.values()) < limit
        return free and self.accepted.accepts(kind, name, version)


class WorkStreams:
    """Shares ready work out among connected workers; what nobody accepts waits."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._hub = engine.hub
        self._streams: list[_Stream] = []
        self._tokens = itertools.count(1)
        self._returned: set[asyncio.TimerHandle] = set()
        self._hub.on_work = self._pump

    def methods(self) -> Methods:
        """Return the calls a worker makes."""
        abandoned = {
            "AbandonTaskOrchestratorWorkItem": (
                pb.AbandonOrchestrationTaskRequest,
                pb.AbandonOrchestrationTaskResponse,
            ),
            "AbandonTaskActivityWorkItem": (pb.AbandonActivityTaskRequest, pb.AbandonActivityTaskResponse),
            "AbandonTaskEntityWorkItem": (pb.AbandonEntityTaskRequest, pb.AbandonEntityTaskResponse),
        }
        return {
            "GetWorkItems": streaming(pb.GetWorkItemsRequest, self.get_work_items),
            "CompleteOrchestratorTask": unary(pb.OrchestratorResponse, self.complete_orchestrator),
            "CompleteActivityTask": unary(pb.ActivityResponse, self.complete_activity),
            "CompleteEntityTask": unary(pb.EntityBatchResult, self.complete_entity),
            **{name: unary(asked, self._abandoning(answer)) for name, (asked, answer) in abandoned.items()},
        }

    async def get_work_items(self, request: pb.GetWorkItemsRequest, _context: Any) -> AsyncIterator[pb.WorkItem]:
        stream = _Stream(
            accepted=_Filter(request),
            limits={
                "orchestration": request.maxConcurrentOrchestrationWorkItems,
                "activity": request.maxConcurrentActivityWorkItems,
                "entity": request.maxConcurrentEntityWorkItems,
            },
        )
        self._streams.append(stream)
        self._pump()
        try:
            while True:
                try:
                    yield await asyncio.wait_for(stream.items.get(), _PING_SECONDS)
                except TimeoutError:
                    yield pb.WorkItem(healthPing=pb.HealthPing())
        finally:
            self._streams.remove(stream)
            for work in stream.leased.values():
                self._give_back(work)

    async def complete_orchestrator(self, response: pb.OrchestratorResponse) -> pb.CompleteTaskResponse:
        work = self._release(response.completionToken)
        if isinstance(work, Episode):
            self._engine.episodes.complete(work, response)
        return pb.CompleteTaskResponse()

    async def complete_activity(self, response: pb.ActivityResponse) -> pb.CompleteTaskResponse:
        work = self._release(response.completionToken)
        if isinstance(work, Task):
            if response.HasField("failureDetails"):
                event = outcomes.task_failed(self._hub, work, response.failureDetails)
            else:
                result = response.result if response.HasField("result") else None
                event = outcomes.task_completed(self._hub, work, result)
            self._engine.episodes.complete_task(work, event)
        return pb.CompleteTaskResponse()

    async def complete_entity(self, result: pb.EntityBatchResult) -> pb.CompleteTaskResponse:
        work = self._release(result.completionToken)
        if isinstance(work, Batch):
            self._engine.entities.complete(work, outcomes.entity_result(work, result))
        return pb.CompleteTaskResponse()

    def _abandoning(self, answer: type[Message]) -> Any:
        async def abandon(request: Any) -> Message:
            work = self._release(request.completionToken)
            if work is not None:
                # A pause, because the same worker may be the only one to offer it to.
                asyncio.get_running_loop().call_later(_ABANDONED_PAUSE, self._give_back, work)
            return answer()

        return abandon

    def _release(self, token: str) -> Work | None:
        """End a lease; a token that is not known belongs to a delivery that was taken back."""
        for stream in self._streams:
            work = stream.leased.pop(token, None)
            if work is not None:
                return work
        return None

    def _give_back(self, work: Work) -> None:
        if isinstance(work, Episode):
            self._engine.episodes.requeue(work)
        elif isinstance(work, Task):
            self._engine.episodes.requeue_task(work)
        else:
            self._engine.entities.requeue(work.entity)

    def _taker(self, kind: str, name: str, version: str) -> _Stream | None:
        able = [each for each in self._streams if each.takes(kind, name, version)]
        return min(able, key=lambda each: len(each.leased), default=None)

    def _lease(self, stream: _Stream, work: Work) -> None:
        token = str(next(self._tokens))
        stream.leased[token] = work
        stream.items.put_nowait(_item(work, token))

    def _pump(self) -> None:
        if self._streams:
            self._offer_instances()
            self._offer_tasks()
            self._offer_entities()

    def _offer_instances(self) -> None:
        waiting = self._hub.ready_instances
        for instance in _drained(waiting):
            # A purge or replacement since it was queued leaves a stale object behind.
            if self._hub.instances.get(instance.instance_id) is not instance or not instance.inbox:
                instance.queued = False
                continue
            stream = self._taker("orchestration", instance.state.name, instance.state.version.value)
            if stream is None:
                waiting.append(instance)
            else:
                instance.queued = False
                self._lease(stream, self._engine.episodes.begin(instance))

    def _offer_tasks(self) -> None:
        waiting = self._hub.ready_tasks
        for key in _drained(waiting):
            task = self._hub.tasks.get(key)
            if task is None:
                continue
            stream = self._taker("activity", task.request.name, task.request.version.value)
            if stream is None:
                waiting.append(key)
            else:
                self._lease(stream, task)

    def _offer_entities(self) -> None:
        waiting = self._hub.ready_entities
        for entity in _drained(waiting):
            stream = self._taker("entity", EntityInstanceId.parse(entity.entity_id).entity, "")
            if stream is None:
                waiting.append(entity)
                continue
            entity.queued = False
            batch = self._engine.entities.take(entity)
            if batch.messages:
                self._lease(stream, batch)


def _drained[T](queue: deque[T]) -> list[T]:
    found = list(queue)
    queue.clear()
    return found
