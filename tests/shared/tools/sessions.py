"""A server of the handshake era that keeps sessions, and calls in them."""

import asyncio
from collections.abc import Callable
from itertools import count
from typing import Any

from aiohttp import web

from shared.tools.mcp_client import McpTools
from shared.tools.outcome import Caller, ToolOutcome
from tests.shared.tools.scripted_server import LEGACY, Answer, ScriptedServer, failure, result, text

GONE = -32600


class Sessions:
    """A server of the handshake era with sessions, and which session each call came in."""

    def __init__(self, server: ScriptedServer) -> None:
        self.server = server
        self.open: set[str] = set()
        self.calls: list[tuple[str, str]] = []
        """Session and credential of each call that was let in."""
        self.answer: Answer = text("done")
        self._numbers = count(1)
        server.on("initialize", self._begin)
        server.on("DELETE", self._end)
        server.on_call(self._call)

    @property
    def used(self) -> list[str]:
        return [session for session, _ in self.calls]

    async def until(self, condition: Callable[[], bool]) -> None:
        for _ in range(500):
            if condition():
                return
            await asyncio.sleep(0.01)
        raise AssertionError("it did not come to that")

    async def _begin(self, _request: web.Request, message: dict[str, Any]) -> web.StreamResponse:
        session = f"s{next(self._numbers)}"
        self.open.add(session)
        told = {"protocolVersion": LEGACY, "capabilities": {"tools": {}}, "serverInfo": {"name": "old", "version": "1"}}
        response = result(message, **told)
        response.headers["mcp-session-id"] = session
        return response

    async def _end(self, request: web.Request, _message: dict[str, Any]) -> web.StreamResponse:
        self.open.discard(request.headers["mcp-session-id"])
        return web.Response(status=200)

    async def _call(self, request: web.Request, message: dict[str, Any]) -> web.StreamResponse:
        session = request.headers["mcp-session-id"]
        if session not in self.open:
            return failure(message, GONE, "no such session", status=404)
        self.calls.append((session, request.headers.get("authorization", "")))
        return await self.answer(request, message)


async def call(tools: McpTools, sessions: Sessions, principal: str = "p", deadline_s: float = 5) -> ToolOutcome:
    spec = next(iter(sessions.server.catalog().servers.values()))
    outcome = await tools.call(spec, "echo", "{}", Caller(principal=principal), deadline_s)
    assert isinstance(outcome, ToolOutcome)
    return outcome
