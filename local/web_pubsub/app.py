"""Puts the service together: one object graph, its routes, its start and its end."""

import asyncio
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp
from aiohttp import web

from local.service import HOST, bind, port_of
from local.web_pubsub.admin import Admin
from local.web_pubsub.chaos import Chaos
from local.web_pubsub.endpoint import ClientEndpoint
from local.web_pubsub.entra import EntraTokens
from local.web_pubsub.hub import Hubs
from local.web_pubsub.lifecycle import Lifecycle
from local.web_pubsub.requests import Requests
from local.web_pubsub.rest_common import RestAuth
from local.web_pubsub.routes import add_data_plane
from local.web_pubsub.session import Sessions
from local.web_pubsub.settings import MAX_MESSAGE_BYTES, Settings
from local.web_pubsub.status import StatusPage, health
from local.web_pubsub.tokens import Tokens
from local.web_pubsub.traffic import Traffic
from local.web_pubsub.upstream import Upstream

_BACKLOG = 1024
_SETTLE_SECONDS = 1.0
_POOL = 512
_IDLE_SECONDS = 3.0  # below the idle limit of common servers, so that a POST rarely meets a closing socket


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A running service; `admin_port` is None without an admin endpoint."""

    port: int
    admin_port: int | None
    hubs: Hubs
    chaos: Chaos
    lifecycle: Lifecycle
    upstream: Upstream

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"


@asynccontextmanager
async def running(settings: Settings, *, port: int = 0, admin_port: int | None = None) -> AsyncGenerator[Service]:
    """Serve on the loopback address until the block is left; then tell every client and the handler.

    Raises:
        PortBusyError: another program holds one of the ports.

    """
    listener = bind(port)
    admin_listener = None if admin_port is None else bind(admin_port)
    timeout = aiohttp.ClientTimeout(total=None, sock_connect=10)
    connector = aiohttp.TCPConnector(limit=_POOL, keepalive_timeout=_IDLE_SECONDS)
    async with aiohttp.ClientSession(
        connector=connector, timeout=timeout, cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=True
    ) as session:
        hubs, chaos, traffic, tokens = Hubs(), Chaos(), Traffic(), Tokens(settings.access_key)
        upstream = Upstream(settings, session, HOST, chaos, traffic)
        lifecycle = Lifecycle(settings, hubs, upstream, tokens, traffic)
        requests = Requests(hubs, upstream, traffic)
        sessions = Sessions(requests, upstream, lifecycle)
        endpoint = ClientEndpoint(settings, tokens, upstream, lifecycle, sessions)
        entra = EntraTokens(settings.issuer, session) if settings.issuer else None

        app = web.Application(client_max_size=MAX_MESSAGE_BYTES + 1)
        app.router.add_get("/client/hubs/{hub}", endpoint.handle, allow_head=False)
        app.router.add_get("/client/", endpoint.handle, allow_head=False)
        app.router.add_get("/client", endpoint.handle, allow_head=False)
        app.router.add_get("/api/health", health)
        app.router.add_get("/", StatusPage(settings, hubs, traffic).handle)
        add_data_plane(app, RestAuth(tokens, entra), hubs, lifecycle, tokens, chaos, traffic)

        runners = [await _start(app, listener)]
        if admin_listener is not None:
            runners.append(await _start(Admin(chaos, hubs, lifecycle).app(), admin_listener))
        try:
            yield Service(
                port=port_of(listener),
                admin_port=None if admin_listener is None else port_of(admin_listener),
                hubs=hubs,
                chaos=chaos,
                lifecycle=lifecycle,
                upstream=upstream,
            )
        finally:
            await asyncio.gather(*(_stop_accepting(runner) for runner in runners))
            await lifecycle.close_all()
            await upstream.settle(_SETTLE_SECONDS)
            await asyncio.gather(*(runner.cleanup() for runner in runners))


async def _start(app: web.Application, listener: socket.socket) -> web.AppRunner:
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    await web.SockSite(runner, listener, backlog=_BACKLOG).start()
    return runner


async def _stop_accepting(runner: web.AppRunner) -> None:
    for site in list(runner.sites):
        await site.stop()
