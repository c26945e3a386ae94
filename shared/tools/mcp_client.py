"""Lists and calls tools on MCP servers: the one place that knows the MCP SDK.

Each call gets a fresh SDK client over the process's connection pool. What negotiation and listing told us about a
server is kept, so that a call is one request: the protocol version is pinned, and the called tool's listing is handed
to the SDK client, which would otherwise fetch it *after* the call. Results are checked here, by compiled schemas.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

import mcp_types as types

from shared.errors import NotAllowed
from shared.tools.arguments import ArgumentsUnusable, parse_arguments
from shared.tools.catalog import Catalog, ServerSpec
from shared.tools.descriptions import ToolDescription, ToolUnusable, describe
from shared.tools.failures import UNUSABLE, Judgement, Meaning, judge
from shared.tools.listings import Listings
from shared.tools.mcp_results import CallResult, told
from shared.tools.mcp_transport import Known, McpTransport, all_tools, failure_of, leaf_of
from shared.tools.outcome import NotExecuted, OutcomeStatus, ToolOutcome, ToolServerUnavailable
from shared.tools.result_schema import ResultSchema, result_schema
from shared.tools.text import clean_line

logger = logging.getLogger(__name__)

KEEP_LISTING = timedelta(minutes=5)
_FRESH_LISTING = timedelta(seconds=10)
_LIST_TIMEOUT_S = 8.0
_MAX_TOOLS = 200
# The SDK's own timeout comes first, so that it can end the request in an orderly way.
_GRACE_S = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class _Listed:
    """A tool as the SDK client gets it, and the check of what it returns."""

    tool: types.Tool
    result_schema: ResultSchema | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What negotiation and listing told about a server. `discovered` is None in the handshake era."""

    offered: tuple[ToolDescription, ...]
    listed: Mapping[str, _Listed]
    discovered: types.DiscoverResult | None
    at: datetime


