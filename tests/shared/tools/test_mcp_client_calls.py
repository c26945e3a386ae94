"""One call, against servers that behave: what is sent, what is kept, what the model reads."""

import json
from collections.abc import AsyncGenerator
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web

from shared.tools.catalog import Catalog
from shared.tools.mcp_client import McpTools
from shared.tools.outcome import ToolOutcome
from tests.shared.tools.calling import called
from tests.shared.tools.conftest import Clock, MakeTools
from tests.shared.tools.scripted_server import (
    LEGACY,
    MODERN,
    ScriptedServer,
    content,
    failure,
    result,
    scripted_server,
    text,
)

STRUCTURED: dict[str, Any] = {
    "name": "count",
    "inputSchema": {"type": "object"},
    "outputSchema": {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]},
}


async def call(tools: McpTools, catalog: Catalog, tool: str = "echo", arguments: str = "{}") -> ToolOutcome:
    return await called(tools, catalog.servers["scripted"], tool, arguments, 5)


@pytest.fixture(params=[MODERN, LEGACY])
async def either(request: pytest.FixtureRequest) -> AsyncGenerator[ScriptedServer]:
    async with scripted_server(era=request.param) as running:
        yield running


async def test_a_call_returns_the_tools_text_in_either_era(either: ScriptedServer, make_tools: MakeTools) -> None:
    catalog = either.catalog()
    outcome = await call(make_tools(catalog), catalog, arguments='{"said": "hällo"}')
    assert (outcome.status, outcome.is_error) == ("completed", False)
    assert json.loads(outcome.text) == {"said": "hällo"}
    assert 0 <= outcome.ms < 5000


async def test_a_further_call_is_exactly_one_request(server: ScriptedServer, make_tools: MakeTools) -> None:
    server.tools = [STRUCTURED]
    server.on_call(content(structuredContent={"n": 3}))
    catalog = server.catalog()
    tools = make_tools(catalog)
    await call(tools, catalog, "count")
    assert server.asked == ["server/discover", "tools/list", "tools/call"]
    outcome = await call(tools, catalog, "count")
    assert outcome.text == '{"n":3}'
    assert server.asked[3:] == ["tools/call"]


async def test_in_the_handshake_era_the_first_call_negotiates_without_probing_and_a_further_one_not_at_all(
    make_tools: MakeTools,
) -> None:
    async with scripted_server(era=LEGACY) as server:
        catalog = server.catalog()
        tools = make_tools(catalog)
        await tools.list_tools(catalog.servers["scripted"], "p")
        before = len(server.asked)
        await call(tools, catalog)
        await call(tools, catalog)
        assert [asked for asked in server.asked[before:] if asked != "GET"] == [
            "initialize",
            "notifications/initialized",
            "tools/call",
            "tools/call",
        ]


async def test_arguments_marked_for_headers_travel_in_headers(server: ScriptedServer, make_tools: MakeTools) -> None:
    schema = {"type": "object", "properties": {"region": {"type": "string", "x-mcp-header": "Region"}}}
    server.tools = [{"name": "echo", "inputSchema": schema}]
    catalog = server.catalog()
    await call(make_tools(catalog), catalog, arguments='{"region": "north"}')
    assert server.headers[-1]["mcp-param-region"] == "north"
    assert server.headers[-1]["mcp-name"] == "echo"


async def test_a_tool_the_policy_denies_is_not_called(server: ScriptedServer, make_tools: MakeTools) -> None:
    catalog = server.catalog(default_policy="deny")
    outcome = await call(make_tools(catalog), catalog)
    assert outcome.status == "failed"
    assert "no tool 'echo' to offer" in outcome.text
    assert server.count("tools/call") == 0


async def test_a_tool_that_came_after_the_list_was_kept_is_found(
    server: ScriptedServer, make_tools: MakeTools, clock: Clock
) -> None:
    catalog = server.catalog()
    tools = make_tools(catalog)
    await call(tools, catalog)
    server.tools = [*server.tools, {**ECHO_LIKE, "name": "new"}]
    clock.advance(timedelta(seconds=11))
    assert (await call(tools, catalog, "new")).status == "completed"
    assert (await call(tools, catalog, "never")).status == "failed"
    assert server.count("tools/list") == 2


async def test_a_server_that_lost_the_pinned_version_is_negotiated_anew_and_called_once(
    server: ScriptedServer, make_tools: MakeTools
) -> None:
    catalog = server.catalog()
    tools = make_tools(catalog)
    await call(tools, catalog)
    server.era = LEGACY

    async def modern_is_refused(request: web.Request, message: dict[str, Any]) -> web.StreamResponse:
        if request.headers.get("Mcp-Protocol-Version") == MODERN:
            return failure(message, -32022, "unsupported", status=400)
        return result(message, content=[{"type": "text", "text": "old but well"}])

    server.on_call(modern_is_refused)
    outcome = await call(tools, catalog)
    assert (outcome.status, outcome.text) == ("completed", "old but well")
    assert server.count("tools/call") == 3


async def test_content_that_is_not_text_is_described(server: ScriptedServer, make_tools: MakeTools) -> None:
    server.on_call(
        content(
            {"type": "text", "text": "see"},
            {"type": "image", "data": "A" * 16_000, "mimeType": "image/png"},
            {"type": "resource_link", "name": "l", "uri": "file:///etc/passwd", "mimeType": "text/plain"},
            {"type": "resource", "resource": {"uri": "memo://1", "text": "secret", "mimeType": "text/plain"}},
        )
    )
    catalog = server.catalog()
    outcome = await call(make_tools(catalog), catalog)
    assert outcome.text.splitlines() == [
        "see",
        "[image image/png, 12 kB]",
        "[link text/plain, file:///etc/passwd]",
        "[resource text/plain, 6 B, memo://1]",
        "secret",
    ]


async def test_a_result_is_cut_at_the_servers_limit(server: ScriptedServer, make_tools: MakeTools) -> None:
    server.on_call(text("ä" * 100_000))
    catalog = server.catalog(max_result_bytes=1000)
    outcome = await call(make_tools(catalog), catalog)
    assert outcome.status == "completed"
    assert len(outcome.text.encode()) <= 1000
    assert outcome.text.endswith("[truncated: the full result is 200 kB]")


ECHO_LIKE: dict[str, Any] = {"inputSchema": {"type": "object"}}
