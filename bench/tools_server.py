"""The MCP server of `bench.tools`: `python -m bench.tools_server --port N`.

One official SDK server with three tools, at `/modern/mcp` without sessions and at `/handshake/mcp` as servers were
before 2026: with sessions, and refusing what newer clients say.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator
from typing import Any

from mcp.server.mcpserver import MCPServer
from pydantic import BaseModel
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from local import service
from tests.support import asgi

_METHOD_NOT_FOUND = -32601
_ERA = b"mcp-protocol-version"
_MODERN = b"2026-07-28"


class Deal(BaseModel):
    """What the structured tool returns."""

    account: str
    amount: float
    stage: str


def tools(name: str) -> MCPServer:
    """Return a server with a tool that returns text, one with an output schema, and one that takes its time."""
    server = MCPServer(name)

    @server.tool(structured_output=False)
    async def plain(account: str) -> str:
        return f"{account}: 40,000 euros, negotiation"

    @server.tool(structured_output=True)
    async def structured(account: str) -> list[Deal]:
        return [Deal(account=account, amount=10_000.0 * n, stage="negotiation") for n in range(1, 6)]

    @server.tool(structured_output=False)
    async def slow(ms: int) -> str:
        """Take `ms` milliseconds and return how many they really were."""
        begun = time.perf_counter()
        await asyncio.sleep(ms / 1000)
        return str((time.perf_counter() - begun) * 1000)

    return server


class _BeforeTheRevision:
    """Refuses requests of the era without sessions, in a way by which clients tell an older server."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and dict(scope["headers"]).get(_ERA) == _MODERN:
            error: dict[str, Any] = {"code": _METHOD_NOT_FOUND, "message": "Method not found"}
            await JSONResponse({"jsonrpc": "2.0", "id": 1, "error": error}, 404)(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def app() -> Starlette:
    modern, handshake = tools("modern"), tools("handshake")
    new = modern.streamable_http_app(streamable_http_path="/mcp", stateless_http=True, json_response=True)
    old = handshake.streamable_http_app(streamable_http_path="/mcp", json_response=True)

    @contextlib.asynccontextmanager
    async def running(_app: Starlette) -> AsyncGenerator[None]:
        async with modern.session_manager.run(), handshake.session_manager.run():
            yield

    outer = Starlette(lifespan=running)
    outer.mount("/modern", new)
    outer.mount("/handshake", Starlette(routes=old.routes, middleware=[Middleware(_BeforeTheRevision)]))
    return outer


def main() -> None:
    flags = service.parser("tools_server", "The MCP server whose calls bench.tools measures.")
    flags.prog = "python -m bench.tools_server"
    chosen = flags.parse_args()
    service.configure_logging("WARNING")
    asgi.run(app(), "tools_server", port=chosen.port)


if __name__ == "__main__":
    main()
