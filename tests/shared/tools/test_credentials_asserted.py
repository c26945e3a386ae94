"""Identity assertions: the sign-in service's word on who asks becomes a token at the tool server's authority."""

import base64
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web

from shared.cosmos import Cosmos
from shared.identity import Principal
from shared.tools.authorization import SignInRequired
from tests.shared.stub_server import stub_server
from tests.shared.tools.credential_bench import Bench, catalog_of, settings_of

URL = "http://127.0.0.1:9/mcp"
OWN_TOKEN = "token.of.the-person"
JAG = "urn:ietf:params:oauth:token-type:id-jag"


@dataclass
class Site:
    """A sign-in service at `/idp` and an authorization server at `/as`; each keeps what it was sent."""

    url: str = ""
    issued: str = JAG
    refuses: str = ""
    lasts: int = 3600
    renewable: bool = False
    exchanges: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    grants: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    logins: list[str] = field(default_factory=list[str])

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        place, _, rest = request.path.lstrip("/").partition("/")
        if place == ".well-known":
            kind, _, name = rest.partition("/")
            if kind != "oauth-authorization-server":
                return web.Response(status=404)
            issuer = f"{self.url}/{name}"
            ends = {"authorization_endpoint": f"{issuer}/authorize", "token_endpoint": f"{issuer}/token"}
            return web.json_response({"issuer": issuer, "response_types_supported": ["code"], **ends})
        form = {name: str(value) for name, value in (await request.post()).items()}
        (self.exchanges if place == "idp" else self.grants).append(form)
        if place == self.refuses:
            return web.json_response({"error": "invalid_grant"}, status=400)
        if place == "idp":
            return web.json_response({"access_token": "word", "issued_token_type": self.issued, "token_type": "N_A"})
        self.logins.append(request.headers.get("authorization", ""))
        more = {"refresh_token": "renew"} if self.renewable else {}
        given = {"access_token": f"access-{len(self.grants)}", "token_type": "Bearer", "expires_in": self.lasts}
        return web.json_response(given | more)


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    site = Site()
    async with stub_server(site) as url:
        site.url = url
        yield site


@pytest.fixture
async def bench(cosmos: Cosmos, site: Site) -> AsyncIterator[Bench]:
    auth: dict[str, Any] = {
        "mode": "identity_assertion",
        "issuer": f"{site.url}/as",
        "client_id": "coach",
        "client_secret_setting": "MCP_SECRET_QUOTES",
        "scopes": ["read"],
    }
    settings = settings_of(
        AUTH_ISSUER=f"{site.url}/idp", AUTH_CLIENT_ID="app", AUTH_CLIENT_SECRET="app-s3cret", MCP_SECRET_QUOTES="s3cret"
    )
    bench = Bench(cosmos, catalog_of(URL, auth), settings)
    yield bench
    await bench.close()


async def sign_in(bench: Bench) -> None:
    assert bench.credentials.exchange is not None
    person = Principal(
        id=bench.person,
        tenant="t",
        name="Ada",
        email=None,
        roles=frozenset({"Sales"}),
        groups=(),
        expires_at=datetime.now(UTC) + timedelta(hours=1),
    )
    await bench.credentials.exchange.signed_in(person, OWN_TOKEN)


async def test_a_sign_in_becomes_a_token_by_way_of_a_word_for_that_authority_only(bench: Bench, site: Site) -> None:
    with pytest.raises(SignInRequired):
        await bench.header()
    await sign_in(bench)
    assert await bench.header() == ("Authorization", "Bearer access-1")
    (exchange,), (grant,) = site.exchanges, site.grants
    assert exchange["grant_type"] == "urn:ietf:params:oauth:grant-type:token-exchange"
    assert exchange["subject_token"] == OWN_TOKEN
    assert exchange["subject_token_type"] == "urn:ietf:params:oauth:token-type:access_token"
    assert (exchange["requested_token_type"], exchange["audience"]) == (JAG, f"{site.url}/as")
    assert (exchange["resource"], exchange["scope"], exchange["client_id"]) == (URL, "read", "app")
    assert grant["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer"
    assert (grant["assertion"], grant["scope"]) == ("word", "read")
    assert base64.b64decode(site.logins[0].removeprefix("Basic ")) == b"coach:s3cret"


async def test_neither_secret_nor_own_token_goes_to_the_other_side(bench: Bench, site: Site) -> None:
    await sign_in(bench)
    assert "s3cret" not in str(site.exchanges).replace("app-s3cret", "")
    assert OWN_TOKEN not in str(site.grants)
    assert "app-s3cret" not in str(site.grants) + str(site.logins)


async def test_a_kept_token_is_not_asked_for_again_while_it_is_worth_it(bench: Bench, site: Site) -> None:
    await sign_in(bench)
    await sign_in(bench)
    assert len(site.grants) == 1
    bench.time.ahead += timedelta(minutes=10)
    site.lasts = 600
    await sign_in(bench)
    assert len(site.grants) == 1
    bench.time.ahead += timedelta(minutes=46)
    await sign_in(bench)
    assert len(site.grants) == 2


async def test_one_that_is_about_to_end_and_cannot_be_renewed_is_replaced(bench: Bench, site: Site) -> None:
    site.lasts = 400
    await sign_in(bench)
    bench.time.ahead += timedelta(minutes=3)
    await sign_in(bench)
    assert len(site.grants) == 2


async def test_one_that_has_ended_wants_the_person_again(bench: Bench) -> None:
    await sign_in(bench)
    bench.time.ahead += timedelta(hours=2)
    with pytest.raises(SignInRequired):
        await bench.header()


async def test_one_that_can_be_renewed_is_by_the_same_client(bench: Bench, site: Site) -> None:
    site.renewable = True
    await sign_in(bench)
    bench.time.ahead += timedelta(hours=2)
    assert await bench.header() == ("Authorization", "Bearer access-2")
    assert (site.grants[1]["grant_type"], site.grants[1]["refresh_token"]) == ("refresh_token", "renew")
    assert site.logins[0] == site.logins[1]


@pytest.mark.parametrize("side", ["idp", "as"])
async def test_a_refusal_leaves_the_sign_in_alone(
    bench: Bench, site: Site, side: str, caplog: pytest.LogCaptureFixture
) -> None:
    site.refuses = side
    await sign_in(bench)
    assert "invalid_grant" in caplog.text
    assert OWN_TOKEN not in caplog.text
    with pytest.raises(SignInRequired):
        await bench.header()


async def test_a_token_that_is_no_such_word_is_not_passed_on(bench: Bench, site: Site) -> None:
    site.issued = "urn:ietf:params:oauth:token-type:access_token"
    await sign_in(bench)
    assert (len(site.exchanges), site.grants) == (1, [])
