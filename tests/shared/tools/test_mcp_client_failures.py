"""Servers that lie, break or never end: every call ends in bounded time with the right word for what happened."""

import asyncio
import gzip
import socket
from dataclasses import dataclass
from typing import Any

import pytest
from aiohttp import web

from shared.tools.failures import UNUSABLE
from shared.tools.outcome import NotExecuted, ToolOutcome, ToolServerUnavailable
from tests.shared.tools.calling import called
from tests.shared.tools.conftest import MakeTools
from tests.shared.tools.scripted_server import (
    LEGACY,
    Answer,
    ScriptedServer,
    breaks_off,
    content,
    fails,
    hangs,
    raw,
    result,
    scripted_server,
    streams,
    text,
)

GZIPPED = raw(gzip.compress(b"x" * 1000), content_type="application/json", content_encoding="gzip")
WRONG_ID = raw(b'{"jsonrpc": "2.0", "id": 4711, "result": {}}', content_type="application/json")


async def one_call(
    server: ScriptedServer, make_tools: MakeTools, answer: Answer, *, arguments: str = "{}", deadline_s: float = 5
) -> ToolOutcome:
    """Call the tool `echo`, which answers with `answer`, after a call that went well."""
    catalog = server.catalog()
    tools, spec = make_tools(catalog), catalog.servers["scripted"]
    assert (await called(tools, spec, "echo", "{}", 5)).status == "completed"
    server.on_call(answer)
    return await called(tools, spec, "echo", arguments, deadline_s)


@dataclass(frozen=True)
class Case:
    answer: Answer
    status: str
    says: str
    is_error: bool = False


CASES: dict[str, Case] = {
    "the tool says error": Case(text("no such account", isError=True), "failed", "no such account", is_error=True),
    "bad parameters": Case(fails(-32602, "account: missing"), "failed", "account: missing"),
    "bad parameters with status 400": Case(fails(-32602, "account", status=400), "failed", "account"),
    "internal error": Case(fails(-32603, "oops"), "unknown", "not known"),
    "an error of its own": Case(fails(-31999, "closed on\r\nsundays\x1b[31m"), "failed", "closed on sundays[31m"),
    "HTTP 500": Case(raw(b"trace", status=500), "unknown", "HTTP 500"),
    "HTTP 503": Case(raw(b"", status=503), "unknown", "HTTP 503"),
    "HTTP 401": Case(raw(b"", status=401), "failed", "sign-in"),
    "HTTP 403": Case(raw(b"", status=403), "failed", "sign-in"),
    "HTTP 404": Case(raw(b"", status=404), "failed", "HTTP 404"),
    "HTTP 413": Case(raw(b"", status=413), "failed", "refused"),
    "202": Case(raw(b"", status=202), "unknown", "not known"),
    "204": Case(raw(b"", status=204), "unknown", "not known"),
    "a login page": Case(raw(b"<html>", status=200), "unknown", "not known"),
    "half a JSON": Case(raw(b'{"jsonrpc"', content_type="application/json"), "failed", UNUSABLE),
    "not UTF-8": Case(raw(b'{"a":"\xff\xfe"}', content_type="application/json"), "failed", UNUSABLE),
    "deep nesting": Case(raw(b"[" * 100_000, content_type="application/json"), "failed", UNUSABLE),
    "content of no known type": Case(content({"type": "hologram"}), "failed", UNUSABLE),
    "an event stream without an answer": Case(raw(b": hi\n\n", content_type="text/event-stream"), "unknown", "broke"),
    "the connection breaks": Case(breaks_off, "unknown", "not known"),
    "a redirect elsewhere": Case(raw(status=307, location="http://127.0.0.2:9/mcp"), "failed", "redirected"),
    "a redirect to metadata": Case(raw(status=302, location="http://169.254.169.254/"), "failed", "redirected"),
    "5 MB announced": Case(raw(b"x" * 5_000_000, content_type="application/json"), "failed", "too large"),
    "endless JSON": Case(streams(b" " * 100_000, content_type="application/json"), "failed", "too large"),
    "endless events": Case(streams(b": " + b"x" * 99_000, content_type="text/event-stream"), "failed", "too large"),
    "compressed": Case(GZIPPED, "unknown", "not known"),
}


@pytest.mark.parametrize("name", CASES)
async def test_every_bad_answer_is_told_as_what_it_means(
    server: ScriptedServer, make_tools: MakeTools, name: str
) -> None:
    case = CASES[name]
    outcome = await one_call(server, make_tools, case.answer)
    assert (outcome.status, outcome.is_error) == (case.status, case.is_error), outcome.text
    assert case.says in outcome.text


async def test_a_call_that_may_have_run_is_not_sent_twice(server: ScriptedServer, make_tools: MakeTools) -> None:
    await one_call(server, make_tools, raw(status=500))
    assert server.count("tools/call") == 2


@pytest.mark.parametrize("era", ["2026-07-28", LEGACY])
async def test_a_silent_tool_ends_at_the_deadline_as_unknown(make_tools: MakeTools, era: str) -> None:
    async with scripted_server(era=era) as server:
        outcome = await one_call(server, make_tools, hangs, deadline_s=0.3)
        assert outcome.status == "unknown"
        assert "in time" in outcome.text
        assert 250 <= outcome.ms < 1500


