"""A client that reads along the whole time, by the protocol's rules, and asks with `sync` for what it lacks."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.e2e.client import negotiate
from tests.e2e.kills.fold import Event, Fold, is_durable
from tests.e2e.stack import Stack

WAIT_S = 45.0
PATIENCE_S = 0.3
"""How long an early event is held before the client asks for what it lacks."""


class LiveClient:
    """One plain connection on one session."""

    def __init__(self, socket: ClientConnection, user: str) -> None:
        self._socket = socket
        self.user = user
        self._changed = asyncio.Condition()
        self._tasks: set[asyncio.Task[None]] = set()
        self.session_id = ""
        self.events: list[Event] = []
        self.fold = Fold()

    async def send(self, command: Event) -> None:
        await self._socket.send(json.dumps(command))

    async def open_session(self, session_id: str | None = None) -> None:
        await self.send({"type": "session.update", "session_id": session_id, "capabilities": ["streaming"]})
        created = await self.wait_for(lambda event: event["type"] in {"session.created", "error"})
        assert created["type"] == "session.created", created
        self.session_id = created["session_id"]

    async def wait_for(self, wanted: Callable[[Event], bool], seconds: float = WAIT_S) -> Event:
        """Return the first event that ever fits."""
        await self.until(lambda: any(wanted(event) for event in self.events), seconds)
        return next(event for event in self.events if wanted(event))

    async def until(self, condition: Callable[[], bool], seconds: float = WAIT_S) -> None:
        try:
            async with asyncio.timeout(seconds), self._changed:
                await self._changed.wait_for(condition)
        except TimeoutError:
            told = [event for event in self.events if event["type"] != "message.delta"]
            got = [event if event["type"] == "error" else event["type"] for event in told]
            raise AssertionError(f"waited in vain; got {got}") from None

    def of_type(self, kind: str) -> list[Event]:
        return [event for event in self.events if event["type"] == kind]

    def live_durable(self) -> list[Event]:
        """Return the durable events that were sent by themselves, not as a part of a snapshot."""
        return [event for event in self.events if is_durable(event)]

    async def read(self) -> None:
        with suppress(ConnectionClosed):
            async for frame in self._socket:
                event: Event = json.loads(frame)
                async with self._changed:
                    self.events.append(event)
                    self.fold.take(event)
                    self._changed.notify_all()
                if self.fold.gap and not self._tasks:
                    asking = asyncio.create_task(self._ask_for_the_gap())
                    self._tasks.add(asking)
                    asking.add_done_callback(self._tasks.discard)

    async def _ask_for_the_gap(self) -> None:
        await asyncio.sleep(PATIENCE_S)
        while self.fold.gap:
            await self.send({"type": "sync", "conversation_id": self.session_id, "after": self.fold.through})
            await asyncio.sleep(1)

    async def close(self) -> None:
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


@asynccontextmanager
async def live_client(stack: Stack, session_id: str | None = None, user: str = "ada") -> AsyncGenerator[LiveClient]:
    """Connect and open a session, a new one unless named."""
    status, body = await asyncio.to_thread(negotiate, stack, stack.token(user))
    assert status == 200, body
    async with connect(body["url"], open_timeout=20) as socket:
        client = LiveClient(socket, user)
        reading = asyncio.create_task(client.read())
        try:
            await client.open_session(session_id)
            yield client
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
            await client.close()
