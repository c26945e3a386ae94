"""Clients that outlive a call: whose they are, when they are used again, and when they end."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from itertools import count
from typing import Any

import pytest
from aiohttp import web

from shared.tools import mcp_kept
from shared.tools.mcp_client import McpTools
from shared.tools.outcome import Caller, InputAnswer, InputRequest, ToolOutcome
from tests.shared.tools.calling import called
from tests.shared.tools.conftest import MakeTools
from tests.shared.tools.scripted_server import (
    LEGACY,
    Answer,
    ScriptedServer,
    content,
    fails,
    failure,
    hangs,
    raw,
    result,
    scripted_server,
    text,
)
from tests.shared.tools.wallet import Wallet

SECRET = {"mode": "secret", "setting": "MCP_SECRET_CRM"}
_GONE = -32600


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
            return failure(message, _GONE, "no such session", status=404)
        self.calls.append((session, request.headers.get("authorization", "")))
        return await self.answer(request, message)


@pytest.fixture
async def sessions() -> AsyncGenerator[Sessions]:
    async with scripted_server(era=LEGACY) as server:
        yield Sessions(server)


async def call(tools: McpTools, sessions: Sessions, principal: str = "p", deadline_s: float = 5) -> ToolOutcome:
    spec = next(iter(sessions.server.catalog().servers.values()))
    outcome = await tools.call(spec, "echo", "{}", Caller(principal=principal), deadline_s)
    assert isinstance(outcome, ToolOutcome)
    return outcome


async def test_calls_of_one_person_follow_each_other_in_one_session(sessions: Sessions, make_tools: MakeTools) -> None:
    tools = make_tools(sessions.server.catalog())
    for _ in range(3):
        assert (await call(tools, sessions)).status == "completed"
    assert len(set(sessions.used)) == 1
    assert sessions.server.count("initialize") == 2, "one for the list, one for the calls"


async def test_tools_called_in_turn_keep_what_their_headers_need(server: ScriptedServer, make_tools: MakeTools) -> None:
    schema = {"type": "object", "properties": {"region": {"type": "string", "x-mcp-header": "Region"}}}
    server.tools = [{"name": name, "inputSchema": schema} for name in ("north", "south")]
    catalog = server.catalog()
    tools = make_tools(catalog)
    for name in ("north", "south", "north"):
        await called(tools, catalog.servers["scripted"], name, json.dumps({"region": name}))
        assert (server.headers[-1]["mcp-name"], server.headers[-1]["mcp-param-region"]) == (name, name)
    assert server.asked == ["server/discover", "tools/list", *["tools/call"] * 3]


async def test_nobody_is_served_in_another_persons_session(sessions: Sessions, make_tools: MakeTools) -> None:
    tools = make_tools(sessions.server.catalog())
    for principal in ("a", "b", "a"):
        await call(tools, sessions, principal)
    first, second, third = sessions.used
    assert first == third != second


async def test_with_another_credential_the_session_of_the_old_one_ends(
    sessions: Sessions, make_tools: MakeTools
) -> None:
    catalog = sessions.server.catalog(auth=SECRET)
    wallet = Wallet(held={"p": "old"})
    tools, spec = make_tools(catalog, wallet), catalog.servers["scripted"]
    await called(tools, spec, "echo")
    (old,) = sessions.used
    wallet.held["p"] = "new"
    await called(tools, spec, "echo")
    await sessions.until(lambda: old not in sessions.open)
    assert [credential for _, credential in sessions.calls] == ["Bearer old", "Bearer new"]


async def test_calls_side_by_side_have_sessions_of_their_own_and_wait_for_none(
    sessions: Sessions, make_tools: MakeTools
) -> None:
    tools = make_tools(sessions.server.catalog())
    together = asyncio.Barrier(4)

    async def answer(request: web.Request, message: dict[str, Any]) -> web.StreamResponse:
        await together.wait()
        return await text("done")(request, message)

    sessions.answer = answer
    for _ in range(2):
        await asyncio.gather(*(call(tools, sessions) for _ in range(4)))
    assert len(set(sessions.used)) == 4
    assert set(sessions.used[:4]) == set(sessions.used[4:])


async def test_a_session_the_server_no_longer_knows_is_begun_anew_and_the_tool_called_once(
    sessions: Sessions, make_tools: MakeTools
) -> None:
    tools = make_tools(sessions.server.catalog())
    together = asyncio.Barrier(2)

    async def answer(request: web.Request, message: dict[str, Any]) -> web.StreamResponse:
        await together.wait()
        return await text("done")(request, message)

    sessions.answer = answer
    await asyncio.gather(call(tools, sessions), call(tools, sessions))
    sessions.open.clear()
    sessions.answer = text("done")
    before, listed = sessions.server.count("initialize"), sessions.server.count("tools/list")
    assert (await call(tools, sessions)).status == "completed"
    assert len(sessions.calls) == 3, "the tool ran once more"
    assert sessions.server.count("initialize") == before + 1, "the other session is not tried either"
    assert sessions.server.count("tools/list") == listed


async def test_a_server_that_knows_no_session_at_all_is_not_asked_for_ever(
    sessions: Sessions, make_tools: MakeTools
) -> None:
    tools = make_tools(sessions.server.catalog())
    await call(tools, sessions)
    sessions.server.on_call(fails(_GONE, "no such session", status=404))
    outcome = await call(tools, sessions)
    assert outcome.status == "failed"
    assert sessions.server.count("tools/call") == 4, "in the kept session, in a new one, and after a new list"


@pytest.mark.parametrize("answer", [raw(status=500), fails(-32603, "oops"), hangs], ids=["500", "error", "silence"])
async def test_a_session_in_which_a_call_got_no_result_ends(
    sessions: Sessions, make_tools: MakeTools, answer: Answer
) -> None:
    tools = make_tools(sessions.server.catalog())
    await call(tools, sessions)
    (first,) = sessions.used
    sessions.answer = answer
    assert (await call(tools, sessions, deadline_s=0.3)).status == "unknown"
    await sessions.until(lambda: first not in sessions.open)
    sessions.answer = text("done")
    assert (await call(tools, sessions)).status == "completed"
    assert sessions.used[-1] != first


async def test_a_result_that_says_error_does_not_end_the_session(sessions: Sessions, make_tools: MakeTools) -> None:
    tools = make_tools(sessions.server.catalog())
    sessions.answer = text("no such account", isError=True)
    for _ in range(2):
        assert (await call(tools, sessions)).is_error
    assert len(set(sessions.used)) == 1


async def test_a_session_nobody_uses_ends(
    sessions: Sessions, make_tools: MakeTools, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mcp_kept, "KEEP_S", 0.05)
    tools = make_tools(sessions.server.catalog())
    await call(tools, sessions)
    await sessions.until(lambda: not sessions.open)


async def test_a_session_that_is_old_is_not_used_again(
    sessions: Sessions, make_tools: MakeTools, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mcp_kept, "LONGEST_S", 0.0)
    tools = make_tools(sessions.server.catalog())
    for _ in range(2):
        await call(tools, sessions)
    assert len(set(sessions.used)) == 2


@pytest.mark.parametrize("bound", ["MOST_OF_ONE_PERSON", "MOST_OF_ONE_SERVER", "MOST"])
async def test_no_more_than_so_many_sessions_wait_for_a_call(
    sessions: Sessions, make_tools: MakeTools, monkeypatch: pytest.MonkeyPatch, bound: str
) -> None:
    monkeypatch.setattr(mcp_kept, bound, 2)
    tools = make_tools(sessions.server.catalog())
    people = ["p"] if bound == "MOST_OF_ONE_PERSON" else [f"p{number}" for number in range(4)]
    together = asyncio.Barrier(4)

    async def answer(request: web.Request, message: dict[str, Any]) -> web.StreamResponse:
        await together.wait()
        return await text("done")(request, message)

    sessions.answer = answer
    await asyncio.gather(*(call(tools, sessions, people[number % len(people)]) for number in range(4)))
    await sessions.until(lambda: len(sessions.open) == 2)


async def test_closing_the_tools_ends_every_session(sessions: Sessions, make_tools: MakeTools) -> None:
    tools = make_tools(sessions.server.catalog())
    await asyncio.gather(*(call(tools, sessions, principal) for principal in "abc"))
    assert sessions.open
    await tools.close()
    assert not sessions.open


async def test_each_call_of_a_session_may_receive_the_same_number_of_bytes(
    sessions: Sessions, make_tools: MakeTools
) -> None:
    tools = make_tools(sessions.server.catalog())
    sessions.answer = text("x" * 3_000_000)
    for _ in range(3):
        assert (await call(tools, sessions)).status == "completed"
    assert len(set(sessions.used)) == 1
    sessions.answer = text("x" * 5_000_000)
    assert (await call(tools, sessions)).status == "failed"


class Undecided:
    """A person who never answers."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.left = asyncio.Event()

    async def progress(self, progress: float, total: float | None, message: str | None) -> None:
        del progress, total, message

    async def ask(self, request: InputRequest) -> InputAnswer:
        del request
        self.asked.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.left.set()
        raise AssertionError("unreachable")


