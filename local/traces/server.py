"""OTLP in, pages and JSON out."""

import gzip
import logging
import zlib
from collections.abc import Awaitable, Callable
from dataclasses import asdict

from aiohttp import web
from google.protobuf.message import DecodeError

from local.traces import page
from local.traces.store import Store

_MOST_BYTES = 16 * 1024 * 1024
_log = logging.getLogger("local.traces")


def application(store: Store) -> web.Application:
    """Return the server: `/v1/...` takes OTLP (protobuf), `/` shows it, `/api/traces/{id}` gives it as JSON."""
    app = web.Application(client_max_size=_MOST_BYTES)

    async def overview(_request: web.Request) -> web.Response:
        return web.Response(text=page.overview(store), content_type="text/html")

    async def detail(request: web.Request) -> web.Response:
        trace_id = request.match_info["trace_id"]
        if trace_id not in store.traces:
            raise web.HTTPNotFound(text="There is no such trace (any more).")
        return web.Response(text=page.detail(trace_id, store.traces[trace_id]), content_type="text/html")

    async def as_json(request: web.Request) -> web.Response:
        found = store.traces.get(request.match_info["trace_id"])
        if found is None:
            raise web.HTTPNotFound(text="There is no such trace (any more).")
        spans = [asdict(span) | {"depth": depth} for span, depth in page.in_order(found)]
        return web.json_response({"spans": spans, "logs": [asdict(line) for line in found.logs]})

    async def listing(_request: web.Request) -> web.Response:
        return web.json_response({"traces": list(store.traces), "metrics": store.metrics})

    for path, take in (
        ("/v1/traces", store.add_spans),
        ("/v1/logs", store.add_logs),
        ("/v1/metrics", store.add_metrics),
    ):
        app.router.add_post(path, _taking(take))
    app.router.add_get("/", overview)
    app.router.add_get("/traces/{trace_id}", detail)
    app.router.add_get("/api/traces", listing)
    app.router.add_get("/api/traces/{trace_id}", as_json)
    return app


def _taking(take: Callable[[bytes], None]) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(request: web.Request) -> web.Response:
        body = await request.read()
        try:
            take(gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body)
        except (DecodeError, zlib.error, EOFError, OSError) as error:
            _log.warning("a batch cannot be read: %s", error)
            raise web.HTTPBadRequest(text="This is not OTLP as protobuf.") from error
        return web.Response(content_type="application/x-protobuf")

    return handle
