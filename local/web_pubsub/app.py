"""Puts the service together: one object graph, its routes, its start and its end."""

import asyncio
import socket
import ssl
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

    scheme: str
    port: int
    admin_port: int | None
    hubs: Hubs
    chaos: Chaos
    lifecycle: Lifecycle
    upstream: Upstream

    @property
    def url(self) -> str:
        return f"{self.scheme}://{HOST}:{self.port}"


@asynccontextmanager
async def running(
    settings: Settings, *, port: int = 0, admin_port: int | None = None, tls: ssl.SSLContext | None = None
) -> AsyncGenerator[Service]:
    """Serve on the loopback address until the block is left; then tell every client and the handler.

    With `tls` the clients' and REST port speaks https; the admin port never does.

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
        parts = _assemble(settings, session)
        runners = [await _start(parts.app, listener, tls)]
        if admin_listener is not None:
            runners.append(await _start(Admin(parts.chaos, parts.hubs, parts.lifecycle).app(), admin_listener))
        try:
            yield _service(parts, listener, admin_listener, tls)
        finally:
            await asyncio.gather(*(_stop_accepting(runner) for runner in runners))
            await parts.lifecycle.close_all()
            await parts.upstream.settle(_SETTLE_SECONDS)
            await asyncio.gather(*(runner.cleanup() for runner in runners))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    app: web.Application
    hubs: Hubs
    chaos: Chaos
    lifecycle: Lifecycle
    upstream: Upstream


def _service(
    parts: _Parts, listener: socket.socket, admin_listener: socket.socket | None, tls: ssl.SSLContext | None
) -> Service:
    return Service(
        scheme="http" if tls is None else "https",
        port=port_of(listener),
        admin_port=None if admin_listener is None else port_of(admin_listener),
        hubs=parts.hubs,
        chaos=parts.chaos,
        lifecycle=parts.lifecycle,
        upstream=parts.upstream,
    )


def _assemble(settings: Settings, session: aiohttp.ClientSession) -> _Parts:
    hubs, chaos, traffic = Hubs(), Chaos(), Traffic(show_payloads=settings.show_payloads)
    tokens = Tokens(*settings.keys)
    upstream = Upstream(settings, session, HOST, chaos, traffic)
    lifecycle = Lifecycle(settings, hubs, upstream, tokens, traffic)
    sessions = Sessions(Requests(hubs, upstream, traffic), upstream, lifecycle)
    endpoint = ClientEndpoint(settings, tokens, upstream, lifecycle, sessions)
    entra = EntraTokens(settings.issuer, session) if settings.issuer else None

    app = web.Application(client_max_size=MAX_MESSAGE_BYTES + 1)
    for path in ("/client/hubs/{hub}", "/client/", "/client"):
        app.router.add_get(path, endpoint.handle, allow_head=False)
    app.router.add_get("/api/health", health)
    app.router.add_get("/", StatusPage(settings, hubs, traffic).handle)
    add_data_plane(app, RestAuth(tokens, entra), hubs, lifecycle, tokens, chaos, traffic)
    return _Parts(app=app, hubs=hubs, chaos=chaos, lifecycle=lifecycle, upstream=upstream)


async def _start(app: web.Application, listener: socket.socket, tls: ssl.SSLContext | None = None) -> web.AppRunner:
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    await web.SockSite(runner, listener, backlog=_BACKLOG, ssl_context=tls).start()
    return runner


async def _stop_accepting(runner: web.AppRunner) -> None:
    for site in list(runner.sites):
        await site.stop()
