"""SDK clients that outlive a call, so that the next one needs no new client nor, in the handshake era, a handshake.

A client serves one call at a time, and only calls of the person it was opened for, with the credential it was opened
with. One whose call did not end with an answer is closed.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from contextvars import Context

import mcp_types as types

from shared.tools.catalog import ServerSpec
from shared.tools.credential_tries import Header
from shared.tools.mcp_guard import CallGuard
from shared.tools.mcp_observer import declined
from shared.tools.mcp_transport import Ask, Known, Listed, McpClient, McpTransport, Opening, Session

KEEP_S = 120.0
"""How long a client is kept without a call."""
LONGEST_S = 600.0
"""How long a client is used at all."""
MOST_OF_ONE_PERSON = 8
MOST_OF_ONE_SERVER = 16
"""Each holds a connection open in the handshake era, and the server's pool is bounded."""
MOST = 64
_GOODBYE_S = 2.0

_log = logging.getLogger(__name__)

type _Place = tuple[str, str, bool, str]


class KeptClient:
    """One SDK client with its guard, opened by the first call it serves."""

    def __init__(
        self,
        transport: McpTransport,
        server: ServerSpec,
        place: _Place,
        header: Header,
        discovered: types.DiscoverResult | None,
    ) -> None:
        self.guard: CallGuard = transport.guard(server)
        self.place = place
        self.calls = 0
        self._transport = transport
        self._header = header
        self._discovered = discovered
        self._listed = Listed()
        self._told: dict[str, types.Tool] = {}
        self._ask: Ask = declined
        self._asked = 0
        self._client: McpClient | None = None
        self._task: asyncio.Task[None] | None = None
        self._opened = asyncio.get_running_loop().time()
        self._end = asyncio.Event()

    @property
    def is_good(self) -> bool:
        """It may serve another call: nothing of the last one is left."""
        alive = self._task is not None and not self._task.done() and not self._end.is_set()
        young = asyncio.get_running_loop().time() - self._opened < LONGEST_S
        return alive and young and self._asked == 0 and not self.guard.too_large

    def fits(self, header: Header, discovered: types.DiscoverResult | None) -> bool:
        """Tell whether it was opened with this credential and by this negotiation."""
        return self._header == header and self._discovered is discovered

    @asynccontextmanager
    async def serving(
        self, tool: types.Tool, timeout_s: float, ask: Ask, living: Callable[[asyncio.Task[None]], None]
    ) -> AsyncGenerator[Session]:
        """Serve one call of `tool`; `living` is told the task that holds the client when it is opened for this call.

        Raises:
            Exception: whatever the SDK and the HTTP client raise, often inside an ExceptionGroup.

        """
        self.guard.begin(timeout_s)
        self.calls += 1
        self._ask = ask
        try:
            client = self._client or await self._open(timeout_s, living)
            if self._told.get(tool.name) is not tool:
                self._listed.tool = tool
                await client.list_tools()  # answered by `_listed`, no request
                self._told[tool.name] = tool
            yield client.session
        except Exception as error:
            # When the client itself broke, the call has only learned that there is no connection any more.
            broke = await self._closed()
            if broke is not None and broke is not error:
                raise broke from error
            raise
        except BaseException:
            await self._closed()
            raise
        finally:
            self._ask = declined

    def end(self) -> None:
        """Let it close by itself."""
        self._end.set()
        if self._client is None and self._task is not None:
            self._task.cancel()

    async def _closed(self) -> BaseException | None:
        """Close it; return the error it ended with, if any."""
        self.end()
        if self._task is None:
            return None
        await asyncio.wait({self._task})
        return None if self._task.cancelled() else self._task.exception()

    async def _open(self, timeout_s: float, living: Callable[[asyncio.Task[None]], None]) -> McpClient:
        ready: asyncio.Future[McpClient] = asyncio.get_running_loop().create_future()
        # A context of its own: it outlives the call, whose trace must not go on in it.
        self._task = asyncio.create_task(self._live(timeout_s, ready), context=Context())
        living(self._task)
        await asyncio.wait({self._task, ready}, return_when=asyncio.FIRST_COMPLETED)
        if not ready.done():
            await self._task
        self._client = ready.result()
        return self._client

    async def _live(self, timeout_s: float, ready: asyncio.Future[McpClient]) -> None:
        """Hold the client open: the SDK wants it closed by the task that opened it."""
        known = Known(discovered=self._discovered, listed=self._listed)
        opening = Opening(timeout_s=timeout_s, ask=self._put, header=self._header, known=known)
        async with self._transport.client(self.guard, opening) as client:
            ready.set_result(client)
            await self._end.wait()

    async def _put(self, key: str, params: types.ElicitRequestParams) -> types.ElicitResult:
        self._asked += 1
        try:
            return await self._ask(key, params)
        finally:
            self._asked -= 1


