"""The shapes the engine keeps in memory; the journal holds the same things on disk."""

import os
from dataclasses import dataclass, field

import durabletask.internal.orchestrator_service_pb2 as pb

TERMINAL = frozenset(
    {
        pb.ORCHESTRATION_STATUS_COMPLETED,
        pb.ORCHESTRATION_STATUS_FAILED,
        pb.ORCHESTRATION_STATUS_TERMINATED,
        pb.ORCHESTRATION_STATUS_CANCELED,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What production allows: sizes in bytes (one payload, one gRPC message), lengths, concurrency.

    Of finished orchestrations the last `keep_finished` are kept, each for `keep_seconds` at most.
    """

    payload_bytes: int = 4 * 1024 * 1024
    message_bytes: int = 4 * 1024 * 1024
    id_length: int = 1000
    orchestrators: int = 10 * (os.cpu_count() or 1)
    activities: int = 10 * (os.cpu_count() or 1)
    entities: int = 10 * (os.cpu_count() or 1)
    entity_batch: int = 5000
    replace_any: bool = False
    keep_finished: int = 10_000
    keep_seconds: float = 7 * 86400.0


@dataclass(frozen=True, slots=True)
class Message:
    """One waiting event: `event` is a serialized HistoryEvent; `seq` orders all messages of the hub."""

    seq: int
    event: bytes


@dataclass(slots=True)
class Instance:
    """One orchestration. `history` holds serialized HistoryEvents and is empty once finished (see the journal).

    `delivery` is the episode that is with the worker; only its answer counts.
    """

    state: pb.OrchestrationState
    parent: pb.ParentInstanceInfo | None
    history: list[bytes] = field(default_factory=list[bytes])
    inbox: list[Message] = field(default_factory=list[Message])
    delivery: object | None = None
    queued: bool = False
    delayed: bool = False

    @property
    def instance_id(self) -> str:
        return self.state.instanceId

    @property
    def execution_id(self) -> str:
        return self.state.executionId.value

    @property
    def finished(self) -> bool:
        return self.state.orchestrationStatus in TERMINAL


TaskKey = tuple[str, str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One scheduled activity of one execution of an orchestration."""

    instance_id: str
    execution_id: str
    request: pb.ActivityRequest

    @property
    def key(self) -> TaskKey:
        return (self.instance_id, self.execution_id, self.request.taskId)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """Something to do at `due` (seconds since the epoch).

    `kind` is `timer` (deliver `event` to execution `execution_id` of `target`), `start` (let the delayed
    instance `target` run) or `signal` (queue the operation `event` on entity `target`).
    """

    number: int
    due: float
    kind: str
    target: str
    execution_id: str = ""
    event: bytes = b""


@dataclass(slots=True)
class Entity:
    """One entity. `locked_by` is a critical section of orchestration `lock_owner`; no state means absent."""

    entity_id: str
    state: str | None = None
    modified: float = 0.0
    locked_by: str = ""
    lock_owner: str = ""
    inbox: list[Message] = field(default_factory=list[Message])
    in_flight: bool = False
    queued: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LockRequest:
    """An orchestration waiting for a set of entities; operations queued before `seq` go first."""

    seq: int
    section: str
    owner: str
    entity_ids: tuple[str, ...]
