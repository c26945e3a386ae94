"""Calls that carry a credential: whose, which one again, and what is said when none is taken."""

from typing import Any

import pytest
from aiohttp import web

from shared.tools.catalog import SIGN_IN_TOOL, Catalog, Policy
from shared.tools.outcome import Caller, NotExecuted, SignInNeeded, ToolOutcome, ToolServerUnavailable
from tests.shared.tools.calling import CALLER, called
from tests.shared.tools.conftest import MakeTools
from tests.shared.tools.scripted_server import LEGACY, MODERN, ScriptedServer, scripted_server
from tests.shared.tools.wallet import Wallet, put_before

OAUTH = {"mode": "oauth"}
SECRET = {"mode": "secret", "setting": "MCP_SECRET_CRM"}
SALES = frozenset({"Sales"})


def guarded(server: ScriptedServer, *tokens: str) -> None:
    """Let the server take these tokens only, and show each of them its own list."""

    async def check(request: web.Request, message: dict[str, Any]) -> web.StreamResponse | None:
        if request.headers.get("Authorization") not in {f"Bearer {token}" for token in tokens}:
            return web.Response(status=401, headers={"www-authenticate": "Bearer"})
        return None

    for method in ("server/discover", "initialize", "tools/list", "tools/call"):
        put_before(server, method, check)


@pytest.mark.parametrize("era", [MODERN, LEGACY])
async def test_each_person_calls_with_a_credential_of_their_own(make_tools: MakeTools, era: str) -> None:
    async with scripted_server(era=era) as server:
        guarded(server, "anna", "ben")
        catalog = server.catalog(auth=OAUTH)
        tools = make_tools(catalog, Wallet(held={"a": "anna", "b": "ben"}))
        for principal in ("a", "b"):
            outcome = await tools.call(catalog.servers["scripted"], "echo", "{}", Caller(principal=principal), 5)
            assert isinstance(outcome, ToolOutcome)
            assert outcome.status == "completed"
        sent = [h["authorization"] for h, m in zip(server.headers, _posts(server), strict=True) if m == "tools/call"]
        assert sent == ["Bearer anna", "Bearer ben"]
        assert server.count("tools/list") == 2, "what one person may see is not shown to another"


async def test_a_credential_of_the_apps_own_shares_one_listing(server: ScriptedServer, make_tools: MakeTools) -> None:
    guarded(server, "key")
    catalog = server.catalog(auth=SECRET)
    tools, spec = make_tools(catalog, Wallet(held={"a": "key", "b": "key"})), catalog.servers["scripted"]
    await tools.list_tools(spec, "a")
    await tools.list_tools(spec, "b")
    assert server.count("tools/list") == 1


async def test_a_credential_that_is_refused_is_replaced_once(server: ScriptedServer, make_tools: MakeTools) -> None:
    guarded(server, "old")
    catalog = server.catalog(auth=OAUTH)
    wallet = Wallet(held={"p": "old"}, next={"p": "new"})
    tools, spec = make_tools(catalog, wallet), catalog.servers["scripted"]
    await called(tools, spec, "echo")
    guarded(server, "new")
    assert (await called(tools, spec, "echo")).status == "completed"
    assert wallet.rejected == ["Bearer old"]
    assert server.count("tools/call") == 3


@pytest.mark.parametrize("era", [MODERN, LEGACY])
async def test_a_person_whose_credential_is_not_taken_is_asked_to_sign_in(make_tools: MakeTools, era: str) -> None:
    async with scripted_server(era=era) as server:
        guarded(server, "old")
        catalog = server.catalog(auth=OAUTH)
        tools, spec = (
            make_tools(catalog, Wallet(held={"p": "old"}, next={"p": "no better"})),
            catalog.servers["scripted"],
        )
        await called(tools, spec, "echo")
        guarded(server, "other")
        assert await tools.call(spec, "echo", "{}", CALLER, 5) == SignInNeeded(server="scripted")
        assert server.count("tools/call") <= 3


