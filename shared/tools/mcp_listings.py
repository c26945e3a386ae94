"""What negotiation and listing tell about a tool server: fetched once for all who share it, and kept a while."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

import mcp_types as types

from shared.errors import Transient
from shared.tools.authorization import Authorization, SignInRequired
from shared.tools.breaker import Breakers
from shared.tools.catalog import SIGN_IN_TOOL, ServerSpec
from shared.tools.credential_tries import with_credential
from shared.tools.descriptions import ToolDescription, ToolUnusable, describe, list_digest
from shared.tools.failures import CallFailure, unwell
from shared.tools.listings import Listings
from shared.tools.mcp_observer import declined
from shared.tools.mcp_transport import McpTransport, Opening, all_tools, failure_of, leaf_of
from shared.tools.outcome import ToolServerUnavailable
from shared.tools.result_schema import ResultSchema, result_schema
from shared.tools.text import clean_line
from shared.tools.tool_changes import ToolChanges

logger = logging.getLogger(__name__)

KEEP_LISTING = timedelta(minutes=5)
_FRESH_LISTING = timedelta(seconds=10)
_LIST_TIMEOUT_S = 8.0
_MAX_TOOLS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedTool:
    """A tool as the SDK client gets it, and the check of what it returns."""

    tool: types.Tool
    result_schema: ResultSchema | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownServer:
    """What was told. `discovered` is None in the handshake era."""

    offered: tuple[ToolDescription, ...]
    listed: Mapping[str, ListedTool]
    discovered: types.DiscoverResult | None
    at: datetime

    @property
    def handshake(self) -> bool:
        """It speaks a protocol version of the handshake era."""
        return self.discovered is None


class McpListings:
    """What is known of each server; where people call with credentials of their own, of each person's view of it."""

    def __init__(
        self, transport: McpTransport, authorization: Authorization, breakers: Breakers, now: Callable[[], datetime]
    ) -> None:
        self._transport = transport
        self._authorization = authorization
        self._breakers = breakers
        self._now = now
        self._servers = Listings[KnownServer](KEEP_LISTING, now)
        self._changes = ToolChanges()

    async def known(self, server: ServerSpec, principal: str) -> KnownServer:
        """Return what is known, fetched if need be.

        Raises:
            SignInRequired: the server tells nothing without the person's own sign-in.
            ToolServerUnavailable: it did not answer, or not in a way that can be used.

        """
        return await self._servers.get(_key(server, principal), lambda: self._fetch(server, principal))

    async def known_with(self, server: ServerSpec, principal: str, tool: str) -> KnownServer:
        """Return what is known, fetched anew if that is not very fresh and lacks `tool`.

        Raises:
            SignInRequired, ToolServerUnavailable: as `known`.

        """
        known = await self.known(server, principal)
        if tool not in known.listed and server.offers(tool) and self._now() - known.at > _FRESH_LISTING:
            self.drop(server, principal, known)
            known = await self.known(server, principal)
        return known

    def has(self, server: ServerSpec, principal: str) -> bool:
        """Tell whether it is known without asking the server."""
        return self._servers.kept(_key(server, principal)) is not None

    def drop(self, server: ServerSpec, principal: str, known: KnownServer) -> None:
        """Forget what turned out to be wrong."""
        self._servers.drop(_key(server, principal), known)

    async def close(self) -> None:
        await self._servers.close()

    async def _fetch(self, server: ServerSpec, principal: str) -> KnownServer:
        try:
            found = await with_credential(
                self._authorization,
                (server, principal),
                lambda header: self._discover(server, header),
                lambda listing: listing.challenge if isinstance(listing, CallFailure) else None,
            )
        except Transient as error:
            raise ToolServerUnavailable(f"There is no credential for {server.name}: {error.message}") from error
        if isinstance(found, CallFailure):
            raise _unavailable(server, found)
        self._changes.notice(_key(server, principal), server, found.offered)
        logger.info(
            "tool list server=%s tools=%d digest=%s", server.name, len(found.offered), list_digest(found.offered)
        )
        return found

    async def _discover(self, server: ServerSpec, header: tuple[str, str] | None) -> KnownServer | CallFailure:
        timeout_s = min(server.timeout_s, _LIST_TIMEOUT_S)
        breaker = self._breakers.of(server_key(server))
        guard = self._transport.guard(server)
        known = None
        try:
            async with (
                asyncio.timeout(timeout_s),
                self._transport.client(guard, Opening(timeout_s=timeout_s, ask=declined, header=header)) as client,
            ):
                tools = await all_tools(client, lambda name: _wanted(server, name))
                known = KnownServer(
                    offered=_offered(tools, server),
                    listed=MappingProxyType({tool.name: _listed(tool) for tool in tools}),
                    discovered=client.session.discover_result,
                    at=self._now(),
                )
        except Exception as error:
            if known is None:
                return self._failed(server, failure_of(leaf_of(error), guard), leaf_of(error))
            logger.warning("tool server %s: the list came, then its end failed", server.name, exc_info=True)
        breaker.answered()
        return known

    def _failed(self, server: ServerSpec, failure: CallFailure, leaf: BaseException) -> CallFailure:
        logger.warning("tool server %s cannot be listed", server.name, exc_info=leaf)
        # A list that cannot be read is as bad as none; only what is no fault of the server's health does not count.
        if failure.challenge is None and not failure.forbidden and unwell(failure) is not None:
            self._breakers.of(server_key(server)).failed()
        return failure


def server_key(server: ServerSpec) -> str:
    return f"{server.name} {server.url}"


def _key(server: ServerSpec, principal: str) -> str:
    return f"{server_key(server)} {principal}" if server.personal else server_key(server)


def _unavailable(server: ServerSpec, failure: CallFailure) -> SignInRequired | ToolServerUnavailable:
    challenge = failure.challenge
    if challenge is not None and challenge.signed_out and server.personal:
        return SignInRequired(f"{server.name} wants a sign-in.")
    if challenge is not None and not challenge.signed_out:
        return ToolServerUnavailable(
            f"The tool server {server.name} does not allow the use of its tools to this sign-in.",
            reason="does not allow the use of its tools to this sign-in",
        )
    if challenge is not None:
        return ToolServerUnavailable(
            f"The tool server {server.name} does not accept the coach's sign-in.",
            reason="does not accept the coach's sign-in",
        )
    if failure.forbidden:
        return ToolServerUnavailable(
            f"The tool server {server.name} has an address that may not be reached.",
            reason="has an address that may not be reached",
        )
    return ToolServerUnavailable(f"The tool server {server.name} cannot be reached.")


def _wanted(server: ServerSpec, tool: str) -> bool:
    return server.offers(tool) and not (tool == SIGN_IN_TOOL and server.personal)


def _offered(tools: list[types.Tool], server: ServerSpec) -> tuple[ToolDescription, ...]:
    described: list[ToolDescription] = []
    for tool in tools[:_MAX_TOOLS]:
        try:
            described.append(describe(server.name, tool.name, tool.description or tool.title or "", tool.input_schema))
        except ToolUnusable as error:
            logger.warning("tool %s of %s is not offered: %s", clean_line(tool.name), server.name, error)
    return tuple(described)


def _listed(tool: types.Tool) -> ListedTool:
    """Take the output schema from the SDK's hands, which would compile it anew for every call."""
    return ListedTool(
        tool=tool.model_copy(update={"output_schema": None}), result_schema=result_schema(tool.output_schema)
    )