class McpTools:
    """The catalog's servers, to list and to call. One per process and event loop."""

    def __init__(self, catalog: Catalog, now: Callable[[], datetime]) -> None:
        self._catalog = catalog
        self._now = now
        self._transport = McpTransport()
        self._servers = Listings[_Known](KEEP_LISTING, now)

    async def list_tools(self, server: ServerSpec, principal: str) -> tuple[ToolDescription, ...]:
        """Return the tools someone may call, sorted by name; what `principal` may call is for the catalog to say.

        No server takes a person's credential, so all people share one listing.

        Raises:
            ToolServerUnavailable: the server did not answer, or not in a way that can be used.

        """
        logger.debug("tool list server=%s principal=%s", server.name, principal)
        return (await self._known(server)).offered

    async def call(
        self, server: ServerSpec, tool: str, arguments: str, principal: str, deadline_s: float
    ) -> ToolOutcome:
        """Call the tool once with `arguments` (JSON text), within `deadline_s` and the server's own timeout.

        Raises:
            NotExecuted: the tool is known not to have run; the same call may be made again.

        """
        loop = asyncio.get_running_loop()
        started = loop.time()
        ends = started + min(deadline_s, server.timeout_s)
        try:
            status, text, flagged = await self._outcome(server, tool, arguments, ends)
        except NotExecuted as error:
            logger.warning("tool call not executed server=%s tool=%s: %s", server.name, clean_line(tool), error)
            raise
        ms = round((loop.time() - started) * 1000)
        logger.info(
            "tool call server=%s tool=%s principal=%s status=%s ms=%d",
            server.name,
            clean_line(tool),
            principal,
            status,
            ms,
        )
        return ToolOutcome(status=status, text=text, is_error=flagged, ms=ms)

    async def close(self) -> None:
        """Give up fetches under way and close the connections."""
        await self._servers.close()
        await self._transport.close()

    async def _outcome(
        self, server: ServerSpec, tool: str, arguments: str, ends: float
    ) -> tuple[OutcomeStatus, str, bool]:
        """Return status, text, and whether the server flagged the result as an error."""
        try:
            fields = parse_arguments(arguments)
        except ArgumentsUnusable as error:
            return "failed", f"The tool was not called. {error}", False
        known = await self._known_with(server, tool, ends)
        if tool not in known.listed or not server.offers(tool):
            return "failed", f"The tool was not called: {server.name} has no tool {clean_line(tool)!r} to offer.", False
        result = await self._attempt(server, known, tool, fields, ends)
        if isinstance(result, Judgement) and result.meaning is Meaning.REJECTED:
            self._servers.drop(_key(server), known)
            known = await self._known_with(server, tool, ends)
            if tool in known.listed:
                result = await self._attempt(server, known, tool, fields, ends)
        return told(result, server)

    async def _attempt(
        self, server: ServerSpec, known: _Known, tool: str, fields: dict[str, Any], ends: float
    ) -> CallResult:
        left = max(0.0, ends - asyncio.get_running_loop().time())
        guard = self._transport.guard(server.url)
        result = None
        try:
            as_known = Known(discovered=known.discovered, tool=known.listed[tool].tool)
            async with asyncio.timeout(left + _GRACE_S), self._transport.client(guard, left, as_known) as client:
                guard.watch()
                result = await client.session.call_tool(tool, fields, allow_input_required=True)
        except Exception as error:
            if result is not None:
                logger.warning("tool server %s: the call was answered, then its end failed", server.name, exc_info=True)
                return result
            leaf = leaf_of(error)
            failure = failure_of(leaf, guard)
            # Neither the error's text nor its trace: the SDK quotes results in them, and those are a customer's data.
            why = f"{type(leaf).__name__}, HTTP status {failure.http_status}"
            logger.warning("tool call failed server=%s tool=%s: %s", server.name, clean_line(tool), why)
            return judge(failure)
        if _broken_promise(result, known.listed[tool].result_schema):
            logger.warning("tool server %s: %s breaks its own output schema", server.name, clean_line(tool))
            return Judgement(meaning=Meaning.FAILED, text=UNUSABLE)
        return result

    async def _known_with(self, server: ServerSpec, tool: str, ends: float) -> _Known:
        """Return what is known of the server, fetched anew if that is not very fresh and lacks `tool`."""
        try:
            async with asyncio.timeout_at(ends):
                known = await self._known(server)
                if tool not in known.listed and server.offers(tool) and self._now() - known.at > _FRESH_LISTING:
                    self._servers.drop(_key(server), known)
                    known = await self._known(server)
                return known
        except TimeoutError:
            raise NotExecuted(f"{server.name} did not list its tools in time") from None
        except ToolServerUnavailable as error:
            raise NotExecuted(error.message) from error

    async def _known(self, server: ServerSpec) -> _Known:
        if self._catalog.servers.get(server.name) != server:
            raise NotAllowed(f"{server.name} is not a server of this catalog")
        return await self._servers.get(_key(server), lambda: self._discover(server))

    async def _discover(self, server: ServerSpec) -> _Known:
        timeout_s = min(server.timeout_s, _LIST_TIMEOUT_S)
        known = None
        try:
            async with (
                asyncio.timeout(timeout_s),
                self._transport.client(self._transport.guard(server.url), timeout_s) as client,
            ):
                tools = await all_tools(client, server.offers)
                known = _Known(
                    offered=_offered(tools, server),
                    listed=MappingProxyType({tool.name: _listed(tool) for tool in tools}),
                    discovered=client.session.discover_result,
                    at=self._now(),
                )
        except Exception as error:
            if known is None:
                leaf = leaf_of(error)
                logger.warning("tool server %s cannot be listed", server.name, exc_info=leaf)
                raise ToolServerUnavailable(f"The tool server {server.name} cannot be reached.") from leaf
            logger.warning("tool server %s: the list came, then its end failed", server.name, exc_info=True)
        return known


def _key(server: ServerSpec) -> str:
    return f"{server.name} {server.url}"


def _offered(tools: list[types.Tool], server: ServerSpec) -> tuple[ToolDescription, ...]:
    described: list[ToolDescription] = []
    for tool in tools[:_MAX_TOOLS]:
        try:
            described.append(describe(server.name, tool.name, tool.description or tool.title or "", tool.input_schema))
        except ToolUnusable as error:
            logger.warning("tool %s of %s is not offered: %s", clean_line(tool.name), server.name, error)
    return tuple(described)


def _listed(tool: types.Tool) -> _Listed:
    """Take the output schema from the SDK's hands, which would compile it anew for every call."""
    return _Listed(
        tool=tool.model_copy(update={"output_schema": None}), result_schema=result_schema(tool.output_schema)
    )


def _broken_promise(result: CallResult, schema: ResultSchema | None) -> bool:
    return (
        schema is not None
        and isinstance(result, types.CallToolResult)
        and not result.is_error
        and not schema.accepts(result.structured_content)
    )
