"""A sign-in that asks for more: from the server's refusal of a call to what the person's next sign-in asks for."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx2
import pytest
from aiohttp import web

from shared.clock import utc_now
from shared.cosmos import Cosmos
from shared.tools.address_rules import parse_networks
from shared.tools.authorization import SignInRequired
from shared.tools.mcp_client import McpTools
from shared.tools.oauth_errors import SignInRefused
from shared.tools.oauth_steps import Answer
from shared.tools.outcome import Caller, SignInNeeded, ToolOutcome
from tests.shared.stub_server import stub_server
from tests.shared.tools.credential_bench import CARD, CONVERSATION, Bench, catalog_of
from tests.shared.tools.scripted_server import ScriptedServer

BROWSER = "a browser"


@dataclass
class Site:
    """A tool server and its authorization server: reading takes `read`, calling takes `needed`.

    Tokens are named for what they allow: the scopes that were asked for, but for those in `never`.
    """

    needed: str = "write"
    never: frozenset[str] = frozenset()
    url: str = ""
    server: ScriptedServer = field(default_factory=ScriptedServer)
    registered: list[str | None] = field(default_factory=list[str | None])
    asked: list[list[str]] = field(default_factory=list[list[str]])

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        match request.path:
            case "/mcp":
                return await self._mcp(request)
            case "/.well-known/oauth-protected-resource/mcp":
                return web.json_response({"resource": f"{self.url}/mcp", "authorization_servers": [self.url]})
            case "/.well-known/oauth-authorization-server":
                return web.json_response(self._metadata())
            case "/register":
                wanted: Mapping[str, Any] = await request.json()
                self.registered.append(wanted.get("scope"))
                known = {**wanted, "client_id": f"client-{len(self.registered)}"}
                return web.json_response(known, status=201)
            case "/token":
                granted = [scope for scope in self.asked[-1] if scope not in self.never]
                given = {"access_token": "+".join(granted), "token_type": "Bearer", "scope": " ".join(granted)}
                return web.json_response(given)
            case _:
                return web.Response(status=404)

    async def _mcp(self, request: web.Request) -> web.StreamResponse:
        message = await request.json()
        shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if not shown:
            return web.Response(status=401, headers={"WWW-Authenticate": 'Bearer scope="read"'})
        if message["method"] == "tools/call" and self.needed not in shown.split("+"):
            challenge = f'Bearer error="insufficient_scope", scope="{self.needed}"'
            return web.Response(status=403, headers={"WWW-Authenticate": challenge})
        return self.server.default(message["method"], message)

    def _metadata(self) -> dict[str, Any]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "registration_endpoint": f"{self.url}/register",
            "response_types_supported": ["code"],
            "token_endpoint_auth_methods_supported": ["none"],
            "code_challenge_methods_supported": ["S256"],
        }


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    site = Site()
    site.server.tools = [{"name": "get_quote", "inputSchema": {"type": "object"}}]
    async with stub_server(site) as url:
        site.url = url
        yield site


@pytest.fixture
async def bench(cosmos: Cosmos, site: Site) -> AsyncIterator[Bench]:
    bench = Bench(cosmos, catalog_of(f"{site.url}/mcp", {"mode": "oauth"}))
    yield bench
    await bench.close()


@pytest.fixture
async def tools(bench: Bench) -> AsyncIterator[McpTools]:
    tools = McpTools(bench.catalogs, utc_now, bench.credentials.authorization, parse_networks("127.0.0.0/8"))
    yield tools
    await tools.close()


async def sign_in(bench: Bench, site: Site, *, error: str | None = None) -> None:
    sign_ins = bench.personal.sign_ins
    link = sign_ins.url("quotes", CARD, bench.person, CONVERSATION).partition("card=")[2]
    opened = await sign_ins.open(link, BROWSER)
    sent_to = httpx2.URL(await sign_ins.begin(link, BROWSER, opened.confirm))
    site.asked.append(sent_to.params.get("scope", "").split())
    code = None if error else "code"
    await sign_ins.finish(Answer(state=sent_to.params["state"], code=code, error=error), BROWSER)


async def call(bench: Bench, tools: McpTools) -> object:
    return await tools.call(await bench.server(), "get_quote", "{}", Caller(principal=bench.person), 10)


async def status_of(bench: Bench, tools: McpTools) -> tuple[str, str]:
    outcome = await call(bench, tools)
    assert isinstance(outcome, ToolOutcome), outcome
    return outcome.status, outcome.text


async def test_the_next_sign_in_asks_for_what_was_given_and_what_is_wanted(
    bench: Bench, site: Site, tools: McpTools
) -> None:
    await sign_in(bench, site)
    assert await call(bench, tools) == SignInNeeded(server="quotes")
    await sign_in(bench, site)
    assert (await status_of(bench, tools))[0] == "completed"
    assert site.asked == [["read"], ["read", "write"]]
    assert site.registered == ["read", "read write"], "a client that may not ask for it would be turned away"


async def test_a_sign_in_after_that_registers_nothing_and_asks_as_ever(
    bench: Bench, site: Site, tools: McpTools
) -> None:
    await sign_in(bench, site)
    await call(bench, tools)
    await sign_in(bench, site)
    await sign_in(bench, site)
    assert site.asked[2] == ["read"]
    assert len(site.registered) == 2


async def test_a_scope_that_signing_in_does_not_give_is_a_failure_in_words(
    bench: Bench, site: Site, tools: McpTools
) -> None:
    site.never = frozenset({"write"})
    await sign_in(bench, site)
    assert await call(bench, tools) == SignInNeeded(server="quotes")
    await sign_in(bench, site)
    for _ in range(2):
        status, text = await status_of(bench, tools)
        assert (status, "more rights" in text) == ("failed", True), text


async def test_another_scope_wanted_after_that_is_worth_another_sign_in(
    bench: Bench, site: Site, tools: McpTools
) -> None:
    await sign_in(bench, site)
    await call(bench, tools)
    await sign_in(bench, site)
    site.needed = "admin"
    assert await call(bench, tools) == SignInNeeded(server="quotes")
    await sign_in(bench, site)
    assert site.asked[-1] == ["read", "write", "admin"]


async def test_a_scope_the_authorization_server_does_not_know_is_not_asked_for_again(
    bench: Bench, site: Site, tools: McpTools
) -> None:
    await sign_in(bench, site)
    await call(bench, tools)
    with pytest.raises(SignInRefused):
        await sign_in(bench, site, error="invalid_scope")
    assert (await status_of(bench, tools))[0] == "failed"
    await sign_in(bench, site)
    assert site.asked[-1] == ["read"]


async def test_who_declines_is_asked_for_the_same_again(bench: Bench, site: Site, tools: McpTools) -> None:
    await sign_in(bench, site)
    await call(bench, tools)
    await sign_in(bench, site, error="access_denied")
    assert await call(bench, tools) == SignInNeeded(server="quotes")
    await sign_in(bench, site)
    assert site.asked[-1] == ["read", "write"]


async def test_a_credential_given_meanwhile_is_tried_first(bench: Bench) -> None:
    await bench.keep(access_token="wide")
    wider = await bench.credentials.authorization.wider(await bench.server(), bench.person, "Bearer narrow", "write")
    assert wider == ("Authorization", "Bearer wide")


async def test_scopes_named_with_a_lost_credential_are_asked_for_too(bench: Bench, site: Site) -> None:
    await bench.keep(access_token="old", refresh_token=None)
    authorization = bench.credentials.authorization
    with pytest.raises(SignInRequired):
        await authorization.header(await bench.server(), bench.person, rejected="Bearer old", scope="write")
    await sign_in(bench, site)
    assert site.asked == [["read", "write"]]


async def test_what_is_wanted_is_one_persons_and_sealed(bench: Bench, cosmos: Cosmos, site: Site) -> None:
    await bench.keep(access_token="narrow", scope="read")
    server, authorization = await bench.server(), bench.credentials.authorization
    for scope in ("secret:write", "secret:admin"):
        with pytest.raises(SignInRequired):
            await authorization.wider(server, bench.person, "Bearer narrow", scope)
    document = await cosmos.read("credentials", bench.person, "wish.quotes")
    assert document is not None
    assert 0 < document["ttl"] <= 24 * 3600
    assert "secret" not in str(document)
    bench.person, own = f"{bench.person}x", bench.person
    await sign_in(bench, site)
    bench.person = own
    await sign_in(bench, site)
    assert site.asked == [["read"], ["read", "secret:write", "secret:admin"]]


@pytest.mark.parametrize("mode", [{"mode": "managed_identity", "scope": "api://quotes/.default"}, {"mode": "none"}])
async def test_where_nobody_signs_in_there_is_no_wider_credential(cosmos: Cosmos, mode: dict[str, Any]) -> None:
    bench = Bench(cosmos, catalog_of("http://127.0.0.1:9/mcp", mode))
    wider = await bench.credentials.authorization.wider(await bench.server(), bench.person, "Bearer x", "write")
    assert wider is None
    assert await cosmos.read("credentials", bench.person, "wish.quotes") is None
    await bench.close()
