"""Processes of the app over one store and one real Web PubSub, and people who are connected to it."""

import asyncio
import itertools
import json
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Any, Never, cast

from aiohttp import web
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from group_chat.dependencies import GroupDependencies, group_dependencies
from group_chat.service import Deeds, GroupService
from local.service import HOST
from local.web_pubsub.app import running
from local.web_pubsub.settings import DEV_ACCESS_KEY, Settings
from shared.connection import ConnectionState, StateSeal
from shared.cosmos import Document
from shared.errors import NotAllowed
from shared.publisher import Publisher
from shared.settings import ServiceAddress
from shared.upstream import Upstream
from shared.web_pubsub import WebPubSub
from tests.shared.event_log.logs import HookedStore
from tests.support.functions import runtime_of
from tests.support.world import World

type Event = dict[str, Any]
WAIT_S = 15.0
_numbers = itertools.count(1)


class PausingStore(HookedStore):
    """The real store; `before_events` runs once, before the events of a group are read."""

    before_events: Callable[[], Awaitable[object]] | None = None

    async def query(
        self, container: str, text: str, parameters: Mapping[str, object], partition: str | None
    ) -> list[Document]:
        if "c.seq > @after ORDER BY" in text and self.before_events is not None:
            hook, self.before_events = self.before_events, None
            await hook()
        return await super().query(container, text, parameters, partition)


class PausingHub(WebPubSub):
    """The real service; `before_admit` runs once, before a connection is admitted, and `deaf` dismisses nobody."""

    before_admit: Callable[[], Awaitable[object]] | None = None
    deaf: bool = False

    async def admit(self, connection_id: str, group: str) -> None:
        hook, self.before_admit = self.before_admit, None
        if hook is not None:
            await hook()
        await super().admit(connection_id, group)

    async def dismiss_user(self, principal: str, group: str) -> None:
        if not self.deaf:
            await super().dismiss_user(principal, group)


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """One process of the app, with a memory of its own."""

    world: World
    store: PausingStore
    hub: PausingHub
    deps: GroupDependencies
    upstream: Upstream


def _instance(store: PausingStore, address: ServiceAddress) -> Instance:
    world, hub = World(store), PausingHub(address, None, "group_chat")
    publisher = Publisher(world.hub, hub, world.log)
    deps = replace(group_dependencies(runtime_of(world)), publisher=publisher, web_pubsub=hub)
    service = GroupService(deps, Deeds(do=_nothing, leave=_nothing))
    upstream = Upstream("group_chat", service, host=hub.host, keys=hub.access_keys(), prover=_nobody, now=world.clock)
    return Instance(world=world, store=store, hub=hub, deps=deps, upstream=upstream)


async def _nothing(*_: object) -> Any:
    raise AssertionError("nobody sends this here")


async def _nobody(authorization: str | None) -> Never:
    del authorization
    raise NotAllowed("Only signatures count here.")


@dataclass(slots=True)
class Connected:
    """One connection of a person; keeps every event it got."""

    principal: str
    socket: ClientConnection
    events: list[Event] = field(default_factory=list[Event])
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    @property
    def id(self) -> str:
        return next(event["connection_id"] for event in self.events if event["type"] == "connection.ack")

    async def read(self) -> None:
        with suppress(ConnectionClosed):
            async for frame in self.socket:
                async with self.changed:
                    self.events.append(json.loads(frame))
                    self.changed.notify_all()

    async def send(self, **command: object) -> Event:
        """Send a command and return what it is answered with."""
        command_id = f"command-{next(_numbers)}"
        told = len(self.events)
        await self.socket.send(json.dumps({"command_id": command_id, **command}))
        kinds = {"snapshot", "command.accepted", "error"}
        await self.until(lambda: any(event["type"] in kinds for event in self.events[told:]))
        return next(event for event in self.events[told:] if event["type"] in kinds)

    async def open(self, group_id: str, **fields: object) -> Event:
        return await self.send(type="group.open", group_id=group_id, **({"capabilities": ["streaming"]} | fields))

    async def until(self, condition: Callable[[], bool]) -> None:
        try:
            async with asyncio.timeout(WAIT_S), self.changed:
                await self.changed.wait_for(condition)
        except TimeoutError:
            raise AssertionError(f"waited in vain; got {[event['type'] for event in self.events]}") from None

    def live(self, group_id: str) -> list[Event]:
        """Return the durable events of the group that were sent by themselves, by `seq`."""
        found = [event for event in self.events if event.get("seq") and event["conversation_id"] == group_id]
        return sorted(found, key=lambda event: event["seq"])

    async def heard(self, group_id: str, seq: int) -> None:
        await self.until(lambda: any(event["seq"] == seq for event in self.live(group_id)))

    def deltas(self) -> list[Event]:
        return [event for event in self.events if event["type"] == "message.delta"]


