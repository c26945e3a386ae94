"""An MCP server over HTTP whose every answer a test can bend: either era, well-behaved unless told otherwise."""

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, cast

from aiohttp import web

from shared.tools.catalog import Catalog

type Answer = Callable[[web.Request, dict[str, Any]], Awaitable[web.StreamResponse]]

MODERN, LEGACY = "2026-07-28", "2025-11-25"
ECHO: dict[str, Any] = {"name": "echo", "description": "Say it back.", "inputSchema": {"type": "object"}}
_NOT_FOUND = -32601


@dataclass
class ScriptedServer:
    """What the server does, and what it was asked."""

    url: str = ""
    era: str = MODERN
    tools: list[dict[str, Any]] = field(default_factory=lambda: [ECHO])
    answers: dict[str, Answer] = field(default_factory=dict[str, Answer])
    asked: list[str] = field(default_factory=list[str])
    headers: list[dict[str, str]] = field(default_factory=list[dict[str, str]])

    def on(self, method: str, answer: Answer) -> None:
        self.answers[method] = answer

    def on_call(self, answer: Answer) -> None:
        self.on("tools/call", answer)

    def count(self, method: str) -> int:
        return self.asked.count(method)

    def catalog(self, **server: object) -> Catalog:
        entry = {"url": self.url, "roles": ["Sales"], "default_policy": "allow", "timeout_s": 5, **server}
        return Catalog.load(json.dumps({"servers": {"scripted": entry}}), {})

    async def handle(self, request: web.Request) -> web.StreamResponse:
        if request.method != "POST":
            self.asked.append(request.method)
            answer = self.answers.get(request.method)
            return await answer(request, {}) if answer else web.Response(status=405)
        message = cast("dict[str, Any]", await request.json())
        method = str(message.get("method"))
        self.asked.append(method)
        self.headers.append({name.lower(): value for name, value in request.headers.items()})
        if method in self.answers:
            return await self.answers[method](request, message)
        return self.default(method, message)

    def default(self, method: str, message: dict[str, Any]) -> web.Response:
        if method == "initialize" and self.era == LEGACY:
            return result(
                message,
                protocolVersion=LEGACY,
                capabilities={"tools": {}},
                serverInfo={"name": "old", "version": "1"},
            )
        if method == "notifications/initialized":
            return web.Response(status=202)
        if method == "server/discover" and self.era == MODERN:
            return result(message, supportedVersions=[MODERN], capabilities={"tools": {}}, **self.hints())
        if method == "tools/list":
            return result(message, tools=self.tools, **self.hints())
        if method == "tools/call":
            said = json.dumps(message["params"].get("arguments"))
            return result(message, content=[{"type": "text", "text": said}], **self.complete())
        return failure(message, _NOT_FOUND, "no such method", status=404)

    def complete(self) -> dict[str, Any]:
        return {"resultType": "complete"} if self.era == MODERN else {}

    def hints(self) -> dict[str, Any]:
        return {"resultType": "complete", "ttlMs": 0, "cacheScope": "private"} if self.era == MODERN else {}


def result(message: dict[str, Any], **fields: object) -> web.Response:
    return web.json_response({"jsonrpc": "2.0", "id": message["id"], "result": fields})


def content(*blocks: dict[str, Any], **fields: object) -> Answer:
    """Answer a call with these content blocks."""

    async def answer(_request: web.Request, message: dict[str, Any]) -> web.StreamResponse:
        return result(message, content=list(blocks), resultType="complete", **fields)

    return answer


def text(said: str, **fields: object) -> Answer:
    return content({"type": "text", "text": said}, **fields)


def failure(message: dict[str, Any], code: int, words: str, *, status: int = 200) -> web.Response:
    error = {"code": code, "message": words}
    return web.json_response({"jsonrpc": "2.0", "id": message["id"], "error": error}, status=status)


def fails(code: int, words: str, *, status: int = 200) -> Answer:
    async def answer(_request: web.Request, message: dict[str, Any]) -> web.StreamResponse:
        return failure(message, code, words, status=status)

    return answer


def raw(body: bytes = b"", *, status: int = 200, content_type: str = "text/html", **headers: str) -> Answer:
    """Answer with exactly this."""

    async def answer(_request: web.Request, _message: dict[str, Any]) -> web.StreamResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return web.Response(body=body, status=status, content_type=content_type, headers=named)

    return answer


async def hangs(_request: web.Request, _message: dict[str, Any]) -> web.StreamResponse:
    await asyncio.Event().wait()
    raise AssertionError("unreachable")


async def breaks_off(request: web.Request, _message: dict[str, Any]) -> web.StreamResponse:
    """Read the call and close the connection without a word."""
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


def streams(chunk: bytes, *, content_type: str, pause_s: float = 0) -> Answer:
    """Send the chunk for ever."""

    async def answer(request: web.Request, _message: dict[str, Any]) -> web.StreamResponse:
        response = web.StreamResponse(headers={"content-type": content_type})
        await response.prepare(request)
        while True:
            await response.write(chunk)
            await asyncio.sleep(pause_s)

    return answer


@asynccontextmanager
async def scripted_server(*, era: str = MODERN) -> AsyncGenerator[ScriptedServer]:
    server = ScriptedServer(era=era)
    app = web.Application()
    app.router.add_route("*", "/mcp", server.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}/mcp"
    try:
        yield server
    finally:
        await runner.cleanup()
