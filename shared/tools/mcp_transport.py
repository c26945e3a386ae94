"""The one way out to MCP servers: connection pools for the process, and SDK clients behind guards."""

import asyncio
import logging
import math
import secrets
import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import httpx2
import mcp_types as types
from mcp import Client, MCPError
from mcp.client.caching import CacheConfig, CacheEntry, CacheKey, InMemoryResponseCacheStore
from mcp.client.session import ClientRequestContext, ClientSession, ElicitationFnT
from mcp.client.streamable_http import streamable_http_client

from shared.tools.address_rules import EVERY_NETWORK, Network
from shared.tools.catalog import ServerSpec
from shared.tools.checked_network import CheckedTransport
from shared.tools.failures import CallFailure
from shared.tools.mcp_guard import MAX_BODY_BYTES, CallGuard, http_timeout
from shared.tools.proofs import BoundHeader

logger = logging.getLogger(__name__)

PINNED_VERSION = "2026-07-28"
_CLIENT = types.Implementation(name="salescoach", version="1")
# The byte cap counts what arrives; a compressed answer could unfold to any size behind it.
_HEADERS = {"accept-encoding": "identity"}
_MAX_REDIRECTS = 2
_MAX_PAGES = 20


type McpClient = Client
type Session = ClientSession
type Ask = Callable[[str, types.ElicitRequestParams], Awaitable[types.ElicitResult]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a server told before that lets a call be one request. `discovered` is None in the handshake era."""

    discovered: types.DiscoverResult | None
    listed: "Listed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """How one SDK client is opened. `header` is the credential; `ask` is what a server of the handshake era may do."""

    timeout_s: float
    ask: Ask
    header: tuple[str, str] | None = None
    known: Known | None = None


class McpTransport:
    """The connections all calls share: a pool for each server, so that one that hangs takes none from the others.

    They are opened by their first use and belong to the event loop of that use.
    """

    def __init__(self, private_networks: tuple[Network, ...] = ()) -> None:
        self._private_networks = private_networks
        self._pools: dict[tuple[str, str, bool], CheckedTransport] = {}

    def guard(self, server: ServerSpec) -> CallGuard:
        """Return the guard for one call to the server."""
        key = server.name, server.url, server.private_network
        if key not in self._pools:
            networks = EVERY_NETWORK if server.private_network else self._private_networks
            self._pools[key] = CheckedTransport(networks, self._tls if server.encrypted else None)
        return CallGuard(self._pools[key], server.url)

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        # One for all: building it takes longer than a call.
        return httpx2.create_ssl_context()

    @asynccontextmanager
    async def client(self, guard: CallGuard, opening: Opening) -> AsyncGenerator[Client]:
        """Open an SDK client behind `guard`: negotiating when nothing is known, else as was negotiated before.

        Raises:
            Exception: whatever the SDK and the HTTP client raise, often inside an ExceptionGroup.

        """
        known, timeout_s = opening.known, opening.timeout_s
        discovered, mode, cache = None, "auto", None
        if known is not None:
            discovered = known.discovered
            mode = "legacy" if discovered is None else PINNED_VERSION
            cache = CacheConfig(store=known.listed, partition="one client", target_id=guard.url)
        guard.prover = opening.header.prover() if isinstance(opening.header, BoundHeader) else None
        http = httpx2.AsyncClient(
            transport=guard,
            timeout=http_timeout(timeout_s),
            headers=_HEADERS | dict(filter(None, (opening.header,))),
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
                elicitation_callback=_elicitation(opening.ask),
            )
            async with client:
                _number_anew(client)
                yield client

    async def close(self) -> None:
        for pool in self._pools.values():
            await pool.aclose()


def _number_anew(client: Client) -> None:
    """Let the client's requests have ids that no other client's have.

    Calls side by side have clients of their own, and they all would begin at 1; but a call that goes on with a person's
    answers must have another id than the call that asked for them.
    """
    dispatcher: Any = client.session._dispatcher  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - no other way in
    dispatcher._next_id = secrets.randbelow(1 << 40)  # noqa: SLF001 - same


def _elicitation(ask: Ask) -> ElicitationFnT:
    async def callback(context: ClientRequestContext, params: types.ElicitRequestParams) -> types.ElicitResult:
        return await ask(str(context.request_id), params)

    return callback


class Listed(InMemoryResponseCacheStore):
    """Answers a client's question for the tool list with the one tool it is going to call.

    Without it the client fetches the list after the call, to check the result against the tool's schema.
    """

    tool: types.Tool | None = None

    async def get(self, key: CacheKey) -> CacheEntry | None:
        if key.method != "tools/list" or self.tool is None:
            return None
        # A list that goes on elsewhere: the client does not forget the tools it was shown before.
        listing = types.ListToolsResult(tools=[self.tool], next_cursor="more", ttl_ms=0, cache_scope="private")
        return CacheEntry(value=listing, scope="private", expires_at=math.inf)


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
        challenge=guard.challenge,
        forbidden=guard.forbidden,
        too_large=guard.too_large,
        timed_out=late or (protocol is not None and protocol.code == types.REQUEST_TIMEOUT),
        protocol_code=protocol.code if protocol else None,
        protocol_message=protocol.message if protocol else "",
        result_unusable=isinstance(error, (ValueError, RuntimeError)),
    )


def given_up(error: BaseException) -> bool:
    """Tell whether the call ended from our side, so that the SDK has told the server, or is about to."""
    return isinstance(error, asyncio.CancelledError) or (
        isinstance(error, MCPError) and error.code == types.REQUEST_TIMEOUT
    )


def pages_to_open(error: BaseException) -> list[types.ElicitRequestURLParams]:
    """Return what a server of the handshake era wants opened before it takes the call; none for other errors.

    Raises:
        ValueError: the server says so in a way that cannot be understood.

    """
    if not isinstance(error, MCPError) or error.code != types.URL_ELICITATION_REQUIRED:
        return []
    return types.ElicitationRequiredErrorData.model_validate(error.data).elicitations
