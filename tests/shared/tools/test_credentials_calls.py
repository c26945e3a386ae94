"""Calls to a tool server that people sign in to, through the app's own MCP client."""

from collections.abc import AsyncIterator
from contextlib import suppress

import httpx2
import pytest
import pytest_asyncio
from aiohttp import web

from local.identity.issuer import API_CLIENT, API_CLIENT_SECRET, Issuer
from shared.clock import utc_now
from shared.cosmos import Cosmos
from shared.tools.address_rules import parse_networks
from shared.tools.mcp_client import McpTools
from shared.tools.oauth_discovery import discover
from shared.tools.oauth_errors import AuthorizationServerFailed
from shared.tools.outcome import Caller, NotExecuted, SignInNeeded, ToolOutcome
from tests.services import service
from tests.shared.stub_server import stub_server
from tests.shared.tools.credential_bench import CARD, CONVERSATION, Bench, Browser, catalog_of, chosen, settings_of
from tests.shared.tools.exchanges import issuer, signed_in

__all__ = ["issuer"]

OAUTH = {"mode": "oauth"}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def quotes_url() -> AsyncIterator[str]:
    async with service("mcp_servers", "--log-level", "WARNING") as running:
        yield running.url


@pytest.fixture
async def bench(cosmos: Cosmos, quotes_url: str) -> AsyncIterator[Bench]:
    bench = Bench(cosmos, catalog_of(f"{quotes_url}/quotes/mcp", OAUTH))
    await bench.remember()
    yield bench
    await bench.close()


@pytest.fixture
async def tools(bench: Bench) -> AsyncIterator[McpTools]:
    networks = parse_networks("127.0.0.0/8")
    tools = McpTools(bench.catalogs, utc_now, bench.credentials.authorization, networks)
    yield tools
    await tools.close()


async def test_a_call_wants_a_sign_in_then_works_and_goes_on_working(
    bench: Bench, tools: McpTools, quotes_url: str
) -> None:
    server, caller = await bench.server(), Caller(principal=bench.person)

    async def call() -> object:
        return await tools.call(server, "get_quote", '{"account": "Contoso"}', caller, 10)

    assert await call() == SignInNeeded(server="quotes")
    link = bench.credentials.sign_in_url("quotes", CARD, bench.person, CONVERSATION)
    assert link is not None
    ada = Browser(bench, {})
    await ada.get(await chosen(await ada.sent_on(link)))
    for _ in range(2):
        outcome = await call()
        assert isinstance(outcome, ToolOutcome)
        assert (outcome.status, "Key accounts" in outcome.text) == ("completed", True), outcome
        async with httpx2.AsyncClient() as http:
            await http.delete(f"{quotes_url}/_quotes")
    async with httpx2.AsyncClient() as http:
        counts = (await http.get(f"{quotes_url}/_quotes")).json()
    assert (counts["refreshed"], counts["reused"]) == (1, 0)
    await bench.personal.tokens.forget("quotes", bench.person)
    assert await call() == SignInNeeded(server="quotes")


@pytest.mark.parametrize("mode", ["on_behalf_of", "oauth", "none"])
async def test_a_persons_own_token_reaches_no_tool_server(cosmos: Cosmos, issuer: Issuer, mode: str) -> None:
    shown: list[str] = []

    async def nosy(request: web.Request) -> web.StreamResponse:
        shown.extend(f"{name}: {value}" for name, value in request.headers.items())
        shown.append((await request.read()).decode())
        shown.append(str(request.rel_url))
        return web.Response(status=401)

    async with stub_server(nosy) as url:
        auth = {"mode": mode} | ({"scope": "api://quotes/.default"} if mode == "on_behalf_of" else {})
        settings = settings_of(AUTH_ISSUER=issuer.url, AUTH_CLIENT_ID=API_CLIENT, AUTH_CLIENT_SECRET=API_CLIENT_SECRET)
        bench = Bench(cosmos, catalog_of(f"{url}/mcp", auth), settings)
        token = await signed_in(bench, issuer)
        tools = McpTools(bench.catalogs, utc_now, bench.credentials.authorization, parse_networks("127.0.0.0/8"))
        caller = Caller(principal=bench.person)
        with suppress(NotExecuted):
            await tools.call(await bench.server(), "get_quote", "{}", caller, 10)
        if mode == "oauth":
            with suppress(AuthorizationServerFailed):
                await discover(bench.personal.http, await bench.server())
        await tools.close()
        await bench.close()
    assert shown
    bearers = [line for line in shown if line.lower().startswith("authorization:")]
    assert bool(bearers) == (mode == "on_behalf_of")
    body = token.split(".")[1]
    assert not [line for line in shown if token in line or body in line]
