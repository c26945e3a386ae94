"""Logs every tool call of a server and applies the faults that happen around the tool itself."""

import asyncio
from collections.abc import Mapping
from typing import Any

from mcp.server.context import CallNext, HandlerResult, ServerRequestContext
from mcp_types import CallToolResult, InputRequiredResult, TextContent

from local.mcp_servers.call_log import Call, CallLog
from local.mcp_servers.faults import Fault, FaultBoard


class ToolFaults:
    """MCP middleware for one server."""

    def __init__(self, server: str, board: FaultBoard, calls: CallLog) -> None:
        self._server = server
        self._board = board
        self._calls = calls

    async def __call__(self, ctx: ServerRequestContext[Any, Any], call_next: CallNext) -> HandlerResult:
        if ctx.method != "tools/call":
            return await call_next(ctx)
        params = ctx.params or {}
        tool, arguments = params.get("name"), params.get("arguments")
        call = self._calls.begin(
            self._server, str(tool), arguments if isinstance(arguments, Mapping) else {"invalid": arguments}
        )
        try:
            result = await self._suffer(call, ctx, call_next)
        except asyncio.CancelledError:
            call.finish("cancelled")
            raise
        except Exception:  # only noted here: the SDK tells the client
            call.finish("protocol_error")
            raise
        call.finish("tool_error" if _is_error(result) else "ok")
        return result

    async def _suffer(self, call: Call, ctx: ServerRequestContext[Any, Any], call_next: CallNext) -> HandlerResult:
        fault = self._board.take(self._server, call.tool, "tool")
        if fault is None:
            call.executed = True
            return await call_next(ctx)
        if fault.when == "before":
            await asyncio.sleep(fault.delay_ms / 1000)
            if fault.fail:
                return _failure(fault)
        call.executed = True
        result = await call_next(ctx)
        if fault.when == "after":
            await asyncio.sleep(fault.delay_ms / 1000)
            if fault.fail:
                return _failure(fault)
        return result


def _failure(fault: Fault) -> CallToolResult | InputRequiredResult:
    if fault.fail == "not_ready":
        return InputRequiredResult(request_state="not ready (injected fault)")
    text = f"{fault.server} could not complete the call: its backend is unavailable (injected fault)"
    return CallToolResult(content=[TextContent(type="text", text=text)], is_error=True)


def _is_error(result: HandlerResult) -> bool:
    if isinstance(result, CallToolResult):
        return bool(result.is_error)
    return isinstance(result, Mapping) and bool(result.get("isError"))
