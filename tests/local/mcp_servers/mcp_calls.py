"""How the tests call a tool: the real client over HTTP."""

import ssl
from typing import Any, Literal

import httpx2
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp_types import CallToolResult, InputRequiredResult, TextContent

Mode = Literal["auto", "legacy", "2026-07-28"]

MODES: list[Mode] = ["auto", "legacy", "2026-07-28"]

_NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # made once: loading certificates for each call takes 20 ms


async def call(
    base_url: str, tool: str, /, mode: Mode = "2026-07-28", timeout_s: float = 10, **arguments: Any
) -> CallToolResult:
    """Call `<server>.<tool>` over a fresh connection."""
    server, _, name = tool.partition(".")
    async with httpx2.AsyncClient(verify=_NO_TLS, timeout=30) as http:
        transport = streamable_http_client(f"{base_url}/{server}/mcp", http_client=http)
        async with Client(transport, mode=mode, read_timeout_seconds=timeout_s) as client:
            return await client.call_tool(name, arguments)


async def asked(
    base_url: str, tool: str, /, state: str | None = None, **arguments: Any
) -> CallToolResult | InputRequiredResult:
    """Call `<server>.<tool>` once, giving back the `state` of a call before; it may want to be called again."""
    server, _, name = tool.partition(".")
    async with httpx2.AsyncClient(verify=_NO_TLS, timeout=30) as http:
        transport = streamable_http_client(f"{base_url}/{server}/mcp", http_client=http)
        async with Client(transport, mode="2026-07-28", read_timeout_seconds=10) as client:
            return await client.session.call_tool(name, arguments, request_state=state, allow_input_required=True)


async def answer(base_url: str, tool: str, /, **arguments: Any) -> dict[str, Any]:
    """Return the structured content of a call that must succeed."""
    result = await call(base_url, tool, **arguments)
    assert not result.is_error, text_of(result)
    assert isinstance(result.structured_content, dict)
    return result.structured_content


def text_of(result: CallToolResult) -> str:
    return "\n".join(block.text for block in result.content if isinstance(block, TextContent))
