"""A coach server over a world whose engine runs each turn to its end, and the official client against it."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp_types import CallToolResult, TextContent

from api.mcp_server.answers import Patience
from api.mcp_server.transport import Caller, CoachServer, HttpExchange
from shared.sign_in import signed_in
from shared.turns import TurnRequest
from tests.orchestration.turns import Turn
from tests.support.client import Client as Connection
from tests.support.doubles import Happening, RecordingEngine, answer, asks
from tests.support.functions import signed_in as known
from tests.support.world import World

type Mode = Literal["legacy", "2026-07-28"]
MODES: list[Mode] = ["legacy", "2026-07-28"]
QUICK = Patience(limit_s=5, every_s=0.01)
URL = "http://coach.example/api/mcp"


@dataclass(slots=True)
class AnsweringEngine(RecordingEngine):
    """Runs a started turn beside the caller: a call of `find`, then `text`; None leaves it running."""

    world: World | None = None
    text: str | None = "Call Contoso first."
    tasks: set[asyncio.Task[None]] = field(default_factory=set[asyncio.Task[None]])

    async def start(self, request: TurnRequest) -> None:
        await RecordingEngine.start(self, request)
        if self.text is not None:
            task = asyncio.create_task(self._run(request, list(answer(self.text))))
            self.tasks.add(task)

    async def fail(self, request: TurnRequest) -> None:
        """End the turn the way the orchestrator does when its model is gone."""
        assert self.world is not None
        await self._turn(self.world, request).finish("failed", "model_unavailable")

    def _turn(self, world: World, request: TurnRequest) -> Turn:
        person = Connection(world, request.asker)
        return Turn(world, person, request.conversation_id, request.turn_id, request.question_seq)

    async def _run(self, request: TurnRequest, script: list[Happening]) -> None:
        assert self.world is not None
        turn = self._turn(self.world, request)
        result = await turn.step(0, *asks(("crm__find", "{}")))
        await turn.call(result.calls[0])
        await turn.step(1, *script)
        await turn.finish()


@dataclass(slots=True)
class Coach:
    """The server, and what the HTTP function would do for it."""

    world: World
    engine: AnsweringEngine
    server: CoachServer
    token: str = "good"

    async def answer(self, request: httpx2.Request) -> httpx2.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        grant = await signed_in(self.world.chat, headers.get("authorization"))
        exchange = HttpExchange(
            method=request.method, path=request.url.path, headers=headers, body=await request.aread()
        )
        told = await self.server.handle(exchange, Caller(grant=grant, engine=self.engine))
        return httpx2.Response(told.status, headers=told.headers, content=told.body)

    def patient(self, patience: Patience) -> "Coach":
        return Coach(self.world, self.engine, CoachServer(self.world.chat, patience), self.token)

    @asynccontextmanager
    async def client(self, mode: Mode = "2026-07-28") -> AsyncGenerator[Client]:
        transport = httpx2.MockTransport(self.answer)
        headers = {"authorization": f"Bearer {self.token}"}
        async with (
            httpx2.AsyncClient(transport=transport, headers=headers, timeout=20) as http,
            Client(streamable_http_client(URL, http_client=http), mode=mode, read_timeout_seconds=20) as client,
        ):
            yield client

    async def call(self, tool: str, /, mode: Mode = "2026-07-28", **arguments: Any) -> CallToolResult:
        async with self.client(mode) as client:
            return await client.call_tool(tool, arguments)

    async def content(self, tool: str, /, **arguments: Any) -> dict[str, Any]:
        """Return the structure a call must succeed with."""
        result = await self.call(tool, **arguments)
        assert not result.is_error, text_of(result)
        assert isinstance(result.structured_content, dict)
        return result.structured_content


def text_of(result: CallToolResult) -> str:
    return "\n".join(block.text for block in result.content if isinstance(block, TextContent))


@pytest.fixture
async def coach(world: World) -> AsyncGenerator[Coach]:
    known(world)
    engine = AnsweringEngine(world=world)
    yield Coach(world, engine, CoachServer(world.chat, QUICK))
    await asyncio.gather(*engine.tasks)
