"""The one way out to MCP servers: a connection pool for the process, a guard and an SDK client for each call.

The guard lets a request go to its server's origin only, stops an answer that grows too large, and notes what decides
whether a failed call may be made again: did the request leave, and what status came back.
"""

import asyncio
import logging
import math
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cached_property

import httpx2
import mcp_types as types
from mcp import Client, MCPError
from mcp.client.caching import CacheConfig, CacheEntry, CacheKey, InMemoryResponseCacheStore
from mcp.client.streamable_http import streamable_http_client

from shared.tools.failures import CallFailure

logger = logging.getLogger(__name__)

MAX_BODY_BYTES = 4_000_000
PINNED_VERSION = "2026-07-28"
_CLIENT = types.Implementation(name="salescoach", version="1")
_CONNECT_TIMEOUT_S = 5.0
_GOODBYE_TIMEOUT_S = 1.0
_LIMITS = httpx2.Limits(max_connections=100, max_keepalive_connections=50, keepalive_expiry=60)
# The byte cap counts what arrives; a compressed answer could unfold to any size behind it.
_HEADERS = {"accept-encoding": "identity"}
_MAX_REDIRECTS = 2
_MAX_PAGES = 20


class RefusedByGuard(httpx2.TransportError):
    """A request to another origin, or an answer that is too large or compressed."""


class CallGuard(httpx2.AsyncBaseTransport):
    """Guards the HTTP traffic of one call and remembers what it saw of it."""

    def __init__(self, inner: httpx2.AsyncBaseTransport, url: str) -> None:
        self._inner = inner
        self.url = url
        self._origin = _origin(httpx2.URL(url))
        self._bytes_left = MAX_BODY_BYTES
        self._watching = False
        self.sent = False
        self.status: int | None = None
        self.too_large = False

    def watch(self) -> None:
        """From here on requests carry the call itself; what went before was negotiation."""
        self._watching = True

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        if _origin(request.url) != self._origin:
            raise RefusedByGuard("a tool server's traffic may not leave its origin", request=request)
        if request.method == "DELETE":
            # The end of a session in the handshake era: courtesy, and never worth a wait.
            async with asyncio.timeout(_GOODBYE_TIMEOUT_S):
                return await self._inner.handle_async_request(request)
        watched = self._watching and request.method == "POST"
        if watched:
            request.extensions = {**request.extensions, "trace": self._trace}
        response = await self._inner.handle_async_request(request)
        if watched:
            self.status = response.status_code
        return await self._capped(response, request)

    async def _trace(self, event: str, _info: object) -> None:
        if event.endswith(".send_request_headers.started"):
            self.sent = True

    async def _capped(self, response: httpx2.Response, request: httpx2.Request) -> httpx2.Response:
        encoding = response.headers.get("content-encoding", "identity")
        announced = response.headers.get("content-length", "0")
        if encoding != "identity":
            await response.aclose()
            raise RefusedByGuard("the answer is compressed, which was not asked for", request=request)
        if announced.isdecimal() and int(announced) > self._bytes_left:
            self.too_large = True
            await response.aclose()
            raise RefusedByGuard("the answer is too large", request=request)
        return httpx2.Response(
            status_code=response.status_code,
            headers=response.headers,
            stream=_CappedStream(response, self),
            extensions=response.extensions,
        )

    def count(self, size: int) -> None:
        """Count bytes received.

        Raises:
            RefusedByGuard: the call has received more than it may.

        """
        self._bytes_left -= size
        if self._bytes_left < 0:
            self.too_large = True
            raise RefusedByGuard("the answer is too large")


