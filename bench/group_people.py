"""People of the groups' benchmark: real connections that open groups, talk, and note when what reaches them."""

import asyncio
import base64
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.e2e.client import negotiate
from tests.e2e.stack import Stack

_OPEN_S = 60.0
_AT_ONCE = 8


@dataclass(slots=True)
class Log:
    """What one connection got of one group: texts by `seq`, and how often a lower `seq` came after a higher one."""

    texts: dict[int, str] = field(default_factory=dict[int, str])
    highest: int = 0
    late: int = 0
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def take(self, seq: int, text: str) -> bool:
        """Note an event; False when it was known."""
        if seq in self.texts:
            return False
        self.late += seq < self.highest
        self.highest = max(self.highest, seq)
        self.texts[seq] = text
        self.changed.set()
        return True


@dataclass(slots=True)
class Person:
    """One connection. `arrivals` are (message, seconds of `perf_counter`) of messages as they came in."""

    principal: str
    socket: ClientConnection
    logs: dict[str, Log] = field(default_factory=dict[str, Log])
    arrivals: list[tuple[str, float]] = field(default_factory=list[tuple[str, float]])
    waiting: dict[str, asyncio.Future[dict[str, Any]]] = field(
        default_factory=dict[str, asyncio.Future[dict[str, Any]]]
    )

    async def read(self) -> None:
        with suppress(ConnectionClosed):
            async for frame in self.socket:
                self._take(json.loads(frame), perf_counter())

    def _take(self, event: dict[str, Any], at: float) -> None:
        if event["type"] == "snapshot":
            for told in event["events"]:
                self._note(told)
            self._answered(f"open {event['conversation_id']}", event)
        elif event["type"] in {"command.accepted", "error"}:
            self._answered(str(event.get("client_message_id") or event.get("command_id")), event)
        elif event.get("seq") is not None and self._note(event) and event["type"] == "message.created":
            self.arrivals.append((_text(event), at))

    def _note(self, event: dict[str, Any]) -> bool:
        log = self.logs.get(event["conversation_id"])
        return log is not None and log.take(event["seq"], _text(event))

    def _answered(self, key: str, event: dict[str, Any]) -> None:
        future = self.waiting.pop(key, None)
        if future is not None and not future.done():
            future.set_result(event)

    async def ask(self, key: str, **command: object) -> dict[str, Any]:
        """Send a command and return its answer, which carries the key."""
        self.waiting[key] = answer = asyncio.get_running_loop().create_future()
        await self.socket.send(json.dumps(command))
        return await asyncio.wait_for(answer, _OPEN_S)

    async def open(self, group_id: str) -> None:
        self.logs[group_id] = Log()
        key = f"open {group_id}"
        told = await self.ask(key, type="group.open", group_id=group_id, command_id=key)
        assert told["type"] == "snapshot", told

    async def say(self, group_id: str, text: str) -> None:
        """Send a message as a member does, and see it accepted."""
        told = await self.ask(text, type="group.message", group_id=group_id, content=text, client_message_id=text)
        assert told["type"] == "command.accepted", told


def _text(event: dict[str, Any]) -> str:
    return event["parts"][0]["text"] if event["type"] == "message.created" else event["type"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """Where a person may connect, and the principal they are then."""

    principal: str
    url: str


async def tickets(stack: Stack, people: int) -> list[Ticket]:
    """Sign so many people in, each a principal of their own."""
    room = asyncio.Semaphore(_AT_ONCE)

    async def one(number: int) -> Ticket:
        async with room:
            return await asyncio.to_thread(_ticket, stack, number)

    return list(await asyncio.gather(*(one(number) for number in range(people))))


def _ticket(stack: Stack, number: int) -> Ticket:
    claims = {"oid": f"6a0c0000-0000-4000-8000-{number:012d}", "name": f"Person {number}"}
    status, body = negotiate(stack, stack.token("ada", {"claims": claims}), "group_chat")
    assert status == 200, body
    url = str(body["url"])
    payload = url.partition("access_token=")[2].split(".")[1]
    subject = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["sub"]
    return Ticket(principal=str(subject), url=url)


@asynccontextmanager
async def connected(ticket: Ticket) -> AsyncGenerator[Person]:
    async with connect(ticket.url, open_timeout=_OPEN_S, max_queue=None, compression=None) as socket:
        person = Person(ticket.principal, socket)
        reading = asyncio.create_task(person.read())
        try:
            yield person
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
