"""The coach's tools on the MCP SDK: streamable HTTP without sessions, one request at a time, both protocol eras.

The only module of `api` that knows the SDK. A request is served as a whole: what runs for it ends with it, so any
process may serve the next one. What the SDK streams is gathered, for the answer of an HTTP function is not streamed.
"""

import asyncio
import logging
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import mcp_types as types
from mcp import MCPError
from mcp.server.caching import CacheHint
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

from api.inputs import JSON, MAX_BODY_BYTES
from api.mcp_server.answers import Patience
from api.mcp_server.tools import INSTRUCTIONS, TOOLS, Asker, CoachTool, call, find
from chat.dependencies import ChatDependencies
from shared.people import Grant
from shared.turns import TurnEngine

_LISTED_FOR_MS = 300_000
_CALLER = "caller"
_HOP_BY_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length"})
_log = logging.getLogger(__name__)

type Context = ServerRequestContext[Any, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who a request comes from, proven, and the engine its function was given."""

    grant: Grant
    engine: TurnEngine


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpExchange:
    """A request to the server; header names are lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True, kw_only=True)
class HttpAnswer:
    """What the server answered."""

    status: int = HTTPStatus.INTERNAL_SERVER_ERROR
    headers: dict[str, str] = field(default_factory=dict[str, str])
    body: bytes = b""

    @property
    def media_type(self) -> str:
        return self.headers.get("content-type", JSON)


class CoachServer:
    """Answers MCP requests of signed-in people."""

    def __init__(self, deps: ChatDependencies, patience: Patience | None = None) -> None:
        self._deps = deps
        self._patience = patience or Patience()
        hint = CacheHint(ttl_ms=_LISTED_FOR_MS, scope="public")
        self._server: Server[Any] = Server(
            "salescoach",
            title="SalesCoach",
            version="1",
            instructions=INSTRUCTIONS,
            cache_hints={"tools/list": hint, "server/discover": hint},
            on_list_tools=self._list_tools,
            on_call_tool=self._call_tool,
        )

    async def handle(self, request: HttpExchange, caller: Caller) -> HttpAnswer:
        """Answer one request."""
        if request.method != "POST":
            # A stream the server would speak on by itself, or the end of a session: there are neither.
            return HttpAnswer(status=HTTPStatus.METHOD_NOT_ALLOWED, headers={"allow": "POST"})
        manager = StreamableHTTPSessionManager(self._server, stateless=True, max_request_body_size=MAX_BODY_BYTES)
        exchange = _Exchange(request.body)
        async with manager.run():
            await manager.handle_request(_scope(request, caller), exchange.receive, exchange.send)
        return exchange.answer

    async def _list_tools(self, _ctx: Context, _params: types.PaginatedRequestParams | None) -> types.ListToolsResult:
        return types.ListToolsResult(tools=[_described(tool) for tool in TOOLS])

    async def _call_tool(self, ctx: Context, params: types.CallToolRequestParams) -> types.CallToolResult:
        tool = find(params.name)
        if tool is None:
            raise MCPError(types.INVALID_PARAMS, f"There is no tool {params.name[:60]!r}.")
        caller: Caller = ctx.request.scope["state"][_CALLER] if ctx.request is not None else _nobody()
        asker = Asker(
            deps=self._deps,
            engine=caller.engine,
            grant=caller.grant,
            patience=self._patience,
            progress=ctx.session.report_progress,
        )
        try:
            answer = await call(tool, asker, params.arguments or {})
        except Exception:  # noqa: BLE001 - the boundary: the SDK would tell the caller what broke, it is for the log
            _log.exception("the tool %s failed", tool.name)
            raise MCPError(types.INTERNAL_ERROR, "Something went wrong here. Try again later.") from None
        return types.CallToolResult(
            content=[types.TextContent(text=answer.text)],
            structured_content=answer.content,
            is_error=answer.is_error,
        )


def _nobody() -> Caller:
    raise MCPError(types.INVALID_REQUEST, "Tools are called over HTTP, by somebody.")


def _described(tool: CoachTool) -> types.Tool:
    return types.Tool(
        name=tool.name,
        title=tool.title,
        description=tool.description,
        input_schema=tool.takes.model_json_schema(),
        output_schema=tool.gives.model_json_schema(mode="serialization"),
        annotations=types.ToolAnnotations(read_only_hint=tool.read_only, open_world_hint=not tool.read_only),
    )


def _scope(request: HttpExchange, caller: Caller) -> dict[str, Any]:
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": "https",
        "path": request.path,
        "raw_path": request.path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in request.headers.items()],
        "client": None,
        "server": None,
        "state": {_CALLER: caller},
    }


class _Exchange:
    """Hands the request's body over once, and gathers the answer."""

    def __init__(self, body: bytes) -> None:
        self._body: bytes | None = body
        self.answer = HttpAnswer()

    async def receive(self) -> dict[str, Any]:
        if self._body is None:
            # The function is not told when its client goes away; whoever waits for that is cancelled at the end.
            await asyncio.Event().wait()
        body, self._body = self._body, None
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(self, message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.answer.status = message["status"]
            headers = ((name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in message["headers"])
            self.answer.headers = {name: value for name, value in headers if name not in _HOP_BY_HOP}
        elif message["type"] == "http.response.body":
            self.answer.body += message.get("body", b"")
