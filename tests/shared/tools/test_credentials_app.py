"""Tokens the app is given for itself by a tool server's authorization server."""

import asyncio
import base64
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import jwt
import pytest
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from shared.cosmos import Cosmos
from shared.errors import SettingsInvalid
from shared.tools.authorization import SignInRequired
from shared.tools.oauth_errors import Unreachable
from tests.shared.stub_server import stub_server
from tests.shared.tools.credential_bench import Bench, catalog_of, settings_of

URL = "http://127.0.0.1:9/mcp"
KEY = ec.generate_private_key(ec.SECP256R1())
PEM = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
SECRET = {"mode": "client_credentials", "client_secret_setting": "MCP_SECRET_QUOTES"}
SIGNED = {"mode": "client_credentials", "private_key_setting": "MCP_SECRET_KEY"}
WORKLOAD = {"mode": "workload_identity", "identity_scope": "api://quotes-login/.default"}


@dataclass
class Authority:
    """An authorization server that gives a new token each time, and keeps what it was sent."""

    url: str = ""
    lasts: int | None = 3600
    status: int = 200
    issuer: str | None = None
    forms: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    logins: list[str] = field(default_factory=list[str])

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        if request.path == "/.well-known/oauth-authorization-server":
            return web.json_response(
                {
                    "issuer": self.issuer or self.url,
                    "authorization_endpoint": f"{self.url}/authorize",
                    "token_endpoint": f"{self.url}/token",
                    "response_types_supported": ["code"],
                }
            )
        if request.path != "/token":
            return web.Response(status=404)
        self.forms.append({name: str(value) for name, value in (await request.post()).items()})
        self.logins.append(request.headers.get("authorization", ""))
        if self.status != 200:
            return web.json_response({"error": "invalid_client"}, status=self.status)
        lasts = {} if self.lasts is None else {"expires_in": self.lasts}
        return web.json_response({"access_token": f"token-{len(self.forms)}", "token_type": "Bearer", **lasts})


@pytest.fixture
async def authority() -> AsyncIterator[Authority]:
    authority = Authority()
    async with stub_server(authority) as url:
        authority.url = url
        yield authority


@pytest.fixture
def auth() -> dict[str, Any]:
    return SECRET


@pytest.fixture
async def bench(cosmos: Cosmos, authority: Authority, auth: dict[str, Any]) -> AsyncIterator[Bench]:
    catalog = catalog_of(URL, {"issuer": authority.url, "client_id": "the coach", **auth})
    bench = Bench(cosmos, catalog, settings_of(MCP_SECRET_QUOTES="s3cr:t", MCP_SECRET_KEY=PEM))
    yield bench
    await bench.close()


async def test_a_secret_proves_the_client_and_is_in_no_form(bench: Bench, authority: Authority) -> None:
    assert await bench.header() == ("Authorization", "Bearer token-1")
    (form,) = authority.forms
    assert (form["grant_type"], form["resource"]) == ("client_credentials", URL)
    assert "s3cr" not in str(form)
    assert base64.b64decode(authority.logins[0].removeprefix("Basic ")) == b"the%20coach:s3cr%3At"


@pytest.mark.parametrize("auth", [SIGNED | {"key_id": "k1", "scopes": ["read", "write"]}])
async def test_a_signed_word_proves_the_client(bench: Bench, authority: Authority) -> None:
    assert await bench.header() == ("Authorization", "Bearer token-1")
    (form,) = authority.forms
    claims = jwt.decode(form["client_assertion"], KEY.public_key(), algorithms=["ES256"], audience=authority.url)
    assert (claims["iss"], claims["sub"]) == ("the coach", "the coach")
    assert (form["scope"], authority.logins) == ("read write", [""])


@pytest.mark.parametrize("auth", [WORKLOAD])
async def test_the_token_of_the_apps_identity_is_what_is_exchanged(bench: Bench, authority: Authority) -> None:
    assert await bench.header() == ("Authorization", "Bearer token-1")
    (form,) = authority.forms
    assert form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer"
    assert (form["assertion"], form["client_id"]) == ("app-token-1", "the coach")
    assert bench.identity.scopes == ["api://quotes-login/.default"]


