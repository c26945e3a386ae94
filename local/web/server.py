"""The static server's application: client files with strict headers, `/config.json`, and `/api` passed through."""

import json
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

from aiohttp import ClientError, ClientSession, ClientTimeout, web

_HOP_BY_HOP = frozenset({"connection", "content-length", "host", "keep-alive", "transfer-encoding", "upgrade"})
_API_TIMEOUT = ClientTimeout(total=60)
_SESSION = web.AppKey("session", ClientSession)


def application(*, api: str, config: bytes, dist: Path) -> web.Application:
    """Return the application; `api` is the base URL that `/api` requests go to."""
    app = web.Application(client_max_size=1 << 20)
    policy = _content_security_policy(config)

    async def secure(_request: web.Request, response: web.StreamResponse) -> None:
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", "no-referrer")

    async def configuration(_request: web.Request) -> web.Response:
        return web.Response(body=config, content_type="application/json", headers={"Cache-Control": "no-store"})

    async def pass_on(request: web.Request) -> web.Response:
        return await _pass_on(request, api)

    async def file(request: web.Request) -> web.FileResponse:
        return _file(request, dist)

    app.on_response_prepare.append(secure)
    app.cleanup_ctx.append(_session)
    app.router.add_get("/config.json", configuration)
    app.router.add_route("*", "/api/{path:.*}", pass_on)
    app.router.add_get("/{path:.*}", file)
    return app


def _content_security_policy(config: bytes) -> str:
    """Allow our own scripts only; connections go to us, to the issuer and to Web PubSub's socket."""
    authority = urlsplit(cast("dict[str, Any]", json.loads(config))["authority"])
    issuer = f"{authority.scheme}://{authority.netloc}"
    return "; ".join(
        (
            "default-src 'self'",
            "script-src 'self'",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data:",
            f"connect-src 'self' {issuer} ws://127.0.0.1:* wss:",
            f"frame-src {issuer}",
            "object-src 'none'",
            "base-uri 'none'",
            f"form-action 'self' {issuer}",
            "frame-ancestors 'self'",
        )
    )


async def _session(app: web.Application) -> AsyncGenerator[None]:
    app[_SESSION] = ClientSession(timeout=_API_TIMEOUT, auto_decompress=False)
    yield
    await app[_SESSION].close()


async def _pass_on(request: web.Request, api: str) -> web.Response:
    headers = {name: value for name, value in request.headers.items() if name.lower() not in _HOP_BY_HOP}
    try:
        async with request.app[_SESSION].request(
            request.method,
            f"{api}{request.raw_path}",
            headers=headers,
            data=await request.read(),
            allow_redirects=False,
        ) as reply:
            kept = {name: value for name, value in reply.headers.items() if name.lower() not in _HOP_BY_HOP}
            return web.Response(status=reply.status, headers=kept, body=await reply.read())
    except (ClientError, TimeoutError):
        return web.Response(status=502, text="The app does not answer. Is the Functions host running?")


def _file(request: web.Request, dist: Path) -> web.FileResponse:
    """Return the file, or the page for every path the client routes itself; never anything outside `dist`.

    Raises:
        HTTPNotFound: as deployed, a client file of another version is not the page.

    """
    path = request.match_info["path"]
    if "\0" in path:
        raise web.HTTPNotFound
    wanted = (dist / path).resolve()
    lasting = path.startswith("assets/")
    if path and wanted.is_relative_to(dist.resolve()) and wanted.is_file():
        cache = "public, max-age=31536000, immutable" if lasting else "no-cache"
        return web.FileResponse(wanted, headers={"Cache-Control": cache})
    if lasting:
        raise web.HTTPNotFound
    return web.FileResponse(dist / "index.html", headers={"Cache-Control": "no-cache"})
