"""Clients that outlive a call: whose they are, and when they are used again."""

import asyncio
import json
from typing import Any

from aiohttp import web

from tests.shared.tools.calling import called
from tests.shared.tools.conftest import MakeTools
from tests.shared.tools.scripted_server import ScriptedServer, fails, text
from tests.shared.tools.sessions import GONE, Sessions, call
from tests.shared.tools.wallet import Wallet

SECRET = {"mode": "secret", "setting": "MCP_SECRET_CRM"}


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
    sessions.server.on_call(fails(GONE, "no such session", status=404))
    outcome = await call(tools, sessions)
    assert outcome.status == "failed"
    assert sessions.server.count("tools/call") == 4, "in the kept session, in a new one, and after a new list"


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