async def test_a_secret_that_is_not_taken_is_a_failure_in_words(server: ScriptedServer, make_tools: MakeTools) -> None:
    guarded(server, "key")
    catalog = server.catalog(auth=SECRET)
    wallet = Wallet(held={"p": "key"}, next={"p": "other"})
    tools, spec = make_tools(catalog, wallet), catalog.servers["scripted"]
    await called(tools, spec, "echo")
    guarded(server, "nothing")
    outcome = await called(tools, spec, "echo")
    assert (outcome.status, outcome.is_error) == ("failed", False)
    assert "did not accept" in outcome.text
    fresh = make_tools(catalog, Wallet(held={"p": "key"}, next={"p": "other"}))
    with pytest.raises(ToolServerUnavailable) as caught:
        await fresh.list_tools(spec, "p")
    assert caught.value.reason == "does not accept the coach's sign-in"


async def test_without_a_sign_in_a_server_offers_to_sign_in(server: ScriptedServer, make_tools: MakeTools) -> None:
    guarded(server, "anna")
    catalog = server.catalog(auth=OAUTH, default_policy="deny", tools={"echo": {"policy": "allow"}})
    wallet = Wallet()
    tools, spec = make_tools(catalog, wallet), catalog.servers["scripted"]
    (offered,) = await tools.list_tools(spec, "p")
    assert (offered.tool, offered.model_name) == (SIGN_IN_TOOL, "scripted__sign_in_to_server")
    assert "Sign in to scripted" in offered.description
    assert catalog.may_call("scripted", SIGN_IN_TOOL, SALES)
    assert await tools.call(spec, SIGN_IN_TOOL, "{}", CALLER, 5) == SignInNeeded(server="scripted")
    assert await tools.call(spec, "echo", "{}", CALLER, 5) == SignInNeeded(server="scripted")
    wallet.held["p"] = "anna"
    outcome = await called(tools, spec, SIGN_IN_TOOL)
    assert outcome.status == "completed"
    assert "signed in to scripted" in outcome.text
    assert "echo" in outcome.text
    assert [tool.tool for tool in await tools.list_tools(spec, "p")] == ["echo"]
    assert server.count("tools/call") == 0


async def test_a_servers_own_tool_of_that_name_is_neither_offered_nor_called(
    server: ScriptedServer, make_tools: MakeTools
) -> None:
    server.tools.append({"name": SIGN_IN_TOOL, "inputSchema": {"type": "object"}})
    catalog = server.catalog(auth=OAUTH)
    tools, spec = make_tools(catalog, Wallet(held={"p": "anna"})), catalog.servers["scripted"]
    assert [tool.tool for tool in await tools.list_tools(spec, "p")] == ["echo"]
    await called(tools, spec, SIGN_IN_TOOL)
    assert server.count("tools/call") == 0


def test_only_where_people_sign_in_is_there_such_a_tool() -> None:
    catalog = Catalog.load(
        '{"servers": {"crm": {"url": "https://a.example", "roles": ["Sales"]}}}', {}
    )  # no credential of a person's own
    assert catalog.policy("crm", SIGN_IN_TOOL, SALES) is Policy.DENY


async def test_a_sign_in_service_that_is_away_means_not_executed(server: ScriptedServer, make_tools: MakeTools) -> None:
    catalog = server.catalog(auth=OAUTH)
    wallet = Wallet(held={"p": "anna"})
    tools, spec = make_tools(catalog, wallet), catalog.servers["scripted"]
    await called(tools, spec, "echo")
    wallet.away = True
    with pytest.raises(NotExecuted):
        await called(tools, spec, "echo")
    with pytest.raises(ToolServerUnavailable):
        await tools.list_tools(spec, "another")


async def test_a_credential_of_the_apps_own_that_is_missing_is_no_matter_of_signing_in(
    server: ScriptedServer, make_tools: MakeTools
) -> None:
    catalog = server.catalog(auth=SECRET)
    outcome = await called(make_tools(catalog, Wallet()), catalog.servers["scripted"], "echo")
    assert (outcome.status, outcome.text) == ("failed", "The tool was not called. There is no credential for scripted.")


def _posts(server: ScriptedServer) -> list[str]:
    return [method for method in server.asked if method not in {"GET", "DELETE"}]