class _CappedStream(httpx2.AsyncByteStream):
    def __init__(self, response: httpx2.Response, guard: CallGuard) -> None:
        self._response = response
        self._guard = guard

    async def __aiter__(self) -> AsyncIterator[bytes]:
        if not isinstance(self._response.stream, httpx2.AsyncByteStream):
            raise TypeError("the transport below must be asynchronous")
        async for chunk in self._response.stream:
            self._guard.count(len(chunk))
            yield chunk

    async def aclose(self) -> None:
        await self._response.aclose()


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a server told before that lets a call be one request. `discovered` is None in the handshake era."""

    discovered: types.DiscoverResult | None
    tool: types.Tool


class McpTransport:
    """The pool all calls share. It is opened by its first use and belongs to the event loop of that use."""

    @cached_property
    def _pool(self) -> httpx2.AsyncHTTPTransport:
        return httpx2.AsyncHTTPTransport(limits=_LIMITS)

    def guard(self, url: str) -> CallGuard:
        """Return the guard for one call to the server at `url`."""
        return CallGuard(self._pool, url)

    @asynccontextmanager
    async def client(self, guard: CallGuard, timeout_s: float, known: Known | None = None) -> AsyncGenerator[Client]:
        """Open an SDK client behind `guard`: negotiating when nothing is known, else as was negotiated before.

        Raises:
            Exception: whatever the SDK and the HTTP client raise, often inside an ExceptionGroup.

        """
        discovered, mode, cache = None, "auto", None
        if known is not None:
            discovered = known.discovered
            mode = "legacy" if discovered is None else PINNED_VERSION
            cache = CacheConfig(store=_Listed(known.tool), partition="one call", target_id=guard.url)
        http = httpx2.AsyncClient(
            transport=guard,
            timeout=httpx2.Timeout(timeout_s, connect=min(timeout_s, _CONNECT_TIMEOUT_S)),
            headers=_HEADERS,
            max_redirects=_MAX_REDIRECTS,
            trust_env=False,
        )
        async with http:
            streams = streamable_http_client(guard.url, http_client=http, max_sse_event_size=MAX_BODY_BYTES)
            client = Client(
                streams,
                mode=mode,
                prior_discover=discovered,
                cache=cache,
                read_timeout_seconds=timeout_s,
                client_info=_CLIENT,
            )
            async with client:
                if known is not None:
                    await client.list_tools()  # answered by _Listed, no request
                yield client

    async def close(self) -> None:
        await self._pool.aclose()


class _Listed(InMemoryResponseCacheStore):
    """Answers a client's question for the tool list with the one tool it is going to call.

    Without it the client fetches the list after the call, to check the result against the tool's schema.
    """

    def __init__(self, tool: types.Tool) -> None:
        super().__init__()
        listing = types.ListToolsResult(tools=[tool], ttl_ms=0, cache_scope="private")
        self._entry = CacheEntry(value=listing, scope="private", expires_at=math.inf)

    async def get(self, key: CacheKey) -> CacheEntry | None:
        return self._entry if key.method == "tools/list" else None


async def all_tools(client: Client, wanted: Callable[[str], bool]) -> list[types.Tool]:
    """Return the wanted tools over all pages, sorted by name; the first of a name counts."""
    found: dict[str, types.Tool] = {}
    cursors: set[str | None] = set()
    cursor: str | None = None
    while cursor not in cursors and len(cursors) < _MAX_PAGES:
        page = await client.list_tools(cursor=cursor, cache_mode="bypass")
        for tool in page.tools:
            if wanted(tool.name):
                found.setdefault(tool.name, tool)
        cursors.add(cursor)
        cursor = page.next_cursor
        if cursor is None:
            break
    else:
        logger.warning("a tool server lists without end; what came so far is used")
    return sorted(found.values(), key=lambda tool: tool.name)


def leaf_of(error: BaseException) -> BaseException:
    """Return what really went wrong: the SDK's task groups wrap it, often more than once."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def failure_of(error: BaseException, guard: CallGuard) -> CallFailure:
    """Return the facts about a call that ended with `error` (a leaf)."""
    protocol = error if isinstance(error, MCPError) else None
    late = isinstance(error, (TimeoutError, httpx2.TimeoutException))
    return CallFailure(
        sent=guard.sent,
        http_status=guard.status,
        too_large=guard.too_large,
        timed_out=late or (protocol is not None and protocol.code == types.REQUEST_TIMEOUT),
        protocol_code=protocol.code if protocol else None,
        protocol_message=protocol.message if protocol else "",
        result_unusable=isinstance(error, (ValueError, RuntimeError)),
    )


def _origin(url: httpx2.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port
