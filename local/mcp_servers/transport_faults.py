"""Applies the faults that need the HTTP connection: a 500, a broken answer, silence."""

import asyncio
import json
import re
from typing import Any, cast

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from local.mcp_servers.faults import Fault, FaultBoard

_ENDPOINT = re.compile(r"/(?P<server>[^/]+)/mcp")


class TransportFaults:
    """ASGI middleware around all servers."""

    def __init__(self, app: ASGIApp, board: FaultBoard) -> None:
        self._app = app
        self._board = board

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        endpoint = _ENDPOINT.fullmatch(scope["path"]) if scope["type"] == "http" else None
        if endpoint is None or scope["method"] != "POST" or not self._board.any_for(endpoint["server"]):
            await self._app(scope, receive, send)
            return
        read = await _read_body(receive)
        tool = _called_tool(b"".join(message.get("body", b"") for message in read))
        fault = self._board.take(endpoint["server"], tool, "transport") if tool is not None else None
        replayed = _replay(read, receive)
        if fault is None:
            await self._app(scope, replayed, send)
            return
        await asyncio.sleep(fault.delay_ms / 1000)
        if fault.when == "after":
            await self._app(scope, replayed, _swallow)
        await _fail(fault, scope, receive, send)


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


def _called_tool(body: bytes) -> str | None:
    """Return the tool a JSON-RPC request calls, or None for anything else."""
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
    return str(cast("dict[str, Any]", params).get("name"))


async def _fail(fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
    if fault.fail == "http_500":
        await PlainTextResponse("injected fault", status_code=500)(scope, receive, send)
        return
    if fault.fail == "hang":
        while (await receive())["type"] != "http.disconnect":
            pass
        return
    headers = [(b"content-type", b"application/json"), (b"content-length", b"65536")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    # Fewer bytes than promised: the HTTP server closes the connection when the application returns.
    await send({"type": "http.response.body", "body": b'{"jsonrpc":', "more_body": True})
