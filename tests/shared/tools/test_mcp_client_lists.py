"""Listing a server's tools: what is kept, shared, filtered, and survived."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web

from shared.tools.outcome import ToolServerUnavailable
from tests.shared.tools.conftest import Clock, MakeTools
from tests.shared.tools.scripted_server import (
    Answer,
    ScriptedServer,
    content,
    fails,
    hangs,
    result,
)

ECHO_LIKE: dict[str, Any] = {"inputSchema": {"type": "object"}}


async def test_many_people_share_one_fetch_of_the_list(server: ScriptedServer, make_tools: MakeTools) -> None:
    catalog = server.catalog()
    tools = make_tools(catalog)
    lists = await asyncio.gather(*(tools.list_tools(catalog.servers["scripted"], f"p{n}") for n in range(20)))
    assert server.count("tools/list") == 1
    assert {described.model_name for listed in lists for described in listed} == {"scripted__echo"}


async def test_the_list_is_fetched_again_after_five_minutes(
    server: ScriptedServer, make_tools: MakeTools, clock: Clock
) -> None:
    catalog = server.catalog()
    tools, spec = make_tools(catalog), catalog.servers["scripted"]
    await tools.list_tools(spec, "p")
    clock.advance(timedelta(minutes=4, seconds=59))
    await tools.list_tools(spec, "p")
    assert server.count("tools/list") == 1
    clock.advance(timedelta(seconds=1))
    await tools.list_tools(spec, "p")
    assert server.count("tools/list") == 2


async def test_a_cancelled_caller_does_not_take_the_list_from_the_others(
    server: ScriptedServer, make_tools: MakeTools
) -> None:
    asked, go_on = asyncio.Event(), asyncio.Event()

    async def slow(_request: web.Request, message: dict[str, Any]) -> web.StreamResponse:
        asked.set()
        await go_on.wait()
        return result(message, tools=server.tools, **server.hints())

    server.on("tools/list", slow)
    catalog = server.catalog()
    tools, spec = make_tools(catalog), catalog.servers["scripted"]
    first = asyncio.create_task(tools.list_tools(spec, "p"))
    second = asyncio.create_task(tools.list_tools(spec, "q"))
    await asyncio.wait_for(asked.wait(), 5)
    first.cancel()
    go_on.set()
    assert len(await second) == 1
    with pytest.raises(asyncio.CancelledError):
        await first


async def test_the_list_is_sorted_and_holds_only_what_the_policy_allows(
    server: ScriptedServer, make_tools: MakeTools
) -> None:
    server.tools = [{**ECHO_LIKE, "name": name} for name in ("z", "mail", "a", "unlisted")]
    rules = {"z": {"policy": "allow"}, "a": {"policy": "allow_private"}, "mail": {"policy": "ask"}}
    catalog = server.catalog(default_policy="deny", tools=rules)
    listed = await make_tools(catalog).list_tools(catalog.servers["scripted"], "p")
    assert [described.tool for described in listed] == ["a", "mail", "z"]


async def test_all_pages_are_read_and_a_list_without_end_is_cut(server: ScriptedServer, make_tools: MakeTools) -> None:
    async def paged(_request: web.Request, message: dict[str, Any]) -> web.StreamResponse:
        page = int(message["params"].get("cursor", "0"))
        tool = {**ECHO_LIKE, "name": f"t{page:03}"}
        return result(message, tools=[tool], nextCursor=str(page + 1), **server.hints())

    server.on("tools/list", paged)
    catalog = server.catalog()
    listed = await make_tools(catalog).list_tools(catalog.servers["scripted"], "p")
    assert [described.tool for described in listed] == [f"t{n:03}" for n in range(20)]


async def test_a_cursor_given_twice_ends_the_list(server: ScriptedServer, make_tools: MakeTools) -> None:
    async def circle(_request: web.Request, message: dict[str, Any]) -> web.StreamResponse:
        return result(message, tools=server.tools, nextCursor="again", **server.hints())

    server.on("tools/list", circle)
    catalog = server.catalog()
    listed = await make_tools(catalog).list_tools(catalog.servers["scripted"], "p")
    assert len(listed) == 1
    assert server.count("tools/list") == 2


async def test_a_tool_that_cannot_be_offered_does_not_hide_the_others(
    server: ScriptedServer, make_tools: MakeTools
) -> None:
    outside = {"type": "object", "properties": {"a": {"$ref": "http://169.254.169.254/x"}}}
    server.tools = [{"name": "bad", "inputSchema": outside}, *server.tools]
    catalog = server.catalog()
    listed = await make_tools(catalog).list_tools(catalog.servers["scripted"], "p")
    assert [described.tool for described in listed] == ["echo"]


LISTS_THAT_FAIL: dict[str, Answer] = {
    "error": fails(-32603, "broken"),
    "malformed": content(),
    "silent": hangs,
}


@pytest.mark.parametrize("name", LISTS_THAT_FAIL)
async def test_a_server_that_cannot_list_is_unavailable_and_asked_again_next_time(
    server: ScriptedServer, make_tools: MakeTools, name: str
) -> None:
    server.on("tools/list", LISTS_THAT_FAIL[name])
    catalog = server.catalog(timeout_s=0.5)
    tools, spec = make_tools(catalog), catalog.servers["scripted"]
    with pytest.raises(ToolServerUnavailable) as caught:
        await tools.list_tools(spec, "p")
    assert caught.value.retryable
    del server.answers["tools/list"]
    assert len(await tools.list_tools(spec, "p")) == 1
