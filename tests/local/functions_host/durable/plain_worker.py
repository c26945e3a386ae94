"""The engine on a free port of this process, and plain durabletask workers and clients against it."""

import threading
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any

from durabletask.client import AsyncTaskHubGrpcClient, OrchestrationState
from durabletask.worker import TaskHubGrpcWorker

from local.functions_host.durable.engine import Engine
from local.functions_host.durable.model import Limits
from local.functions_host.durable.streams import WorkStreams

_WAIT = 20
STOPPING: list[threading.Thread] = []


@dataclass(frozen=True)
class Hub:
    engine: Engine
    address: str
    client: AsyncTaskHubGrpcClient

    @contextmanager
    def worker(self, *functions: Callable[..., Any], entities: tuple[Callable[..., Any], ...] = ()) -> Generator[None]:
        """Serve functions: those whose first parameter is `ctx` are orchestrators, the others activities."""
        worker = TaskHubGrpcWorker(host_address=self.address)
        for function in functions:
            first = function.__code__.co_varnames[0]
            (worker.add_orchestrator if first == "ctx" else worker.add_activity)(function)
        for entity in entities:
            worker.add_entity(entity)
        worker.start()
        try:
            yield
        finally:
            # It takes a second, which the next tests need not wait for.
            stopping = threading.Thread(target=worker.stop)
            stopping.start()
            STOPPING.append(stopping)

    async def start(self, name: str, value: Any = None, **options: Any) -> str:
        return await self.client.schedule_new_orchestration(name, input=value, **options)

    async def finished(self, instance_id: str) -> OrchestrationState:
        state = await self.client.wait_for_orchestration_completion(instance_id, timeout=_WAIT)
        assert state is not None
        return state

    async def run(self, name: str, value: Any = None) -> OrchestrationState:
        return await self.finished(await self.start(name, value))


@asynccontextmanager
async def served(limits: Limits | None = None) -> AsyncGenerator[Hub]:
    engine = Engine(None, limits or Limits())
    engine.load()
    port = await engine.serve(0, WorkStreams(engine).methods())
    address = f"127.0.0.1:{port}"
    client = AsyncTaskHubGrpcClient(host_address=address)
    try:
        yield Hub(engine, address, client)
    finally:
        await client.close()
        await engine.close()
