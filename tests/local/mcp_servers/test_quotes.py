"""The server people sign in to themselves, and how strict its authorization server is."""

import base64
import hashlib
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

VERIFIER = "v" * 64
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
CALLBACK = "http://127.0.0.1:4280/api/oauth/callback"


@dataclass
class Visitor:
    """A registered client and what it was given."""

    url: str
    client: dict[str, Any]
    tokens: dict[str, Any]

    async def token(self, **form: str) -> tuple[int, dict[str, Any]]:
        login = {name: self.client[name] for name in ("client_id", "client_secret")}
        async with httpx2.AsyncClient() as http:
            reply = await http.post(f"{self.url}/token", data=form | login)
            return reply.status_code, reply.json()

    async def status(self, token: str | None) -> int:
        ping = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
        headers = {"accept": "application/json, text/event-stream"}
        headers |= {"authorization": f"Bearer {token}"} if token else {}
        async with httpx2.AsyncClient() as http:
            return (await http.post(f"{self.url}/quotes/mcp", json=ping, headers=headers)).status_code

    async def counts(self) -> dict[str, int]:
        async with httpx2.AsyncClient() as http:
            return (await http.get(f"{self.url}/_quotes")).json()


async def signed_in(url: str, account: str = "Key accounts") -> Visitor:
    async with httpx2.AsyncClient() as http:
        wanted = {"redirect_uris": [CALLBACK], "token_endpoint_auth_method": "client_secret_post", "client_name": "T"}
        client = (await http.post(f"{url}/register", json=wanted)).json()
        asked = {
            "response_type": "code",
            "client_id": client["client_id"],
            "redirect_uri": CALLBACK,
            "state": "s",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
            "resource": f"{url}/quotes/mcp",
        }
        page = await http.get(f"{url}/authorize", params=asked)
        back = (await http.post(page.headers["location"], data={"account": account})).headers["location"]
    answer = {name: values[0] for name, values in parse_qs(urlsplit(back).query).items()}
    assert (answer["state"], answer["iss"]) == ("s", url)
    visitor = Visitor(url, client, {})
    code = {"code": answer["code"], "code_verifier": VERIFIER, "redirect_uri": CALLBACK}
    status, visitor.tokens = await visitor.token(grant_type="authorization_code", **code)
    assert status == 200, visitor.tokens
    return visitor


async def test_tools_act_for_the_account_that_signed_in(base_url: str) -> None:
    visitor = await signed_in(base_url, account="Ada's sales desk")
    headers = {"authorization": f"Bearer {visitor.tokens['access_token']}"}
    async with (
        httpx2.AsyncClient(headers=headers) as http,
        Client(streamable_http_client(f"{base_url}/quotes/mcp", http_client=http)) as client,
    ):
        names = {tool.name for tool in (await client.list_tools()).tools}
        quote = (await client.call_tool("get_quote", {"account": "contoso"})).structured_content
        sent = await client.call_tool("send_quote", {"number": "Q-1041", "to": "buyer@contoso.example"})
        missing = await client.call_tool("get_quote", {"account": "Nobody"})
    assert names == {"get_quote", "send_quote"}
    assert quote is not None
    assert (quote["number"], quote["desk"]) == ("Q-1041", "Ada's sales desk")
    assert (sent.is_error, missing.is_error) == (False, True)


@pytest.mark.parametrize("token", [None, "made-up"])
async def test_nobody_gets_in_without_a_token_of_its_own(base_url: str, token: str | None) -> None:
    assert await Visitor(base_url, {}, {}).status(token) == 401


async def test_a_refresh_token_serves_once_and_a_second_use_ends_the_sign_in(base_url: str) -> None:
    visitor = await signed_in(base_url)
    first = visitor.tokens["refresh_token"]
    status, renewed = await visitor.token(grant_type="refresh_token", refresh_token=first)
    assert status == 200
    assert await visitor.status(renewed["access_token"]) == 200
    status, refused = await visitor.token(grant_type="refresh_token", refresh_token=first)
    assert (status, refused["error"]) == (400, "invalid_grant")
    assert await visitor.status(renewed["access_token"]) == 401
    status, _ = await visitor.token(grant_type="refresh_token", refresh_token=renewed["refresh_token"])
    assert status == 400
    counts = await visitor.counts()
    assert (counts["refreshed"], counts["revoked"]) == (1, 0)
    assert counts["reused"] >= 1


async def test_access_can_be_ended_for_a_test_and_renewed(base_url: str) -> None:
    visitor = await signed_in(base_url)
    async with httpx2.AsyncClient() as http:
        await http.delete(f"{base_url}/_quotes")
    assert await visitor.status(visitor.tokens["access_token"]) == 401
    status, renewed = await visitor.token(grant_type="refresh_token", refresh_token=visitor.tokens["refresh_token"])
    assert (status, await visitor.status(renewed["access_token"])) == (200, 200)


async def test_the_other_servers_take_no_notice_of_a_token(base_url: str) -> None:
    ping = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    headers = {"accept": "application/json, text/event-stream", "authorization": "Bearer made-up"}
    async with httpx2.AsyncClient() as http:
        reply = await http.post(f"{base_url}/crm/mcp", json=ping, headers=headers)
    assert reply.status_code == 200
