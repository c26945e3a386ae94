import base64
import hashlib
import re
import secrets
import urllib.parse
from typing import Any

import pytest

from local.identity.issuer import AUDIENCE, WEB_CLIENT
from tests.local.identity.conftest import Local

REDIRECT = "http://127.0.0.1:5173/callback"
VERIFIER = secrets.token_urlsafe(48)
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
REQUEST = {
    "client_id": WEB_CLIENT,
    "response_type": "code",
    "redirect_uri": REDIRECT,
    "scope": "openid profile offline_access api://salescoach/access",
    "state": "st=&te",
    "nonce": "n0",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
}


async def authorize(local: Local, user: str | None = None, **changes: str | None) -> tuple[int, dict[str, str], str]:
    """Ask for a code, choosing a user as a browser form would; return status, redirect parameters, page."""
    params = {name: value for name, value in {**REQUEST, **changes}.items() if value is not None}
    url = f"{local.origin}/authorize"
    if user:
        call = local.http.post(url, data={**params, "user": user}, allow_redirects=False)
    else:
        call = local.http.get(url, params=params, allow_redirects=False)
    async with call as response:
        location = urllib.parse.urlsplit(response.headers.get("location", ""))
        query = dict(urllib.parse.parse_qsl(location.fragment or location.query))
        return response.status, query, await response.text()


async def redeem(local: Local, code: str, **changes: str) -> tuple[int, dict[str, Any]]:
    form = {
        "grant_type": "authorization_code",
        "client_id": WEB_CLIENT,
        "redirect_uri": REDIRECT,
        "code_verifier": VERIFIER,
        "code": code,
    }
    return await local.token(**{**form, **changes})


async def signed_in(local: Local, user: str) -> dict[str, Any]:
    _, query, _ = await authorize(local, user)
    status, tokens = await redeem(local, query["code"])
    assert status == 200, tokens
    return tokens


async def test_discovery_names_working_endpoints(local: Local) -> None:
    document = await local.get(f"{local.issuer}/.well-known/openid-configuration")
    assert document["issuer"] == local.issuer
    assert (await local.get(document["jwks_uri"]))["keys"]
    async with local.http.get(document["authorization_endpoint"], params=REQUEST) as response:
        assert response.status == 200
    async with local.http.post(document["token_endpoint"], data={"grant_type": "x"}) as response:
        assert (await response.json())["error"] == "unsupported_grant_type"


async def test_the_page_lists_everybody_as_buttons(local: Local) -> None:
    status, _, html = await authorize(local, login_hint="chi")
    assert status == 200
    assert re.findall(r'name="user" value="(\w+)"', html) == ["chi", "ada", "ben", "dana", "eve"]
    assert 'value="chi" autofocus' in html
    assert 'lang="en"' in html
    assert 'name="state" value="st=&amp;te"' in html


async def test_what_the_client_sends_is_escaped_on_the_page(local: Local) -> None:
    _, _, html = await authorize(local, state='"><script>alert(1)</script>')
    assert "<script" not in html


async def test_signing_in_gives_tokens_shaped_like_entras(local: Local) -> None:
    status, query, _ = await authorize(local, "ben")
    assert status == 303
    assert (query["state"], query["iss"]) == ("st=&te", local.issuer)
    _, tokens = await redeem(local, query["code"])
    claims = await local.decode(tokens["access_token"])
    assert (claims["name"], claims["roles"], claims["scp"], claims["azp"], claims["ver"]) == (
        "Ben Okafor",
        ["Sales", "Management"],
        "access",
        WEB_CLIENT,
        "2.0",
    )
    assert claims["exp"] - claims["iat"] == 3600 == tokens["expires_in"]
    assert len(claims["groups"]) == 2
    assert claims["preferred_username"] == "ben@salescoach.example"
    identity = await local.decode(tokens["id_token"], WEB_CLIENT)
    assert (identity["nonce"], identity["oid"]) == ("n0", claims["oid"])
    assert identity["sub"] != claims["sub"]


async def test_a_person_without_roles_has_an_empty_list(local: Local) -> None:
    tokens = await signed_in(local, "eve")
    assert (await local.decode(tokens["access_token"]))["roles"] == []


async def test_a_code_works_once(local: Local) -> None:
    _, query, _ = await authorize(local, "ada")
    assert (await redeem(local, query["code"]))[0] == 200
    assert (await redeem(local, query["code"]))[1]["error"] == "invalid_grant"


@pytest.mark.parametrize(
    "change", [{"code_verifier": "wrong" * 10}, {"redirect_uri": "http://127.0.0.1:1/"}, {"client_id": "other"}]
)
async def test_a_code_is_bound_to_verifier_address_and_client(local: Local, change: dict[str, str]) -> None:
    _, query, _ = await authorize(local, "ada")
    status, answer = await redeem(local, query["code"], **change)
    assert (status, answer["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "api://salescoach/access"}, "invalid_scope"),
        ({"prompt": "none"}, "login_required"),
    ],
)
async def test_a_wrong_request_goes_back_with_an_error(local: Local, change: dict[str, str | None], error: str) -> None:
    status, query, _ = await authorize(local, **change)
    assert (status, query["error"], query["state"]) == (303, error, "st=&te")