async def test_an_answer_to_another_call_is_no_answer(server: ScriptedServer, make_tools: MakeTools) -> None:
    outcome = await one_call(server, make_tools, WRONG_ID, deadline_s=0.3)
    assert outcome.status == "unknown"


async def test_a_session_is_ended_and_a_server_that_ignores_that_costs_little(make_tools: MakeTools) -> None:
    async def session(_request: web.Request, message: dict[str, Any]) -> web.StreamResponse:
        told = {"protocolVersion": LEGACY, "capabilities": {"tools": {}}, "serverInfo": {"name": "old", "version": "1"}}
        response = result(message, **told)
        response.headers["mcp-session-id"] = "s1"
        return response

    async with scripted_server(era=LEGACY) as server:
        server.on("initialize", session)
        catalog = server.catalog()
        tools = make_tools(catalog)
        await called(tools, catalog.servers["scripted"], "echo", "{}", 5)
        await tools.close()
        assert server.count("DELETE") == 2, "one for the list, one for the calls"
        server.on("DELETE", hangs)
        tools = make_tools(catalog)
        outcome = await called(tools, catalog.servers["scripted"], "echo", "{}", 5)
        assert outcome.status == "completed"
        assert outcome.ms < 4000
        begun = asyncio.get_running_loop().time()
        await tools.close()
        assert asyncio.get_running_loop().time() - begun < 4


@pytest.mark.parametrize("kind", ["application/json", "text/event-stream"])
async def test_an_answer_that_trickles_ends_at_the_deadline(
    server: ScriptedServer, make_tools: MakeTools, kind: str
) -> None:
    outcome = await one_call(server, make_tools, streams(b":\n", content_type=kind, pause_s=0.02), deadline_s=0.3)
    assert outcome.status == "unknown"
    assert outcome.ms < 1500


async def test_a_server_that_is_gone_means_not_executed(make_tools: MakeTools) -> None:
    async with scripted_server() as server:
        catalog = server.catalog()
        tools, spec = make_tools(catalog), catalog.servers["scripted"]
        await called(tools, spec, "echo", "{}", 5)
    with pytest.raises(NotExecuted) as caught:
        await called(tools, spec, "echo", "{}", 5)
    assert caught.value.retryable


async def test_a_server_that_never_was_means_not_executed_and_no_list(make_tools: MakeTools) -> None:
    catalog = ScriptedServer(url=f"http://127.0.0.1:{closed_port()}/mcp").catalog()
    tools, spec = make_tools(catalog), catalog.servers["scripted"]
    with pytest.raises(NotExecuted):
        await called(tools, spec, "echo", "{}", 5)
    with pytest.raises(ToolServerUnavailable):
        await tools.list_tools(spec, "p")


async def test_a_server_that_never_answers_the_listing_means_not_executed(make_tools: MakeTools) -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        catalog = ScriptedServer(url=f"http://127.0.0.1:{listening.getsockname()[1]}/mcp").catalog()
        with pytest.raises(NotExecuted):
            await called(make_tools(catalog), catalog.servers["scripted"], "echo", "{}", 0.3)


async def test_a_busy_server_means_not_executed(server: ScriptedServer, make_tools: MakeTools) -> None:
    with pytest.raises(NotExecuted):
        await one_call(server, make_tools, raw(status=429))


async def test_a_result_against_its_own_schema_is_unusable_and_not_logged(
    server: ScriptedServer, make_tools: MakeTools, caplog: pytest.LogCaptureFixture
) -> None:
    server.tools[0] = {**server.tools[0], "outputSchema": {"type": "object", "required": ["n"]}}
    server.on_call(text("hi", structuredContent={"customer": "secret-of-a-customer"}))
    catalog = server.catalog()
    outcome = await called(make_tools(catalog), catalog.servers["scripted"], "echo", "{}", 5)
    assert (outcome.status, outcome.text) == ("failed", UNUSABLE)
    assert server.count("tools/call") == 1
    assert "output schema" in caplog.text
    assert "secret-of-a-customer" not in caplog.text


async def test_a_cancelled_call_stops_waiting_at_once(server: ScriptedServer, make_tools: MakeTools) -> None:
    catalog = server.catalog()
    tools = make_tools(catalog)
    reached = asyncio.Event()

    async def reach(request: web.Request, message: dict[str, Any]) -> web.StreamResponse:
        reached.set()
        return await hangs(request, message)

    server.on_call(reach)
    task = asyncio.create_task(called(tools, catalog.servers["scripted"], "echo", "{}", 5))
    await asyncio.wait_for(reached.wait(), 5)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, 1)


@pytest.mark.parametrize("by_deadline", [True, False])
async def test_a_server_of_the_handshake_era_without_sessions_is_told_that_a_call_is_given_up(
    make_tools: MakeTools, *, by_deadline: bool
) -> None:
    async with scripted_server(era=LEGACY) as server:
        reached = asyncio.Event()

        async def reach(request: web.Request, message: dict[str, Any]) -> web.StreamResponse:
            reached.set()
            return await hangs(request, message)

        server.on_call(reach)
        server.on("notifications/cancelled", raw(status=202))
        catalog = server.catalog()
        task = asyncio.create_task(called(make_tools(catalog), catalog.servers["scripted"], "echo", "{}", 1))
        await asyncio.wait_for(reached.wait(), 5)
        if by_deadline:
            assert (await task).status == "unknown"
        else:
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asyncio.wait_for(task, 2)
        assert server.count("notifications/cancelled") == 1


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
