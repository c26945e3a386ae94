"""Applies the faults that need the HTTP connection (a 500, a broken answer, silence), and holds requests."""

import asyncio
import json
import re
from typing import Any, cast

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from local.holds import Holds, Passage, RequestDroppedError, Words
from local.mcp_servers.faults import Fault, FaultBoard

_ENDPOINT = re.compile(r"/(?P<server>[^/]+)/mcp")


class TransportFaults:
    """ASGI middleware around all servers."""

    def __init__(self, app: ASGIApp, board: FaultBoard, holds: Holds) -> None:
        self._app = app
        self._board = board
        self._holds = holds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        endpoint = _ENDPOINT.fullmatch(scope["path"]) if scope["type"] == "http" else None
        if endpoint is None or scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        read = await _read_body(receive)
        called = _called_tool(b"".join(message.get("body", b"") for message in read))
        replayed = _replay(read, receive)
        if called is None:
            await self._app(scope, replayed, send)
            return
        tool, arguments = called
        words: Words = {"server": [endpoint["server"]], "tool": [tool], "arguments": [arguments]}
        passage = self._holds.take(lambda: words)
        try:
            await passage.reach("before")
            fault = self._board.take(endpoint["server"], tool, "transport")
            await self._serve(fault, scope, replayed, _held(send, passage))
        except RequestDroppedError:
            await _break_off(send)

    async def _serve(self, fault: Fault | None, scope: Scope, receive: Receive, send: Send) -> None:
        if fault is None:
            await self._app(scope, receive, send)
            return
        await asyncio.sleep(fault.delay_ms / 1000)
        if fault.when == "after":
            await self._app(scope, receive, _swallow)
        await _fail(fault, scope, receive, send)


def _held(send: Send, passage: Passage) -> Send:
    """Stop the answer before its first byte if the request is to be held then."""

    async def held(message: Message) -> None:
        await passage.reach("done")
        await send(message)

    return held


async def _read_body(receive: Receive) -> list[Message]:
    messages = [await receive()]
    while messages[-1]["type"] == "http.request" and messages[-1].get("more_body"):
        messages.append(await receive())
    return messages


def _replay(messages: list[Message], receive: Receive) -> Receive:
    pending = list(reversed(messages))

    async def replayed() -> Message:
        return pending.pop() if pending else await receive()

    return replayed


async def _swallow(message: Message) -> None:
    """Discard what the application answers: the caller must not see it."""


def _called_tool(body: bytes) -> tuple[str, str] | None:
    """Return the tool a JSON-RPC request calls and its arguments as JSON, or None for anything else."""
    try:
        request: Any = json.loads(body)
    except ValueError:
        return None
    if not isinstance(request, dict):
        return None
    fields = cast("dict[str, Any]", request)
    params = fields.get("params")
    if fields.get("method") != "tools/call" or not isinstance(params, dict):
        return None
    named = cast("dict[str, Any]", params)
    return str(named.get("name")), json.dumps(named.get("arguments"))


async def _fail(fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
    if fault.fail == "http_500":
        await PlainTextResponse("injected fault", status_code=500)(scope, receive, send)
        return
    if fault.fail == "hang":
        while (await receive())["type"] != "http.disconnect":
            pass
        return
    await _break_off(send)


async def _break_off(send: Send) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", b"65536")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    # Fewer bytes than promised: the HTTP server closes the connection when the application returns.
    await send({"type": "http.response.body", "body": b'{"jsonrpc":', "more_body": True})
