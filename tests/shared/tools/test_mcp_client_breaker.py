"""A server that does not answer is left alone for a while, and people are told."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web

from shared.tools.breaker import FIRST_PAUSE, THRESHOLD
from shared.tools.outcome import NotExecuted, ToolServerUnavailable
from tests.shared.tools.calling import called
from tests.shared.tools.conftest import Clock, MakeTools
from tests.shared.tools.scripted_server import (
    Answer,
    ScriptedServer,
    breaks_off,
    fails,
    hangs,
    raw,
    scripted_server,
    text,
)

SICK: dict[str, Answer] = {
    "HTTP 503": raw(status=503),
    "it breaks off": breaks_off,
    "it is silent": hangs,
    "a stream that ends": raw(b": hi\n\n", content_type="text/event-stream"),
}
WELL: dict[str, Answer] = {
    "the tool says error": text("no", isError=True),
    "bad parameters": fails(-32602, "account"),
    "an internal error": fails(-32603, "oops"),
    "HTTP 404": raw(status=404),
    "HTTP 403": raw(status=403),
    "a redirect": raw(status=307, location="https://elsewhere.example/"),
    "nonsense": raw(b"{", content_type="application/json"),
}


@pytest.mark.parametrize("name", SICK)
async def test_a_server_that_does_not_answer_is_left_alone(
    server: ScriptedServer, make_tools: MakeTools, clock: Clock, name: str
) -> None:
    catalog = server.catalog()
    tools, spec = make_tools(catalog), catalog.servers["scripted"]
    await called(tools, spec, "echo")
    server.on_call(SICK[name])
    for _ in range(THRESHOLD):
        assert (await called(tools, spec, "echo", deadline_s=0.2)).status == "unknown"
    before = len(server.asked)
    outcome = await called(tools, spec, "echo")
    assert outcome.status == "failed"
    assert outcome.text == (
        "The tool was not called. scripted has not answered for about a minute; it is tried again at 09:01 UTC."
    )
    assert len(server.asked) == before
    del server.answers["tools/call"]
    clock.advance(FIRST_PAUSE)
    assert (await called(tools, spec, "echo")).status == "completed"
    assert (await called(tools, spec, "echo")).status == "completed"


@pytest.mark.parametrize("name", WELL)
async def test_an_error_of_the_tools_own_never_counts(server: ScriptedServer, make_tools: MakeTools, name: str) -> None:
    catalog = server.catalog()
    tools, spec = make_tools(catalog), catalog.servers["scripted"]
    await called(tools, spec, "echo")
    server.on_call(WELL[name])
    for _ in range(THRESHOLD + 2):
        await called(tools, spec, "echo")
    assert server.count("tools/call") >= 1 + THRESHOLD + 2


async def test_a_server_that_is_gone_is_named_with_the_reason_when_listed(make_tools: MakeTools, clock: Clock) -> None:
    async with scripted_server() as server:
        catalog = server.catalog()
    tools, spec = make_tools(catalog), catalog.servers["scripted"]
    for _ in range(THRESHOLD):
        with pytest.raises(NotExecuted):
            await called(tools, spec, "echo")
    clock.advance(timedelta(seconds=10))
    with pytest.raises(ToolServerUnavailable) as caught:
        await tools.list_tools(spec, "p")
    assert caught.value.reason == "has not answered since 09:00 UTC"
    assert "it is tried again at 09:01 UTC" in caught.value.message


async def test_callers_that_shared_one_failed_fetch_count_once(server: ScriptedServer, make_tools: MakeTools) -> None:
    server.on("tools/list", raw(status=503))
    catalog = server.catalog()
    tools, spec = make_tools(catalog), catalog.servers["scripted"]
    found = await asyncio.gather(*(tools.list_tools(spec, "p") for _ in range(20)), return_exceptions=True)
    assert {type(error) for error in found} == {ToolServerUnavailable}
    del server.answers["tools/list"]
    assert len(await tools.list_tools(spec, "p")) == 1


async def test_a_call_a_person_stopped_says_nothing_about_the_server(
    server: ScriptedServer, make_tools: MakeTools
) -> None:
    catalog = server.catalog()
    tools, spec = make_tools(catalog), catalog.servers["scripted"]
    await called(tools, spec, "echo")
    reached = asyncio.Event()

    async def reach(request: web.Request, message: dict[str, Any]) -> web.StreamResponse:
        reached.set()
        return await hangs(request, message)

    server.on_call(reach)
    for _ in range(THRESHOLD + 1):
        reached.clear()
        task = asyncio.create_task(called(tools, spec, "echo"))
        await asyncio.wait_for(reached.wait(), 5)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    del server.answers["tools/call"]
    assert (await called(tools, spec, "echo")).status == "completed"