async def test_a_question_that_outlives_its_call_ends_with_the_session(
    sessions: Sessions, make_tools: MakeTools
) -> None:
    person = Undecided()

    async def asks_and_goes_on(request: web.Request, message: dict[str, Any]) -> web.StreamResponse:
        response = web.StreamResponse(headers={"content-type": "text/event-stream"})
        await response.prepare(request)
        form = {"message": "Which?", "requestedSchema": {"type": "object", "properties": {"a": {"type": "string"}}}}
        question = {"jsonrpc": "2.0", "id": "q1", "method": "elicitation/create", "params": form}
        await response.write(f"data: {json.dumps(question)}\n\n".encode())
        await person.asked.wait()
        answer = await content({"type": "text", "text": "done"})(request, message)
        assert isinstance(answer, web.Response)
        assert isinstance(answer.body, bytes)
        await response.write(b"data: " + answer.body + b"\n\n")
        return response

    sessions.answer = asks_and_goes_on
    tools = make_tools(sessions.server.catalog())
    spec = sessions.server.catalog().servers["scripted"]
    outcome = await tools.call(spec, "echo", "{}", Caller(principal="p"), 5, observer=person)
    assert isinstance(outcome, ToolOutcome)
    assert outcome.status == "completed"
    async with asyncio.timeout(5):
        await person.left.wait()
    await sessions.until(lambda: not sessions.open)
