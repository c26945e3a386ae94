"""Durable Functions as the engine of turns. The instance id of a turn is its `turn_id`."""

import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

import grpc
import grpc.aio
from durabletask.client import AsyncTaskHubGrpcClient, OrchestrationStatus

from shared import group_ids
from shared.ambient import AMBIENT, ListenRequest
from shared.common_questions.runs import ANALYZER
from shared.errors import StoreUnavailable
from shared.turns import STOP_EVENT, TURN, EngineState, TurnRequest, floor_event

_LOG = logging.getLogger(__name__)
_ENDED = frozenset({OrchestrationStatus.COMPLETED, OrchestrationStatus.FAILED, OrchestrationStatus.TERMINATED})
_NOT_RUNNING = frozenset({grpc.StatusCode.NOT_FOUND, grpc.StatusCode.FAILED_PRECONDITION})


class DurableTurnEngine:
    """One durable client, kept for the process: opening its channel costs more than a call."""

    def __init__(self, client: AsyncTaskHubGrpcClient) -> None:
        self._client = client

    async def start(self, request: TurnRequest) -> None:
        """Start the turn; a running instance of it makes this a no-op."""
        async with _engine_errors(ignore=frozenset({grpc.StatusCode.ALREADY_EXISTS})):
            await self._client.schedule_new_orchestration(TURN, input=request.text(), instance_id=request.turn_id)

    async def stop(self, turn_id: str) -> None:
        async with _engine_errors(ignore=_NOT_RUNNING):
            await self._client.raise_orchestration_event(turn_id, STOP_EVENT, data="")

    async def resume(self, turn_id: str, parking: int) -> None:
        async with _engine_errors(ignore=_NOT_RUNNING):
            await self._client.raise_orchestration_event(turn_id, floor_event(parking), data="")

    async def listen(self, request: ListenRequest) -> None:
        """Begin to wait for quiet after a message; a running wait makes this a no-op."""
        instance_id = group_ids.listening(request.group_id, request.seq)
        async with _engine_errors(ignore=frozenset({grpc.StatusCode.ALREADY_EXISTS})):
            await self._client.schedule_new_orchestration(AMBIENT, input=request.text(), instance_id=instance_id)

    async def analyze(self, name: str, request: str) -> None:
        """Start a run of the analyzer; one of the same name makes this a no-op."""
        async with _engine_errors(ignore=frozenset({grpc.StatusCode.ALREADY_EXISTS})):
            await self._client.schedule_new_orchestration(ANALYZER, input=request, instance_id=name)

    async def state(self, turn_id: str) -> EngineState:
        async with _engine_errors(ignore=frozenset()):
            found = await self._client.get_orchestration_state(turn_id, fetch_payloads=False)
            if found is None:
                return "absent"
            return "ended" if found.runtime_status in _ENDED else "running"


class TurnEngines:
    """Keeps one engine per durable client configuration the host hands in (there is one in practice)."""

    def __init__(self, connect: Callable[[str], AsyncTaskHubGrpcClient]) -> None:
        self._connect = connect
        self._engines: dict[str, DurableTurnEngine] = {}

    def engine(self, configuration: str) -> DurableTurnEngine:
        if configuration not in self._engines:
            self._engines.clear()
            self._engines[configuration] = DurableTurnEngine(self._connect(configuration))
        return self._engines[configuration]


@asynccontextmanager
async def _engine_errors(ignore: frozenset[grpc.StatusCode]) -> AsyncGenerator[None]:
    try:
        yield
    except grpc.RpcError as error:
        code = error.code() if isinstance(error, grpc.aio.AioRpcError) else None
        if code in ignore:
            return
        _LOG.warning("the durable engine answered %s", code)
        raise StoreUnavailable("The coach's engine could not be reached. Your message is saved; try again.") from error
