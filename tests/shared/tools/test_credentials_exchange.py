"""On behalf of: what is made of a person's sign-in, against the local issuer and a tool server that takes notes."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import aiohttp
import jwt
import pytest

from local.identity.directory import TENANT
from local.identity.issuer import API_CLIENT, API_CLIENT_SECRET, MANAGED_IDENTITY, Issuer
from shared.containers import CREDENTIALS
from shared.cosmos import Cosmos
from shared.tools.authorization import SignInRequired
from shared.tools.catalog import Catalog
from tests.shared.tools.credential_bench import Bench, catalog_of, settings_of
from tests.shared.tools.exchanges import issuer, signed_in

SCOPE = "api://quotes/.default"
__all__ = ["issuer"]


@pytest.fixture
def catalog() -> Catalog:
    return catalog_of("http://127.0.0.1:9/mcp", {"mode": "on_behalf_of", "scope": SCOPE})


@pytest.fixture
def changes() -> dict[str, str]:
    return {"AUTH_CLIENT_SECRET": API_CLIENT_SECRET}


@pytest.fixture
async def bench(cosmos: Cosmos, catalog: Catalog, issuer: Issuer, changes: dict[str, str]) -> AsyncIterator[Bench]:
    settings = settings_of(AUTH_ISSUER=issuer.url, AUTH_CLIENT_ID=API_CLIENT, **changes)
    bench = Bench(cosmos, catalog, settings)
    yield bench
    await bench.close()


def claims_of(header: tuple[str, str] | None) -> dict[str, Any]:
    assert header is not None
    return jwt.decode(header[1].removeprefix("Bearer "), options={"verify_signature": False})


async def test_a_sign_in_makes_a_token_for_the_server_that_is_not_the_persons_own(bench: Bench, issuer: Issuer) -> None:
    with pytest.raises(SignInRequired):
        await bench.header()
    token = await signed_in(bench, issuer)
    header = await bench.header()
    claims = claims_of(header)
    assert (claims["aud"], claims["tid"], claims["azp"]) == ("api://quotes", TENANT, API_CLIENT)
    assert claims["preferred_username"].startswith("ada")
    assert header is not None
    assert token not in header[1]


async def test_the_persons_own_token_is_kept_nowhere(bench: Bench, issuer: Issuer) -> None:
    token = await signed_in(bench, issuer)
    kept = await bench.cosmos.read(CREDENTIALS, bench.person, "token.quotes")
    opened = await bench.personal.store.read(bench.person, "quotes")
    assert kept is not None
    assert opened is not None
    for part in token.split("."):
        assert part not in str(kept)
        assert part not in opened.tokens.model_dump_json() or part == token.split(".", maxsplit=1)[0]


async def test_it_is_renewed_without_the_person(bench: Bench, issuer: Issuer) -> None:
    await signed_in(bench, issuer)
    before = await bench.header()
    bench.time.ahead += timedelta(hours=1)
    after = await bench.header()
    assert claims_of(after)["uti"] != claims_of(before)["uti"]
    assert claims_of(after)["aud"] == "api://quotes"
    opened = await bench.personal.store.read(bench.person, "quotes")
    assert opened is not None
    assert opened.tokens.scope == f"{SCOPE} offline_access"


@pytest.mark.parametrize("minutes", [5, 45])
async def test_a_credential_made_half_an_hour_ago_is_made_anew(bench: Bench, issuer: Issuer, minutes: int) -> None:
    await signed_in(bench, issuer)
    before = await bench.header()
    bench.time.ahead += timedelta(minutes=minutes)
    await signed_in(bench, issuer)
    assert (await bench.header() == before) == (minutes == 5)


async def test_where_several_tenants_sign_in_the_persons_own_is_asked(
    cosmos: Cosmos, catalog: Catalog, issuer: Issuer, changes: dict[str, str]
) -> None:
    template = issuer.url.replace(TENANT, "{tenantid}")
    bench = Bench(cosmos, catalog, settings_of(AUTH_ISSUER=template, AUTH_CLIENT_ID=API_CLIENT, **changes))
    await signed_in(bench, issuer)
    opened = await bench.personal.store.read(bench.person, "quotes")
    assert opened is not None
    assert opened.tokens.issuer == issuer.url
    await bench.close()


async def test_who_may_not_use_the_server_gets_no_credential_for_it(
    cosmos: Cosmos, issuer: Issuer, changes: dict[str, str]
) -> None:
    catalog = catalog_of("http://127.0.0.1:9/mcp", {"mode": "on_behalf_of", "scope": SCOPE}, roles=["HR"])
    settings = settings_of(AUTH_ISSUER=issuer.url, AUTH_CLIENT_ID=API_CLIENT, **changes)
    bench = Bench(cosmos, catalog, settings)
    await signed_in(bench, issuer)
    assert await bench.personal.store.connections(bench.person) == []
    await bench.close()


@pytest.mark.parametrize("changes", [{"AUTH_CLIENT_SECRET": "wrong"}])
async def test_an_exchange_that_is_refused_leaves_the_sign_in_alone(
    bench: Bench, issuer: Issuer, caplog: pytest.LogCaptureFixture
) -> None:
    token = await signed_in(bench, issuer)
    assert "invalid_client" in caplog.text
    assert token not in caplog.text
    with pytest.raises(SignInRequired):
        await bench.header()


@pytest.mark.parametrize("changes", [{}])
async def test_without_a_secret_the_app_shows_its_managed_identity(bench: Bench, issuer: Issuer) -> None:
    async def get_token(*scopes: str, **_: object) -> object:
        resource = scopes[0].removesuffix("/.default")
        token = issuer.keys.sign(issuer.managed_identity_claims(resource, MANAGED_IDENTITY))
        return type("Token", (), {"token": token, "expires_on": issuer.now() + 3600})()

    bench.identity.get_token = get_token
    await signed_in(bench, issuer)
    assert claims_of(await bench.header())["aud"] == "api://quotes"


@pytest.mark.parametrize("changes", [{}])
async def test_what_is_slow_is_not_waited_for_long_and_comes_about_all_the_same(
    bench: Bench, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = asyncio.Event()

    async def get_token(*_: str, **__: object) -> object:
        await go_on.wait()
        token = issuer.keys.sign(issuer.managed_identity_claims("api://AzureADTokenExchange", MANAGED_IDENTITY))
        return type("Token", (), {"token": token, "expires_on": issuer.now() + 3600})()

    bench.identity.get_token = get_token
    monkeypatch.setattr("shared.tools.credentials_exchange._WAIT_S", 0.05)
    await asyncio.wait_for(signed_in(bench, issuer), 5)
    with pytest.raises(SignInRequired):
        await bench.header()
    go_on.set()
    async with asyncio.timeout(10):
        while await bench.personal.store.read(bench.person, "quotes") is None:  # noqa: ASYNC110 - it is a store
            await asyncio.sleep(0.02)
    assert claims_of(await bench.header())["aud"] == "api://quotes"


async def test_the_issuer_renews_only_for_the_app_itself(bench: Bench, issuer: Issuer) -> None:
    await signed_in(bench, issuer)
    opened = await bench.personal.store.read(bench.person, "quotes")
    assert opened is not None
    form = {
        "grant_type": "refresh_token",
        "refresh_token": opened.tokens.refresh_token or "",
        "client_id": API_CLIENT,
    }
    async with aiohttp.ClientSession() as http, http.post(opened.tokens.token_endpoint, data=form) as response:
        assert (response.status, (await response.json())["error"]) == (401, "invalid_client")
