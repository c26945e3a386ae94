"""Entities: queued operations, one batch at a time, and critical sections that really isolate."""

import uuid
from dataclasses import dataclass

import durabletask.internal.orchestrator_service_pb2 as pb
from durabletask.internal.helpers import convert_to_entity_batch_request

from local.functions_host.durable import events
from local.functions_host.durable.hub import Hub
from local.functions_host.durable.model import Entity, Instance, LockRequest, Message


@dataclass(frozen=True, slots=True)
class Batch:
    """Operations of one entity on their way to the worker; `infos` say where each answer goes."""

    entity: Entity
    messages: list[Message]
    request: pb.EntityBatchRequest
    infos: list[pb.OperationInfo]


class EntityBook:
    """All work on entities."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._locked: set[str] = set()
        hub.on_signal = self.queue
        hub.on_removed = self.release

    def load(self) -> None:
        with self._hub.step():
            for entity in self._hub.entities.values():
                if entity.locked_by:
                    self._locked.add(entity.entity_id)
                self._make_ready(entity)
            self._grant_locks()

    def signal(self, entity_id: str, signal: pb.EntityOperationSignaledEvent) -> None:
        """Queue a one-way operation, at its scheduled time if that lies ahead."""
        signal.requestId = signal.requestId or str(uuid.uuid4())
        signal.targetInstanceId.value = entity_id
        event = events.event(self._hub.now(), entityOperationSignaled=signal)
        due = events.seconds_of(signal.scheduledTime) if signal.HasField("scheduledTime") else 0.0
        if due > self._hub.now():
            self._hub.alarms.add(due=due, kind="signal", target=entity_id, event=event)
        else:
            self.queue(entity_id, event)

    def queue(self, entity_id: str, event: bytes) -> None:
        entity = self._entity(entity_id)
        message = Message(self._hub.next_seq(), event)
        entity.inbox.append(message)
        self._hub.journal.add_message(entity_id, message)
        self._make_ready(entity)

    def send(self, sender: Instance, message: pb.SendEntityMessageAction) -> None:
        """Carry out what an orchestrator asked of entities."""
        if message.HasField("entityOperationSignaled"):
            signal = message.entityOperationSignaled
            self.signal(signal.targetInstanceId.value, signal)
        elif message.HasField("entityOperationCalled"):
            call = message.entityOperationCalled
            call.parentInstanceId.value = sender.instance_id
            call.parentExecutionId.value = sender.execution_id
            self.queue(call.targetInstanceId.value, events.event(self._hub.now(), entityOperationCalled=call))
        elif message.HasField("entityLockRequested"):
            wanted = message.entityLockRequested
            lock = LockRequest(
                seq=self._hub.next_seq(),
                section=wanted.criticalSectionId,
                owner=sender.instance_id,
                entity_ids=tuple(wanted.lockSet),
            )
            self._hub.locks.append(lock)
            self._hub.journal.add_lock(lock)
            self._grant_locks()
        elif message.HasField("entityUnlockSent"):
            unlock = message.entityUnlockSent
            entity = self._hub.entities.get(unlock.targetInstanceId.value)
            if entity is not None and entity.locked_by == unlock.criticalSectionId:
                self._unlock(entity)
            self._grant_locks()

    def release(self, owner: str) -> None:
        """Free everything a finished orchestration holds or waits for."""
        for lock in [each for each in self._hub.locks if each.owner == owner]:
            self._hub.locks.remove(lock)
            self._hub.journal.delete_lock(lock)
        for entity in [self._hub.entities[each] for each in self._locked]:
            if entity.lock_owner == owner:
                self._unlock(entity)
        self._grant_locks()

    def release_orphans(self) -> int:
        """Free locks whose orchestration is gone; return how many."""
        with self._hub.step():
            owners = {each.lock_owner for each in self._hub.entities.values() if each.lock_owner}
            orphans = [each for each in owners if each not in self._hub.instances]
            for owner in orphans:
                self.release(owner)
        return len(orphans)

    def remove_empty(self) -> int:
        """Delete entities without state, work or lock; return how many."""
        with self._hub.step():
            empty = [
                each
                for each in self._hub.entities.values()
                if each.state is None and not (each.inbox or each.in_flight or each.locked_by)
            ]
            for entity in empty:
                del self._hub.entities[entity.entity_id]
                self._hub.journal.delete_entity(entity)
        return len(empty)

    def take(self, entity: Entity) -> Batch:
        """Return the next batch, perhaps empty; its messages stay in the inbox until `complete`."""
        messages = self._allowed(entity)[: self._hub.limits.entity_batch]
        request, infos = convert_to_entity_batch_request(
            pb.EntityRequest(
                instanceId=entity.entity_id,
                entityState=events.text(entity.state),
                operationRequests=[pb.HistoryEvent.FromString(each.event) for each in messages],
            )
        )
        entity.in_flight = bool(messages)
        return Batch(entity, messages, request, infos)

    def complete(self, batch: Batch, result: pb.EntityBatchResult) -> None:
        """Store the new state, answer the callers, carry out what the entity asked for."""
        hub, entity, messages = self._hub, batch.entity, batch.messages
        with hub.step():
            done = len(result.results)
            entity.in_flight = False
            entity.state = result.entityState.value if result.HasField("entityState") else None
            entity.modified = hub.now()
            finished = {message.seq for message in messages[:done]}
            entity.inbox = [each for each in entity.inbox if each.seq not in finished]
            hub.journal.delete_messages(messages[:done])
            hub.journal.save_entity(entity)
            for info, outcome in zip(batch.infos, result.results, strict=False):
                self._answer(info, outcome)
            for action in result.actions:
                self._act(action)
            self._make_ready(entity)
            self._grant_locks()

    def requeue(self, entity: Entity) -> None:
        with self._hub.step():
            entity.in_flight = False
            self._make_ready(entity)

    def _answer(self, info: pb.OperationInfo, outcome: pb.OperationResult) -> None:
        if not info.HasField("responseDestination") or not info.responseDestination.instanceId:
            return
        if outcome.HasField("failure"):
            details = events.explained(outcome.failure.failureDetails)
            failed = pb.EntityOperationFailedEvent(requestId=info.requestId, failureDetails=details)
            event = events.event(self._hub.now(), entityOperationFailed=failed)
        else:
            output = outcome.success.result if outcome.success.HasField("result") else None
            completed = pb.EntityOperationCompletedEvent(requestId=info.requestId, output=output)
            event = events.event(self._hub.now(), entityOperationCompleted=completed)
        destination = info.responseDestination
        self._hub.deliver_to_execution(destination.instanceId, destination.executionId.value, event)

    def _act(self, action: pb.OperationAction) -> None:
        if action.HasField("sendSignal"):
            wanted = action.sendSignal
            signal = pb.EntityOperationSignaledEvent(operation=wanted.name)
            if wanted.HasField("input"):
                signal.input.CopyFrom(wanted.input)
            if wanted.HasField("scheduledTime"):
                signal.scheduledTime.CopyFrom(wanted.scheduledTime)
            self.signal(wanted.instanceId, signal)
        elif action.HasField("startNewOrchestration"):
            start = action.startNewOrchestration
            started = pb.ExecutionStartedEvent(name=start.name)
            if start.HasField("input"):
                started.input.CopyFrom(start.input)
            if start.HasField("version"):
                started.version.CopyFrom(start.version)
            due = events.seconds_of(start.scheduledTime) if start.HasField("scheduledTime") else None
            existing = self._hub.instances.get(start.instanceId)
            if existing is None or existing.finished:
                self._hub.create(started, instance_id=start.instanceId, start_at=due)

    def _entity(self, entity_id: str) -> Entity:
        entity = self._hub.entities.get(entity_id)
        if entity is None:
            entity = self._hub.entities[entity_id] = Entity(entity_id, modified=self._hub.now())
            self._hub.journal.save_entity(entity)
        return entity

    def _allowed(self, entity: Entity) -> list[Message]:
        if not entity.locked_by:
            return entity.inbox
        return [each for each in entity.inbox if _caller(each) == entity.lock_owner]

    def _make_ready(self, entity: Entity) -> None:
        if not (entity.in_flight or entity.queued) and self._allowed(entity):
            entity.queued = True
            self._hub.ready_entities.append(entity)

    def _unlock(self, entity: Entity) -> None:
        entity.locked_by = entity.lock_owner = ""
        self._locked.discard(entity.entity_id)
        self._hub.journal.save_entity(entity)
        self._make_ready(entity)

    def _grant_locks(self) -> None:
        for lock in tuple(self._hub.locks):
            entities = [self._entity(each) for each in lock.entity_ids]
            if any(each.locked_by or each.in_flight or _earlier(each, lock) for each in entities):
                continue
            for entity in entities:
                entity.locked_by, entity.lock_owner = lock.section, lock.owner
                self._locked.add(entity.entity_id)
                self._hub.journal.save_entity(entity)
            self._hub.locks.remove(lock)
            self._hub.journal.delete_lock(lock)
            owner = self._hub.instances.get(lock.owner)
            if owner is not None:
                granted = pb.EntityLockGrantedEvent(criticalSectionId=lock.section)
                self._hub.deliver(owner, events.event(self._hub.now(), entityLockGranted=granted))


def _earlier(entity: Entity, lock: LockRequest) -> bool:
    return bool(entity.inbox) and entity.inbox[0].seq < lock.seq


def _caller(message: Message) -> str:
    parsed = pb.HistoryEvent.FromString(message.event)
    return parsed.entityOperationCalled.parentInstanceId.value
