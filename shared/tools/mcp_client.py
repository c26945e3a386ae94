"""Lists and calls tools on MCP servers: what the rest of the app knows of them."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime

from shared.errors import NotAllowed, Transient
from shared.tools.address_rules import Network
from shared.tools.arguments import ArgumentsUnusable, parse_arguments
from shared.tools.authorization import Authorization, NoAuthorization, SignInRequired
from shared.tools.breaker import Breakers
from shared.tools.catalog import SIGN_IN_TOOL, ServerSpec
from shared.tools.catalogs import Catalogs
from shared.tools.credential_tries import Header, with_credential
from shared.tools.descriptions import ToolDescription, describe
from shared.tools.failures import Judgement, Meaning
from shared.tools.mcp_calls import CallRequest, attempt
from shared.tools.mcp_kept import KeptClients
from shared.tools.mcp_listings import KnownServer, McpListings, server_key
from shared.tools.mcp_results import CallResult, told
from shared.tools.mcp_transport import McpTransport
from shared.tools.outcome import (
    Caller,
    CallObserver,
    CallOutcome,
    Continuation,
    InputNeeded,
    NotExecuted,
    SignInNeeded,
    ToolOutcome,
    ToolServerUnavailable,
)
from shared.tools.text import clean_line

logger = logging.getLogger(__name__)


class McpTools:
    """The catalog's servers, to list and to call. One per process and event loop.

    `private_networks` are the ranges in which servers may have addresses that are not public.
    """

    def __init__(
        self,
        catalogs: Catalogs,
        now: Callable[[], datetime],
        authorization: Authorization | None = None,
        private_networks: tuple[Network, ...] = (),
    ) -> None:
        self._catalogs = catalogs
        self._now = now
        self._authorization = authorization or NoAuthorization()
        self._transport = McpTransport(private_networks)
        self._clients = KeptClients(self._transport)
        self._breakers = Breakers(now)
        self._listings = McpListings(self._transport, self._authorization, self._breakers, now)

    async def list_tools(self, server: ServerSpec, principal: str) -> tuple[ToolDescription, ...]:
        """Return the tools someone may call, sorted by name; what `principal` may call is for the catalog to say.

        A server that wants the person's own sign-in first has one tool: to sign in.

        Raises:
            ToolServerUnavailable: the server did not answer, or not in a way that can be used.

        """
        logger.debug("tool list server=%s principal=%s", server.name, principal)
        await self._check(server)
        if not self._listings.has(server, principal):
            pause = self._breakers.of(server_key(server)).enter()
            if pause is not None:
                raise ToolServerUnavailable(f"{server.name} {pause.reason(self._now())}.", reason=pause.brief)
        try:
            return (await self._listings.known(server, principal)).offered
        except SignInRequired:
            if not server.personal:
                raise ToolServerUnavailable(f"There is no credential for {server.name}.") from None
            return (_sign_in_tool(server),)

    async def call(
        self,
        server: ServerSpec,
        tool: str,
        arguments: str,
        caller: Caller,
        deadline_s: float,
        *,
        continuation: Continuation | None = None,
        observer: CallObserver | None = None,
    ) -> CallOutcome:
        """Call the tool once with `arguments` (JSON text), within `deadline_s` and the server's own timeout.

        Raises:
            NotExecuted: the tool is known not to have run; the same call may be made again.

        """
        await self._check(server)
        started = asyncio.get_running_loop().time()
        try:
            call = CallRequest(
                server=server,
                tool=tool,
                fields=parse_arguments(arguments),
                caller=caller,
                ends=started + min(deadline_s, server.timeout_s),
                continuation=continuation,
                observer=observer,
            )
            outcome = await self._outcome(call)
        except ArgumentsUnusable as error:
            outcome = _not_called(str(error))
        except SignInRequired:
            without = _not_called(f"There is no credential for {server.name}.")
            outcome = SignInNeeded(server=server.name) if server.personal else without
        except NotExecuted as error:
            logger.warning("tool call not executed server=%s tool=%s: %s", server.name, clean_line(tool), error)
            raise
        return _timed(outcome, server, tool, caller, round((asyncio.get_running_loop().time() - started) * 1000))

    async def close(self) -> None:
        """Give up fetches under way and close the connections."""
        await self._listings.close()
        await self._clients.close()
        await self._transport.close()

    async def _check(self, server: ServerSpec) -> None:
        if (await self._catalogs.current()).servers.get(server.name) != server:
            raise NotAllowed(f"{server.name} is not a server of this catalog")

    async def _outcome(self, call: CallRequest) -> CallOutcome:
        server, tool = call.server, call.tool
        pause = self._breakers.of(server_key(server)).enter()
        if pause is not None:
            return _not_called(f"{server.name} {pause.reason(self._now())}.")
        known = await self._known_with(call)
        if tool == SIGN_IN_TOOL and server.personal:
            return _signed_in(server, known)
        if tool not in known.listed or not server.offers(tool):
            return _not_called(f"{server.name} has no tool {clean_line(tool)!r} to offer.")
        result = await self._authorized(known, call)
        if _means(result, Meaning.REJECTED):
            self._listings.drop(server, call.caller.principal, known)
            known = await self._known_with(call)
            if tool in known.listed:
                result = await self._authorized(known, call)
        if _means(result, Meaning.INVALID) and call.continuation is not None and call.continuation.state is not None:
            # Servers refuse a state they do not take any more in the same words as wrong arguments.
            outcome = told(await self._authorized(known, replace(call, continuation=None)), server)
            return replace(outcome, restarted=True) if isinstance(outcome, InputNeeded) else outcome
        return told(result, server)

    async def _authorized(self, known: KnownServer, call: CallRequest) -> CallResult:
        """Send the call; again with another credential if the first is refused."""
        breaker = self._breakers.of(server_key(call.server))

        def send(header: Header) -> Awaitable[CallResult]:
            return attempt(self._clients, breaker, known, call, header)

        try:
            return await with_credential(
                self._authorization,
                (call.server, call.caller.principal),
                send,
                lambda result: result.challenge if isinstance(result, Judgement) else None,
            )
        except Transient as error:
            raise NotExecuted(f"There is no credential for {call.server.name}: {error.message}") from error

    async def _known_with(self, call: CallRequest) -> KnownServer:
        try:
            async with asyncio.timeout_at(call.ends):
                return await self._listings.known_with(call.server, call.caller.principal, call.tool)
        except TimeoutError:
            raise NotExecuted(f"{call.server.name} did not list its tools in time") from None
        except ToolServerUnavailable as error:
            raise NotExecuted(error.message) from error


def _timed(outcome: CallOutcome, server: ServerSpec, tool: str, caller: Caller, ms: int) -> CallOutcome:
    logger.info(
        "tool call server=%s tool=%s principal=%s outcome=%s ms=%d",
        server.name,
        clean_line(tool),
        caller.principal,
        outcome.status if isinstance(outcome, ToolOutcome) else type(outcome).__name__,
        ms,
    )
    return outcome if isinstance(outcome, SignInNeeded) else replace(outcome, ms=ms)


def _means(result: CallResult, meaning: Meaning) -> bool:
    return isinstance(result, Judgement) and result.meaning is meaning


def _not_called(why: str) -> ToolOutcome:
    return ToolOutcome(status="failed", text=f"The tool was not called. {why}", is_error=False, ms=0)


def _sign_in_tool(server: ServerSpec) -> ToolDescription:
    words = f"Sign in to {server.name}, whose tools can be used after that. Call it when one of them is needed."
    return describe(server.name, SIGN_IN_TOOL, words, {"type": "object", "properties": {}})


def _signed_in(server: ServerSpec, known: KnownServer) -> ToolOutcome:
    names = ", ".join(tool.tool for tool in known.offered) or "none"
    text = (
        f"The person is signed in to {server.name}. Its tools are {names}; what is not offered to you now will be with"
        " the next question."
    )
    return ToolOutcome(status="completed", text=text, is_error=False, ms=0)
