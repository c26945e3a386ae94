"""The HTTP front of the host: one handler that picks admin, durable management or a function."""

import asyncio
import logging
from typing import Any

from aiohttp import web

from local.functions_host.functions import Function, FunctionTable
from local.functions_host.http import responses
from local.functions_host.http.admin import Admin
from local.functions_host.http.cors import Cors
from local.functions_host.http.management import PREFIX, Management
from local.functions_host.http.routes import RouteTable
from local.functions_host.invoker import Invoker, Payload
from local.functions_host.settings import Settings
from local.functions_host.worker.process import WorkerLostError

_WORKER_WAIT = 30.0
BODY_LIMIT = 100 * 1024 * 1024
_log = logging.getLogger("functions_host.http")


def _joined(values: Any) -> dict[str, str]:
    """Fold a multi-dictionary: repeated names become one comma-separated value."""
    folded: dict[str, str] = {}
    for name, value in values.items():
        folded[name] = f"{folded[name]},{value}" if name in folded else value
    return folded


async def _read_body(request: web.Request) -> bytes:
    """Return the body; production reads none that is sent without a Content-Length."""
    if request.content_length:
        return await request.read()
    if request.headers.get("Transfer-Encoding"):
        await request.read()
        _log.warning("%s %s: a chunked body without Content-Length reaches no function", request.method, request.path)
    return b""


class Front:
    """Serves requests; `drain` waits for those that run."""

    def __init__(self, settings: Settings, invoker: Invoker, admin: Admin, management: Management) -> None:
        self._settings = settings
        self._invoker = invoker
        self._admin = admin
        self._management = management
        self._cors = Cors(settings.cors_origins, credentials=settings.cors_credentials)
        self._routes = RouteTable([], settings.route_prefix)
        self._running = 0
        self._idle = asyncio.Event()
        self._idle.set()

    def load(self, table: FunctionTable) -> None:
        self._routes = RouteTable(table.of_type("httptrigger"), self._settings.route_prefix)

    def application(self) -> web.Application:
        app = web.Application(
            client_max_size=BODY_LIMIT, handler_args={"max_line_size": 65536, "max_field_size": 65536}
        )
        app.router.add_route("*", r"/{path:[\s\S]*}", self.handle)
        return app

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self._running += 1
        self._idle.clear()
        try:
            answer = self._cors.preflight(request) or await self._answer(request)
        finally:
            self._running -= 1
            if not self._running:
                self._idle.set()
        self._cors.decorate(request, answer)
        return answer

    async def drain(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._idle.wait(), seconds)
        except TimeoutError:
            _log.warning("%d requests still ran after %g s and are cut off", self._running, seconds)

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        path = request.rel_url.raw_path
        if path.startswith("/admin/"):
            return await self._admin.handle(request)
        if path.startswith(PREFIX):
            return await self._management.handle(request)
        found = self._routes.find(request.method, path)
        if found is not None:
            return await self._call(request, *found)
        if path == "/":
            return responses.text(200, "Your Functions app is up and running.")
        return web.Response(status=404)

    async def _call(self, request: web.Request, function: Function, parameters: dict[str, str]) -> web.Response:
        body = await _read_body(request)
        if not await self._invoker.ready(_WORKER_WAIT):
            return responses.text(503, "The worker process is not running; the log of the host says why.")
        http = {
            "method": request.method,
            "url": f"{request.scheme}://{request.host}{request.rel_url.raw_path_qs}",
            "headers": {name.lower(): value for name, value in _joined(request.headers).items()},
            "params": parameters,
            "query": {name: value for name, value in _joined(request.query).items() if value},
        }
        try:
            outcome = await self._invoker.call(
                function,
                Payload("http", body, http),
                traceparent=request.headers.get("traceparent", ""),
                tracestate=request.headers.get("tracestate", ""),
            )
        except WorkerLostError as error:
            message = f"Function '{function.name}' gave no answer: {error}. It may or may not have run."
            return responses.text(502, message)
        return responses.from_outcome(outcome)
