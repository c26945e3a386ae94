"""A server on the real SDK, over HTTP, in either era: it asks people, tells how far it is, and can be given up."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Annotated

import mcp_types as types
import uvicorn
from mcp.server.mcpserver import Context, Elicit, MCPServer, RequestStateSecurity, Resolve
from mcp.shared.exceptions import UrlElicitationRequiredError
from pydantic import BaseModel
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.tools.catalog import Catalog
from tests.shared.tools.scripted_server import LEGACY, MODERN, ScriptedServer

PAGE = "https://pay.example/confirm?id=7"


class Seats(BaseModel):
    count: int
    window: bool = False


@dataclass
class Told:
    """What the tools saw."""

    started: asyncio.Event = field(default_factory=asyncio.Event)
    cancelled: asyncio.Event = field(default_factory=asyncio.Event)
    booked: list[tuple[str, int, bool]] = field(default_factory=list[tuple[str, int, bool]])


@dataclass
class SdkServer:
    url: str
    era: str
    told: Told

    def catalog(self, **server: object) -> Catalog:
        return ScriptedServer(url=self.url).catalog(**server)


async def _seats(day: str) -> Elicit[Seats]:
    return Elicit(f"How many seats on {day}?", Seats)


def _tools(told: Told, secret: bytes) -> MCPServer:
    server = MCPServer("patient", request_state_security=RequestStateSecurity(keys=[secret]))

    @server.tool()
    async def book(day: str, seats: Annotated[Seats, Resolve(_seats)]) -> str:
        told.booked.append((day, seats.count, seats.window))
        return f"{seats.count} seats on {day}"

    @server.tool()
    async def pay(ctx: Context) -> str | types.InputRequiredResult:
        if ctx.protocol_version == MODERN:
            if ctx.input_responses:
                return "paid"
            page = types.ElicitRequestURLParams(message="Confirm the payment.", url=PAGE)
            return types.InputRequiredResult(input_requests={"page": types.ElicitRequest(params=page)})
        if told.started.is_set():
            return "paid"
        told.started.set()
        raise UrlElicitationRequiredError(
            [types.ElicitRequestURLParams(message="Confirm the payment.", url=PAGE, elicitation_id="page")]
        )

    @server.tool()
    async def count(steps: int, ctx: Context) -> str:
        for step in range(1, steps + 1):
            await ctx.report_progress(step, steps, f"step {step}")
        return "counted"

    @server.tool()
    async def wait() -> str:
        told.started.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            told.cancelled.set()
            raise
        return "never"

    return server


@asynccontextmanager
async def sdk_server(*, era: str = MODERN, secret: bytes = b"k" * 32, port: int = 0) -> AsyncGenerator[SdkServer]:
    told = Told()
    app = _tools(told, secret).streamable_http_app()
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(("127.0.0.1", port))
        config = uvicorn.Config(
            _without_discovery(app) if era == LEGACY else app,
            log_config=None,
            access_log=False,
            lifespan="on",
            ws="none",
            timeout_graceful_shutdown=1,
        )
        server = _Server(config)
        serving = asyncio.create_task(server.serve([sock]))
        try:
            await asyncio.wait_for(server.ready.wait(), 10)
            yield SdkServer(url=f"http://127.0.0.1:{sock.getsockname()[1]}/mcp", era=era, told=told)
        finally:
            server.should_exit = server.force_exit = True
            await serving


def _without_discovery(app: ASGIApp) -> ASGIApp:
    """Return the app as it was before the stateless era: it does not know the method."""

    async def old(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and (b"mcp-method", b"server/discover") in scope["headers"]:
            await send({"type": "http.response.start", "status": 404, "headers": []})
            await send({"type": "http.response.body", "body": b""})
            return
        await app(scope, receive, send)

    return old


class _Server(uvicorn.Server):
    """uvicorn that leaves signals alone and says when it accepts requests."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()