class KeptClients:
    """The clients of all servers and people, bounded in number and time. One per process and event loop."""

    def __init__(self, transport: McpTransport) -> None:
        self._transport = transport
        self._idle: dict[KeptClient, asyncio.TimerHandle] = {}
        """The longest unused first."""
        self._living: set[asyncio.Task[None]] = set()
        self._is_closed = False

    def take(
        self, server: ServerSpec, principal: str, header: Header, discovered: types.DiscoverResult | None
    ) -> KeptClient:
        """Return a client that nobody else uses: a kept one, or one not opened yet. Closes those of old credentials."""
        place = server.name, server.url, server.private_network, principal
        found = None
        for kept in self._of(place):
            if not kept.is_good or not kept.fits(header, discovered):
                self._drop(kept)
            else:
                found = kept
        if found is None:
            return KeptClient(self._transport, server, place, header, discovered)
        self._idle.pop(found).cancel()
        return found

    @asynccontextmanager
    async def serving(self, kept: KeptClient, tool: types.Tool, timeout_s: float, ask: Ask) -> AsyncGenerator[Session]:
        """Let a client serve one call, and keep it after that. Raises as `KeptClient.serving`."""
        try:
            async with kept.serving(tool, timeout_s, ask, self._lives) as session:
                yield session
        except Exception:
            # What ended this one, such as a server begun anew, may have ended the others' sessions too.
            for other in self._of(kept.place):
                self._drop(other)
            raise
        self._keep(kept)

    async def close(self) -> None:
        """Close those that wait for a call."""
        self._is_closed = True
        for kept in tuple(self._idle):
            self._drop(kept)
        if self._living:
            _, late = await asyncio.wait(tuple(self._living), timeout=_GOODBYE_S)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def _keep(self, kept: KeptClient) -> None:
        if self._is_closed or not kept.is_good:
            kept.end()
            return
        loop = asyncio.get_running_loop()
        self._idle[kept] = loop.call_later(KEEP_S, self._drop, kept)
        of_server = [other for other in self._idle if other.place[:-1] == kept.place[:-1]]
        for some, most in (
            (self._of(kept.place), MOST_OF_ONE_PERSON),
            (of_server, MOST_OF_ONE_SERVER),
            (list(self._idle), MOST),
        ):
            if len(some) > most:
                self._drop(some[0])

    def _of(self, place: _Place) -> list[KeptClient]:
        return [kept for kept in self._idle if kept.place == place]

    def _drop(self, kept: KeptClient) -> None:
        if (timer := self._idle.pop(kept, None)) is not None:
            timer.cancel()
            kept.end()

    def _lives(self, task: asyncio.Task[None]) -> None:
        self._living.add(task)
        task.add_done_callback(self._over)

    def _over(self, task: asyncio.Task[None]) -> None:
        self._living.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            # A call that was waiting tells more; neither text nor trace here, which may quote results.
            _log.debug("a client of a tool server ended with %s", type(error).__name__)
