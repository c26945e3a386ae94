"""Guests, other tenants, retired keys, and a clock that is wrong."""

import aiohttp
import jwt
import pytest

from local.identity.directory import PARTNER_TENANT, TENANT, load
from tests.local.identity.conftest import Local
from tests.local.identity.test_app_grants import OBO
from tests.local.identity.test_command import ready, start

PARTNER_ISSUER = f"{{}}/{PARTNER_TENANT}/v2.0"


async def minted_by_partner(local: Local, user: str = "eve") -> str:
    async with local.http.post(f"{local.origin}/{PARTNER_TENANT}/_token", json={"user": user}) as response:
        return str((await response.json())["access_token"])


async def test_a_guest_is_marked_with_the_tenant_she_comes_from(local: Local) -> None:
    guest = await local.decode(await local.mint(user="eve"))
    assert (guest["tid"], guest["acct"], guest["idp"]) == (TENANT, 1, f"https://sts.windows.net/{PARTNER_TENANT}/")
    member = await local.decode(await local.mint(user="ada"))
    assert not {"acct", "idp"} & set(member)


async def test_the_partner_tenant_is_an_issuer_of_its_own(local: Local) -> None:
    url = PARTNER_ISSUER.format(local.origin)
    document = await local.get(f"{url}/.well-known/openid-configuration")
    assert document["issuer"] == url
    keys = jwt.PyJWKSet.from_dict(await local.get(document["jwks_uri"]))
    token = await minted_by_partner(local)
    key = keys[jwt.get_unverified_header(token)["kid"]]
    claims = jwt.decode(token, key, algorithms=["RS256"], audience="api://salescoach", issuer=url)
    assert (claims["tid"], claims["roles"], claims["groups"], "acct" in claims) == (PARTNER_TENANT, [], [], False)
    eve = load().find("eve")
    assert eve is not None
    assert claims["oid"] != eve.oid


async def test_a_token_of_the_partner_tenant_is_none_of_ours(local: Local) -> None:
    token = await minted_by_partner(local)
    with pytest.raises(jwt.InvalidIssuerError):
        await local.decode(token)
    status, answer = await local.token(**OBO, assertion=token)
    assert (status, answer["error"]) == (400, "invalid_grant")


async def test_each_tenants_page_lists_its_own_people(local: Local) -> None:
    query = (
        "client_id=web&redirect_uri=http%3A%2F%2F127.0.0.1%3A9%2F&response_type=code&scope=openid"
        "&code_challenge=x&code_challenge_method=S256"
    )
    async with local.http.get(f"{local.origin}/{PARTNER_TENANT}/oauth2/v2.0/authorize?{query}") as response:
        page = await response.text()
    assert "Eve Larsen" in page
    assert "Ada Winter" not in page
    async with local.http.get(f"{local.origin}/{TENANT}/oauth2/v2.0/authorize?{query}") as response:
        page = await response.text()
    assert "Eve Larsen" in page
    assert "Ada Winter" in page


async def test_who_is_not_in_a_tenant_cannot_sign_in_there(local: Local) -> None:
    form = {
        "client_id": "web",
        "redirect_uri": "http://127.0.0.1:9/",
        "response_type": "code",
        "scope": "openid",
        "code_challenge": "x",
        "code_challenge_method": "S256",
        "user": "ada",
    }
    url = f"{local.origin}/{PARTNER_TENANT}/oauth2/v2.0/authorize"
    async with local.http.post(url, data=form, allow_redirects=False) as response:
        assert response.status == 200
    async with local.http.post(url, data={**form, "user": "eve"}, allow_redirects=False) as response:
        assert response.status == 303
        assert "code=" in response.headers["location"]


async def test_a_retired_key_is_published_no_longer(local: Local) -> None:
    old = await local.mint()
    async with local.http.post(f"{local.origin}/_rotate?retire=true") as response:
        assert response.status == 200
    with pytest.raises(KeyError):
        await local.decode(old)
    assert (await local.decode(await local.mint()))["name"] == "Ada Winter"
    status, answer = await local.token(**OBO, assertion=old)
    assert (status, answer["error"]) == (400, "invalid_grant")


async def test_the_command_can_be_told_to_run_ahead() -> None:
    process = await start("--port", "0", "--clock-skew", "7200")
    try:
        origin = await ready(process)
        async with aiohttp.ClientSession() as http, http.post(f"{origin}/_token", json={}) as response:
            token = (await response.json())["access_token"]
    finally:
        process.terminate()
        await process.wait()
    with pytest.raises(jwt.ImmatureSignatureError):
        jwt.decode(
            token,
            options={"verify_signature": False, "verify_nbf": True, "verify_aud": False},
        )
