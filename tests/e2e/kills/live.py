"""A client that reads along the whole time, by the protocol's rules, and asks with `sync` for what it lacks."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Literal

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.e2e.client import negotiate, user_of
from tests.e2e.kills.fold import Event, Fold, is_durable
from tests.e2e.stack import Stack

type Hub = Literal["chat", "group_chat"]

WAIT_S = 45.0
PATIENCE_S = 0.3
"""How long an early event is held before the client asks for what it lacks."""


class LiveClient:
    """One plain connection on one session, or on one group. `opened_at` is the `seq` it had read when it was open."""

    def __init__(self, socket: ClientConnection, user: str, principal: str = "", hub: Hub = "chat") -> None:
        self._socket = socket
        self.user = user
        self.principal = principal
        self.hub: Hub = hub
        self._changed = asyncio.Condition()
        self._tasks: set[asyncio.Task[None]] = set()
        self.session_id = ""
        self.opened_at = 0
        self.events: list[Event] = []
        self.fold = Fold()

    async def send(self, command: Event) -> None:
        await self._socket.send(json.dumps(command))

    async def open_session(self, session_id: str | None = None) -> None:
        await self.send({"type": "session.update", "session_id": session_id, "capabilities": ["streaming"]})
        created = await self.wait_for(lambda event: event["type"] in {"session.created", "error"})
        assert created["type"] == "session.created", created
        self.session_id = created["session_id"]
        self.opened_at = created["through_seq"]

    async def open_group(self, group_id: str) -> None:
        await self.send({"type": "group.open", "group_id": group_id, "capabilities": ["streaming"]})
        opened = await self.wait_for(lambda event: event["type"] in {"snapshot", "error"})
        assert opened["type"] == "snapshot", opened
        self.session_id = group_id
        self.opened_at = opened["through_seq"]

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
async def live_client(
    stack: Stack, session_id: str | None = None, user: str = "ada", hub: Hub = "chat"
) -> AsyncGenerator[LiveClient]:
    """Connect and open a session, a new one unless named; on the hub of groups the group that is named, or none yet."""
    status, body = await asyncio.to_thread(negotiate, stack, stack.token(user), hub)
    assert status == 200, body
    async with connect(body["url"], open_timeout=20) as socket:
        client = LiveClient(socket, user, user_of(body["url"]), hub)
        reading = asyncio.create_task(client.read())
        try:
            if hub == "chat":
                await client.open_session(session_id)
            elif session_id is not None:
                await client.open_group(session_id)
            yield client
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
            await client.close()
