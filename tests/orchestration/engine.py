"""The real durable engine in memory, on a free port of this machine only, with activities the test scripts."""

import json
import threading
from collections.abc import Callable, Generator
from concurrent import futures
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, cast

import grpc
from durabletask import task
from durabletask.client import TaskHubGrpcClient
from durabletask.internal import orchestrator_service_pb2_grpc as stubs
from durabletask.testing.in_memory_backend import InMemoryOrchestrationBackend
from durabletask.worker import TaskHubGrpcWorker

from orchestration.turn import turn

WAIT_S = 20


class _Backend(InMemoryOrchestrationBackend):
    """The SDK's own backend, listening where only this machine can reach it."""

    def start(self) -> str:
        self._shutdown_event.clear()
        server = self._server = grpc.server(futures.ThreadPoolExecutor(max_workers=10))
        add = cast("Callable[[object, grpc.Server], None]", stubs.add_TaskHubSidecarServiceServicer_to_server)
        add(self, server)
        self._port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        return f"127.0.0.1:{self._port}"


@dataclass(slots=True)
class Activities:
    """Answers activities from scripts by name; notes each execution. A function is called, an exception raised."""

    scripts: dict[str, list[Any]] = field(default_factory=dict[str, list[Any]])
    executed: list[str] = field(default_factory=list[str])
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def bound(self, name: str) -> Callable[[task.ActivityContext, str], str]:
        def run(_: task.ActivityContext, payload: str) -> str:
            wanted: dict[str, Any] = json.loads(payload)
            with self._lock:
                self.executed.append(f"{name} {wanted.get('call_id', wanted.get('step', wanted.get('status')))}")
                result = self.scripts[name].pop(0) if self.scripts.get(name) else "ok"
            if callable(result):
                result = result()
            if isinstance(result, Exception):
                raise result
            return str(result)

        run.__name__ = name
        return run


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """`address` is where it listens; `client` is a synchronous client of it."""

    address: str
    client: TaskHubGrpcClient

    def result(self, instance_id: str) -> str:
        """Wait for an instance to end and return its status in words."""
        state = self.client.wait_for_orchestration_completion(instance_id, timeout=WAIT_S)
        assert state is not None
        assert state.failure_details is None, state.failure_details
        return cast("str", json.loads(state.serialized_output or "null"))


@contextmanager
def engine(activities: Activities) -> Generator[Engine]:
    """Run the turn's orchestrator on a new engine until the block ends."""
    backend = _Backend()
    address = backend.start()
    worker = TaskHubGrpcWorker(host_address=address)
    worker.add_orchestrator(turn)
    for name in ("call_model", "call_tool", "expire_cards", "finish_turn"):
        worker.add_activity(activities.bound(name))
    worker.start()
    client = TaskHubGrpcClient(host_address=address)
    try:
        yield Engine(address=address, client=client)
    finally:
        client.close()
        worker.stop()
        backend.stop()