@pytest.mark.parametrize("address", ["https://evil.example/cb", "javascript:alert(1)", "", "http://127.0.0.1:1/#x"])
async def test_a_foreign_redirect_address_is_never_followed(local: Local, address: str) -> None:
    for user in (None, "ada"):
        status, query, html = await authorize(local, user, redirect_uri=address)
        assert (status, query) == (400, {})
        assert 'role="alert"' in html


async def test_an_answer_can_come_in_the_fragment(local: Local) -> None:
    _, query, _ = await authorize(local, "ada", response_mode="fragment")
    assert query["code"]


async def test_a_signed_in_browser_gets_a_code_silently_until_it_signs_out(local: Local) -> None:
    await authorize(local, "dana")
    _, query, _ = await authorize(local, prompt="none")
    _, tokens = await redeem(local, query["code"])
    assert (await local.decode(tokens["access_token"]))["name"] == "Dana Silva"
    assert (await authorize(local, prompt="none", login_hint="dana@salescoach.example"))[1]["code"]
    assert (await authorize(local, prompt="none", login_hint="ada"))[1]["error"] == "login_required"
    back = {"post_logout_redirect_uri": "http://localhost:5173/bye", "state": "s"}
    async with local.http.get(f"{local.origin}/logout", params=back, allow_redirects=False) as response:
        assert response.headers["location"] == "http://localhost:5173/bye?state=s"
    assert (await authorize(local, prompt="none"))[1]["error"] == "login_required"


async def test_logout_does_not_follow_a_foreign_address(local: Local) -> None:
    back = {"post_logout_redirect_uri": "https://evil.example/"}
    async with local.http.get(f"{local.origin}/logout", params=back, allow_redirects=False) as response:
        assert (response.status, "location" in response.headers) == (200, False)


async def test_a_refresh_token_gives_new_tokens_for_its_own_client_only(local: Local) -> None:
    tokens = await signed_in(local, "ada")
    form = {"grant_type": "refresh_token", "client_id": WEB_CLIENT, "refresh_token": tokens["refresh_token"]}
    status, renewed = await local.token(**form)
    assert status == 200
    assert (await local.decode(renewed["access_token"]))["name"] == "Ada Winter"
    assert renewed["refresh_token"]
    assert (await local.token(**{**form, "client_id": "other"}))[1]["error"] == "invalid_grant"
    assert (await local.token(**{**form, "refresh_token": tokens["access_token"]}))[1]["error"] == "invalid_grant"


async def test_a_refresh_token_is_no_access_token(local: Local) -> None:
    tokens = await signed_in(local, "ada")
    headers = {"authorization": f"Bearer {tokens['refresh_token']}"}
    async with local.http.get(f"{local.origin}/userinfo", headers=headers) as response:
        assert response.status == 401


async def test_userinfo_tells_who_the_token_is_for(local: Local) -> None:
    tokens = await signed_in(local, "ada")
    headers = {"authorization": f"Bearer {tokens['access_token']}"}
    async with local.http.get(f"{local.origin}/userinfo", headers=headers) as response:
        told = await response.json()
    assert (told["name"], told["email"]) == ("Ada Winter", "ada@salescoach.example")
    assert told["sub"] == (await local.decode(tokens["id_token"], WEB_CLIENT))["sub"]
    async with local.http.get(f"{local.origin}/userinfo") as response:
        assert response.status == 401


async def test_a_page_of_another_origin_may_use_the_endpoints(local: Local) -> None:
    origin = {"origin": "http://127.0.0.1:5173"}
    preflight = {**origin, "access-control-request-method": "POST"}
    for path in ("/token", "/userinfo"):
        async with local.http.options(f"{local.origin}{path}", headers=preflight) as response:
            assert (response.status, response.headers["access-control-allow-origin"]) == (204, "*")
    async with local.http.post(f"{local.origin}/token", data={}, headers=origin) as response:
        assert (response.status, response.headers["access-control-allow-origin"]) == (400, "*")
    async with local.http.get(f"{local.issuer}/.well-known/openid-configuration", headers=origin) as response:
        assert response.headers["access-control-allow-origin"] == "*"


async def test_another_audience_can_be_asked_for(local: Local) -> None:
    _, query, _ = await authorize(local, "ada", scope="openid api://crm-mcp/.default")
    _, tokens = await redeem(local, query["code"])
    claims = await local.decode(tokens["access_token"], "api://crm-mcp")
    assert claims["aud"] == "api://crm-mcp" != AUDIENCE
    assert "refresh_token" not in tokens