@dataclass(slots=True)
class Hall:
    """All of it; commands of connections reach the processes in turn."""

    instances: list[Instance]
    stack: AsyncExitStack
    next: int = 0
    states: list[str | None] = field(default_factory=list[str | None])
    """What each answer of the webhook had the service remember of its connection."""

    @property
    def one(self) -> Instance:
        return self.instances[0]

    @property
    def other(self) -> Instance:
        return self.instances[1]

    @property
    def serves_next(self) -> Instance:
        """Return the process the next command reaches."""
        return self.instances[(self.next + 1) % len(self.instances)]

    async def connect(self, principal: str, *roles: str) -> Connected:
        await self.one.world.sign_in(principal, *roles)
        url = await self.one.hub.client_url(principal, 5)
        socket = await self.stack.enter_async_context(connect(url.url))
        client = Connected(principal, socket)
        reading = asyncio.create_task(client.read())
        self.stack.push_async_callback(_ended, reading)
        await client.until(lambda: any(event["type"] == "connection.ack" for event in client.events))
        return client

    async def connected(self, group_id: str, *people: str) -> list[Connected]:
        """Connect people and let each open the group."""
        clients = list(await asyncio.gather(*(self.connect(person) for person in people)))
        for answer in await asyncio.gather(*(client.open(group_id) for client in clients)):
            assert answer["type"] == "snapshot", answer
        return clients

    def last_state(self, client: Connected) -> ConnectionState:
        """Return what the latest answer that said so remembers of the connection it answered."""
        seal = StateSeal(self.one.hub.access_keys())
        sealed = next(state for state in reversed(self.states) if state is not None)
        state = seal.open(sealed, client.id)
        assert state is not None
        return state

    async def caught_up(self, client: Connected) -> None:
        """Return when the connection has got whatever was sent before; it gets a word of its own for that."""
        mark = f"mark-{next(_numbers)}"
        await self.one.hub.send_to_connection(client.id, json.dumps({"type": "mark", "mark": mark}).encode())
        await client.until(lambda: any(event.get("mark") == mark for event in client.events))

    async def handle(self, request: web.Request) -> web.Response:
        self.next += 1
        upstream = self.instances[self.next % len(self.instances)].upstream
        headers = {name.lower(): value for name, value in request.headers.items()}
        reply = await upstream.handle(request.method, headers, await request.read())
        self.states.append(reply.headers.get("ce-connectionState"))
        return web.Response(body=reply.body, status=reply.status, headers=dict(reply.headers))


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@asynccontextmanager
async def hall_over(store_address: ServiceAddress, database: str, processes: int = 2) -> AsyncGenerator[Hall]:
    async with AsyncExitStack() as stack:
        hall = Hall([], stack)
        app = web.Application()
        app.router.add_route("*", "/upstream/{hub}", hall.handle)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, HOST, 0).start()
        upstream = f"http://{HOST}:{runner.addresses[0][1]}/upstream/{{hub}}"
        service = await stack.enter_async_context(running(Settings(upstream=upstream)))
        connection = f"Endpoint={service.url};AccessKey={DEV_ACCESS_KEY};Version=1.0;"
        address = ServiceAddress(connection_string=connection)
        for _ in range(processes):
            instance = _instance(PausingStore(store_address, cast("Any", None), database), address)
            hall.instances.append(instance)
            stack.push_async_callback(instance.store.close)
            stack.push_async_callback(instance.world.close)
            stack.push_async_callback(instance.hub.close)
        yield hall