async def test_one_token_serves_everybody_until_it_is_about_to_end(bench: Bench, authority: Authority) -> None:
    first, *others = await asyncio.gather(*(bench.header() for _ in range(5)))
    assert set(others) == {first}
    assert len(authority.forms) == 1
    bench.time.ahead += timedelta(minutes=59, seconds=30)
    assert await bench.header() == ("Authorization", "Bearer token-2")


async def test_a_token_of_unknown_length_is_kept_until_it_is_refused(bench: Bench, authority: Authority) -> None:
    authority.lasts = None
    first = await bench.header()
    bench.time.ahead += timedelta(days=1)
    assert await bench.header() == first
    assert first is not None
    assert await bench.header(rejected=first[1]) == ("Authorization", "Bearer token-2")


@pytest.mark.parametrize(("auth", "asked"), [(SECRET, "read"), (SECRET | {"scopes": ["own"]}, "own")])
async def test_the_scopes_a_server_wants_are_asked_for_unless_the_catalog_has_some(
    bench: Bench, authority: Authority, asked: str
) -> None:
    first = await bench.header()
    assert first is not None
    server, authorization = await bench.server(), bench.credentials.authorization
    await authorization.header(server, "p", rejected=first[1], scope="read")
    assert authority.forms[-1]["scope"] == asked


@pytest.mark.parametrize(("auth", "asked"), [(SECRET, "read write"), (SECRET | {"scopes": ["own"]}, None)])
async def test_a_call_that_wants_more_gets_a_wider_token_unless_the_catalog_says_otherwise(
    bench: Bench, authority: Authority, asked: str | None
) -> None:
    first = await bench.header()
    assert first is not None
    server, authorization = await bench.server(), bench.credentials.authorization
    second = await authorization.wider(server, "p", first[1], "read write")
    assert second == (("Authorization", "Bearer token-2") if asked else None)
    assert authority.forms[-1].get("scope", "own") == (asked or "own")
    if second is not None:
        assert await authorization.wider(server, "p", second[1], "write") is None, "it has that already"


async def test_a_wider_token_that_is_refused_leaves_the_one_there_is(bench: Bench, authority: Authority) -> None:
    first = await bench.header()
    assert first is not None
    authority.status = 400
    assert await bench.credentials.authorization.wider(await bench.server(), "p", first[1], "write") is None
    assert await bench.header() == first


@pytest.mark.parametrize("auth", [SECRET, WORKLOAD])
async def test_a_refusal_is_told_without_the_secret_and_not_asked_about_again_at_once(
    bench: Bench, authority: Authority, caplog: pytest.LogCaptureFixture
) -> None:
    authority.status = 401
    for _ in range(3):
        with pytest.raises(SignInRequired):
            await bench.header()
    assert len(authority.forms) == 1
    assert "invalid_client" in caplog.text
    assert "s3cr" not in caplog.text
    assert "app-token" not in caplog.text
    authority.status = 200
    bench.time.ahead += timedelta(seconds=61)
    assert await bench.header() == ("Authorization", "Bearer token-2")


async def test_an_authorization_server_that_names_another_gets_no_secret(bench: Bench, authority: Authority) -> None:
    authority.issuer = "https://other.example"
    with pytest.raises(SignInRequired):
        await bench.header()
    assert authority.forms == []


async def test_one_that_is_busy_is_asked_again(bench: Bench, authority: Authority) -> None:
    authority.status = 503
    with pytest.raises(Unreachable):
        await bench.header()
    authority.status = 200
    assert await bench.header() == ("Authorization", "Bearer token-2")


@pytest.mark.parametrize("auth", [SIGNED | {"private_key_setting": "MCP_SECRET_QUOTES"}])
async def test_a_setting_that_holds_no_key_is_named_and_not_shown(bench: Bench) -> None:
    with pytest.raises(SettingsInvalid, match="MCP_SECRET_QUOTES") as refused:
        await bench.header()
    assert "s3cr" not in refused.value.message
