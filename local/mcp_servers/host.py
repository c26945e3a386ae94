"""One loopback port for all servers: `/<server>/mcp` each, and the control routes tests use."""

import asyncio
import contextlib
import logging
import socket
from collections.abc import AsyncGenerator, Generator

import uvicorn
from mcp.server.auth.middleware.auth_context import AuthContextMiddleware
from mcp.server.auth.middleware.bearer_auth import BearerAuthBackend
from mcp.server.caching import CacheableMethod, CacheHint
from mcp.server.mcpserver import MCPServer
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.authentication import AuthenticationMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.routing import BaseRoute

from local import service
from local.holds import Holds
from local.mcp_servers.call_log import CallLog
from local.mcp_servers.control import control_routes, hold_routes
from local.mcp_servers.crm.server import crm_server
from local.mcp_servers.crm.store import CrmStore
from local.mcp_servers.faults import FaultBoard
from local.mcp_servers.quotes.authority import Authority
from local.mcp_servers.quotes.routes import URL, authority_routes
from local.mcp_servers.quotes.server import PATH as QUOTES_PATH
from local.mcp_servers.quotes.server import quotes_server
from local.mcp_servers.sales_playbook import sales_playbook_server
from local.mcp_servers.tool_faults import ToolFaults
from local.mcp_servers.transport_faults import TransportFaults
from local.mcp_servers.web_search import web_search_server

logger = logging.getLogger(__name__)

TOOLS_TTL_MS = 300_000
STOP_GRACE_S = 1


def build_app(store: CrmStore, origin: str) -> Starlette:
    """Return the ASGI application: stateless MCP endpoints with JSON responses, and control routes.

    `origin` is where it will be reached; the authorization server of `quotes` is at its root.
    """
    board, calls = FaultBoard(), CallLog()
    holds = Holds(frozenset({"server", "tool", "arguments"}))
    hints: dict[CacheableMethod, CacheHint] = {
        "tools/list": CacheHint(ttl_ms=TOOLS_TTL_MS, scope="public"),
        "server/discover": CacheHint(ttl_ms=TOOLS_TTL_MS, scope="public"),
    }
    authority = Authority(origin, f"{origin}{QUOTES_PATH}")
    private: dict[CacheableMethod, CacheHint] = {
        method: CacheHint(ttl_ms=TOOLS_TTL_MS, scope="private") for method in hints
    }
    servers = [
        crm_server(store, hints),
        sales_playbook_server(hints),
        web_search_server(hints),
        quotes_server(authority, private),
    ]
    routes: list[BaseRoute] = [
        *control_routes(board, calls, {server.name for server in servers}),
        *hold_routes(holds),
        *authority_routes(authority),
    ]
    for server in servers:
        server.middleware.append(ToolFaults(server.name, board, calls))
        routes += server.streamable_http_app(
            streamable_http_path=f"/{server.name}/mcp", stateless_http=True, json_response=True
        ).routes
    return Starlette(
        routes=routes,
        middleware=_middleware(board, holds, authority),
        lifespan=lambda _app: _running(servers),
    )


def _middleware(board: FaultBoard, holds: Holds, authority: Authority) -> list[Middleware]:
    return [
        Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"]),
        Middleware(TransportFaults, board=board, holds=holds),
        # Only says who comes, if they show a token; `quotes` alone insists on one.
        Middleware(
            AuthenticationMiddleware,
            backend=BearerAuthBackend(authority, resource_server_url=URL.validate_python(authority.resource)),
        ),
        Middleware(AuthContextMiddleware),
    ]


@contextlib.asynccontextmanager
async def _running(servers: list[MCPServer]) -> AsyncGenerator[None]:
    async with contextlib.AsyncExitStack() as stack:
        for server in servers:
            await stack.enter_async_context(server.session_manager.run())
        yield


class _Server(uvicorn.Server):
    """uvicorn that leaves signals to `service.run` and announces itself once it accepts requests."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if sockets and not self.should_exit:
            service.announce("mcp_servers", service.port_of(sockets[0]))


async def serve(store: CrmStore, sock: socket.socket, stop: asyncio.Event) -> None:
    """Serve on `sock` until `stop` is set; requests still running then get one second."""
    # asyncio leaves Nagle's algorithm on for sockets made elsewhere, and answers then wait 40 ms for an ACK.
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    origin = f"http://{service.HOST}:{service.port_of(sock)}"
    config = uvicorn.Config(
        build_app(store, origin), log_config=None, access_log=False, timeout_graceful_shutdown=STOP_GRACE_S, ws="none"
    )
    server = _Server(config)
    serving = asyncio.create_task(server.serve(sockets=[sock]))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
    server.should_exit = True
    stopping.cancel()
    await serving
    logger.info("stopped")
