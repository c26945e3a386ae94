"""A recording event handler and a bare PubSub client, for tests against the real server."""

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from azure.messaging.webpubsubservice import WebPubSubServiceClient
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from local.service import HOST
from local.web_pubsub.app import Service
from local.web_pubsub.settings import DEV_ACCESS_KEY

JSON = "json.webpubsub.azure.v1"
RELIABLE = "json.reliable.webpubsub.azure.v1"
ODD = "g 1/é%2F?:#.."
ALL_ROLES = ["webpubsub.joinLeaveGroup", "webpubsub.sendToGroup"]


# What the service SDK takes at run time (numbers, bytes, texts) is wider than its overloads say.
type ServiceSdk = Any


async def until(condition: Callable[[], object], seconds: float = 5.0) -> None:
    """Return once the condition holds; fail after `seconds`."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - conditions are on state that has no event to wait for
            await asyncio.sleep(0.005)


@dataclass(frozen=True, slots=True)
class Delivery:
    headers: dict[str, str]
    body: bytes
    path: str

    @property
    def event(self) -> str:
        return self.headers["ce-eventname"]

    @property
    def number(self) -> int:
        return int(self.headers["ce-id"])


type Answer = Callable[[Delivery], Awaitable[web.Response]]


async def no_content(_: Delivery) -> web.Response:
    return web.Response(status=204)


@dataclass(slots=True)
class Handler:
    """An event handler over HTTP; `answers` by event name decide the replies, 204 otherwise."""

    deliveries: list[Delivery] = field(default_factory=list[Delivery])
    validations: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    answers: dict[str, Answer] = field(default_factory=dict[str, Answer])
    allowed_origin: str | None = "*"
    url: str = ""

    async def handle(self, request: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        if request.method == "OPTIONS":
            self.validations.append(headers)
            allowed = self.allowed_origin
            return web.Response(headers={} if allowed is None else {"WebHook-Allowed-Origin": allowed})
        delivery = Delivery(headers, await request.read(), request.path)
        self.deliveries.append(delivery)
        return await self.answers.get(delivery.event, no_content)(delivery)

    def of(self, event: str) -> list[Delivery]:
        return [delivery for delivery in self.deliveries if delivery.event == event]

    async def first(self, event: str) -> Delivery:
        await until(lambda: self.of(event))
        return self.of(event)[0]

    def answer(self, event: str, **response: Any) -> None:
        """Always answer this event with such a response."""

        async def reply(_: Delivery) -> web.Response:
            return web.Response(**response)

        self.answers[event] = reply


def handler_app(handler: Handler) -> web.Application:
    app = web.Application(client_max_size=4 * 1024 * 1024)
    app.router.add_route("*", "/upstream/{hub}", handler.handle)
    app.router.add_route("*", "/upstream/{hub}/{event}", handler.handle)
    return app


@asynccontextmanager
async def handler_running() -> AsyncGenerator[Handler]:
    handler = Handler()
    runner = web.AppRunner(handler_app(handler), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, HOST, 0).start()
    handler.url = f"http://{HOST}:{runner.addresses[0][1]}/upstream/{{hub}}"
    yield handler
    await runner.cleanup()


def connection_string(service: Service) -> str:
    return f"Endpoint={service.url};AccessKey={DEV_ACCESS_KEY};Version=1.0;"


def client_url(service: Service, hub: str = "chat", **token: Any) -> str:
    """Return a client URL with a token made by the service SDK."""
    sdk = WebPubSubServiceClient.from_connection_string(connection_string(service), hub)
    with sdk:
        return str(sdk.get_client_access_token(**token)["url"])


class Client:
    """A PubSub client that sends and receives JSON objects."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.connected: dict[str, Any] = {}

    @property
    def id(self) -> str:
        return str(self.connected["connectionId"])

    async def send(self, **frame: Any) -> None:
        await self.socket.send(json.dumps(frame))

    async def recv(self) -> dict[str, Any]:
        async with asyncio.timeout(5):
            return json.loads(await self.socket.recv())

    async def ask(self, **frame: Any) -> dict[str, Any]:
        """Send a frame and return the next frame that comes."""
        await self.send(**frame)
        return await self.recv()

    async def pong(self) -> list[dict[str, Any]]:
        """Return every frame that arrives before the answer to a ping."""
        await self.send(type="ping")
        frames: list[dict[str, Any]] = []
        while (frame := await self.recv())["type"] != "pong":
            frames.append(frame)
        return frames

    async def closed(self) -> tuple[int, list[dict[str, Any]]]:
        """Return the close code and the frames that came before it."""
        frames: list[dict[str, Any]] = []
        try:
            while True:
                frames.append(await self.recv())
        except ConnectionClosed:
            return self.socket.close_code or 0, frames


@asynccontextmanager
async def raw_client(url: str, **options: Any) -> AsyncGenerator[ClientConnection]:
    async with connect(url, open_timeout=5, close_timeout=1, **options) as socket:
        yield socket


@asynccontextmanager
async def client(service: Service, *, protocol: str = JSON, hub: str = "chat", **token: Any) -> AsyncGenerator[Client]:
    """Connect with all group roles unless told otherwise, and read the `connected` frame."""
    url = client_url(service, hub, **{"roles": ALL_ROLES, **token})
    async with raw_client(url, subprotocols=[Subprotocol(protocol)]) as socket:
        wrapped = Client(socket)
        wrapped.connected = await wrapped.recv()
        yield wrapped


@asynccontextmanager
async def recovered(service: Service, lost: Client, token: str | None = None) -> AsyncGenerator[Client]:
    """Reconnect as the SDKs do; the `connected` frame is not read."""
    token = token or lost.connected["reconnectionToken"]
    query = f"awps_connection_id={lost.id}&awps_reconnection_token={token}&access_token=stale"
    url = f"{service.url.replace('http', 'ws')}/client/hubs/chat?{query}"
    async with raw_client(url, subprotocols=[Subprotocol(RELIABLE)]) as socket:
        yield Client(socket)
