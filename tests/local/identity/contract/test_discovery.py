"""The discovery document, the keys, and the authorize endpoint."""

import urllib.parse
from typing import Any

import aiohttp
import pytest

from tests.local.identity.contract.conftest import Tenant

Http = aiohttp.ClientSession


@pytest.fixture
async def keys(document: dict[str, Any], http: Http) -> list[dict[str, Any]]:
    async with http.get(document["jwks_uri"]) as response:
        return list((await response.json())["keys"])


def test_the_issuer_is_the_one_asked(tenant: Tenant, document: dict[str, Any]) -> None:
    assert document["issuer"] == tenant.issuer


@pytest.mark.parametrize("name", ["authorization_endpoint", "token_endpoint", "end_session_endpoint", "jwks_uri"])
def test_an_endpoint_is_the_tenants_own(tenant: Tenant, document: dict[str, Any], name: str) -> None:
    assert document[name].startswith(f"{tenant.authority}/{tenant.tenant}/")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("response_types_supported", "code"),
        ("response_modes_supported", "query"),
        ("response_modes_supported", "fragment"),
        ("scopes_supported", "openid"),
        ("scopes_supported", "profile"),
        ("scopes_supported", "email"),
        ("scopes_supported", "offline_access"),
        ("subject_types_supported", "pairwise"),
        ("id_token_signing_alg_values_supported", "RS256"),
        ("token_endpoint_auth_methods_supported", "client_secret_post"),
        ("token_endpoint_auth_methods_supported", "client_secret_basic"),
        ("claims_supported", "sub"),
        ("claims_supported", "iss"),
        ("claims_supported", "aud"),
        ("claims_supported", "exp"),
        ("claims_supported", "iat"),
        ("claims_supported", "name"),
        ("claims_supported", "preferred_username"),
        ("claims_supported", "tid"),
    ],
)
def test_the_document_lists(document: dict[str, Any], name: str, value: str) -> None:
    assert value in document[name]


async def test_the_document_may_be_read_from_any_page(tenant: Tenant, http: Http) -> None:
    headers = {"origin": "https://app.example"}
    async with http.get(f"{tenant.issuer}/.well-known/openid-configuration", headers=headers) as response:
        assert response.headers["access-control-allow-origin"] in ("*", "https://app.example")


async def test_the_document_names_the_cloud(document: dict[str, Any]) -> None:
    assert document["cloud_instance_name"]


@pytest.mark.parametrize(("name", "value"), [("kty", "RSA"), ("use", "sig"), ("e", "AQAB")])
async def test_every_key_is_for_rs256(keys: list[dict[str, Any]], name: str, value: str) -> None:
    assert keys
    assert {key[name] for key in keys} == {value}


async def test_every_key_has_an_id_of_its_own(keys: list[dict[str, Any]]) -> None:
    assert len({key["kid"] for key in keys}) == len(keys)


async def test_no_key_is_shorter_than_2048_bits(keys: list[dict[str, Any]]) -> None:
    assert all(len(key["n"]) >= 2048 // 6 for key in keys)


async def test_no_key_shows_its_private_part(keys: list[dict[str, Any]]) -> None:
    assert not any({"d", "p", "q"} & set(key) for key in keys)


async def test_keys_come_with_their_certificates(keys: list[dict[str, Any]]) -> None:
    assert all(key["x5c"] for key in keys)


def _authorize(tenant: Tenant, document: dict[str, Any], **changes: str) -> str:
    query = {
        "client_id": tenant.client_id,
        "redirect_uri": tenant.redirect_uri,
        "response_type": "code",
        "response_mode": "query",
        "scope": "openid profile",
        "state": "the state",
        "nonce": "n",
        "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        "code_challenge_method": "S256",
        **changes,
    }
    return f"{document['authorization_endpoint']}?{urllib.parse.urlencode(query)}"


async def test_authorize_shows_a_page(tenant: Tenant, document: dict[str, Any], http: Http) -> None:
    async with http.get(_authorize(tenant, document), allow_redirects=False) as response:
        assert response.status == 200
        assert response.content_type == "text/html"


async def test_a_silent_request_without_session_goes_back_with_login_required(
    tenant: Tenant, document: dict[str, Any], http: Http
) -> None:
    async with http.get(_authorize(tenant, document, prompt="none"), allow_redirects=False) as response:
        assert response.status in (302, 303)
        location = urllib.parse.urlsplit(response.headers["location"])
    fields = urllib.parse.parse_qs(location.query)
    assert fields["error"] == ["login_required"]
    assert fields["state"] == ["the state"]


async def test_a_foreign_redirect_address_is_not_followed(tenant: Tenant, document: dict[str, Any], http: Http) -> None:
    url = _authorize(tenant, document, redirect_uri="https://elsewhere.example/", prompt="none")
    async with http.get(url, allow_redirects=False) as response:
        assert "elsewhere.example" not in response.headers.get("location", "")


async def test_an_unknown_tenant_is_an_oauth_error(tenant: Tenant, http: Http) -> None:
    unknown = f"{tenant.authority}/00000000-0000-4000-8000-00000000dead/v2.0/.well-known/openid-configuration"
    async with http.get(unknown) as response:
        assert (response.status, (await response.json())["error"]) == (400, "invalid_tenant")


async def test_a_device_code_is_given(tenant: Tenant, http: Http) -> None:
    url = tenant.token_url.replace("/token", "/devicecode")
    async with http.post(url, data={"client_id": tenant.client_id, "scope": "openid"}) as response:
        assert "device_code" in await response.json()
