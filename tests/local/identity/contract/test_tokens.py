"""Tokens for the app itself, on behalf of a person, and refusals."""

import asyncio
import time
from typing import Any

import aiohttp
import jwt
import msal
import pytest
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import ClientSecretCredential, OnBehalfOfCredential
from azure.identity.aio import ClientSecretCredential as AioClientSecretCredential
from azure.identity.aio import OnBehalfOfCredential as AioOnBehalfOfCredential

from tests.local.identity.contract.conftest import Tenant

Http = aiohttp.ClientSession
ON_BEHALF_OF = "urn:ietf:params:oauth:grant-type:jwt-bearer"


def read(token: str) -> dict[str, Any]:
    return dict(jwt.decode(token, options={"verify_signature": False}))


async def post(tenant: Tenant, http: Http, **form: str) -> tuple[int, dict[str, Any]]:
    async with http.post(tenant.token_url, data=form) as response:
        return response.status, dict(await response.json())


async def app_token(tenant: Tenant, http: Http) -> dict[str, Any]:
    form = {"client_id": tenant.client_id, "client_secret": tenant.client_secret, "scope": tenant.scope}
    status, answer = await post(tenant, http, grant_type="client_credentials", **form)
    assert status == 200, answer
    return answer


@pytest.fixture
def trusted(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> Tenant:
    """The tenant, its certificate trusted by what only looks at the environment."""
    if tenant.certificates:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", tenant.certificates)
    return tenant


@pytest.fixture
async def of_app(tenant: Tenant, http: Http) -> dict[str, Any]:
    return read((await app_token(tenant, http))["access_token"])


@pytest.fixture
async def on_behalf(tenant: Tenant, assertion: str) -> dict[str, Any]:
    credential = AioOnBehalfOfCredential(**tenant.credential, user_assertion=assertion)
    async with credential:
        return read((await credential.get_token(tenant.downstream)).token)


async def test_the_async_credential_gets_a_token_for_the_app(tenant: Tenant) -> None:
    async with AioClientSecretCredential(**tenant.credential) as credential:
        token = await credential.get_token(tenant.scope)
    assert read(token.token)["exp"] == pytest.approx(token.expires_on, abs=5)


def test_the_synchronous_credential_gets_a_token_for_the_app(tenant: Tenant) -> None:
    with ClientSecretCredential(**tenant.credential) as credential:
        token = credential.get_token(tenant.scope)
        assert credential.get_token(tenant.scope).token == token.token
    assert read(token.token)["tid"] == tenant.tenant


def test_msal_gets_and_keeps_a_token_for_the_app(trusted: Tenant) -> None:
    app = msal.ConfidentialClientApplication(
        trusted.client_id,
        client_credential=trusted.client_secret,
        authority=f"{trusted.authority}/{trusted.tenant}",
        instance_discovery=False,
    )
    first, second = (app.acquire_token_for_client([trusted.scope]) or {} for _ in range(2))
    assert first["access_token"] == second["access_token"]


async def test_a_token_is_signed_by_a_published_key(tenant: Tenant, http: Http, document: dict[str, Any]) -> None:
    token = (await app_token(tenant, http))["access_token"]
    async with http.get(document["jwks_uri"]) as response:
        keys = jwt.PyJWKSet.from_dict(await response.json())
    key = keys[jwt.get_unverified_header(token)["kid"]]
    assert jwt.decode(token, key, algorithms=["RS256"], options={"verify_aud": False})["tid"] == tenant.tenant


@pytest.mark.parametrize(("name", "value"), [("typ", "JWT"), ("alg", "RS256")])
async def test_a_tokens_header(tenant: Tenant, http: Http, name: str, value: str) -> None:
    assert jwt.get_unverified_header((await app_token(tenant, http))["access_token"])[name] == value


@pytest.mark.parametrize("name", ["token_type", "expires_in", "ext_expires_in", "access_token"])
async def test_an_answer_has(tenant: Tenant, http: Http, name: str) -> None:
    kinds = {"token_type": str, "expires_in": int, "ext_expires_in": int, "access_token": str}
    assert isinstance((await app_token(tenant, http))[name], kinds[name])


async def test_an_app_gets_no_refresh_or_id_token(tenant: Tenant, http: Http) -> None:
    assert not {"refresh_token", "id_token"} & set(await app_token(tenant, http))


async def test_answers_must_not_be_stored(tenant: Tenant, http: Http) -> None:
    form = {"client_id": tenant.client_id, "client_secret": tenant.client_secret, "scope": tenant.scope}
    async with http.post(tenant.token_url, data={"grant_type": "client_credentials", **form}) as response:
        assert "no-store" in response.headers["cache-control"]


async def test_the_app_may_authenticate_by_basic(tenant: Tenant, http: Http) -> None:
    headers = {"authorization": aiohttp.encode_basic_auth(tenant.client_id, tenant.client_secret)}
    form = {"grant_type": "client_credentials", "scope": tenant.scope}
    async with http.post(tenant.token_url, data=form, headers=headers) as response:
        assert response.status == 200


@pytest.mark.parametrize("name", ["aud", "iss", "iat", "nbf", "exp", "azp", "azpacr", "oid", "sub", "tid", "ver"])
def test_an_apps_token_has_the_claim(of_app: dict[str, Any], name: str) -> None:
    assert of_app[name]


@pytest.mark.parametrize("name", ["scp", "name", "preferred_username", "groups", "nonce"])
def test_an_apps_token_lacks_a_persons_claim(of_app: dict[str, Any], name: str) -> None:
    assert name not in of_app


def test_an_apps_token_is_about_the_app(tenant: Tenant, of_app: dict[str, Any]) -> None:
    assert (of_app["azp"], of_app["azpacr"]) == (tenant.client_id, "1")
    assert of_app["sub"] == of_app["oid"]
    assert of_app["iss"] == tenant.issuer


def test_a_token_lives_for_an_hour_or_so(of_app: dict[str, Any]) -> None:
    assert 55 * 60 <= of_app["exp"] - time.time() <= 95 * 60


def test_the_synchronous_credential_gets_a_token_on_behalf(tenant: Tenant, assertion: str) -> None:
    credential = OnBehalfOfCredential(**tenant.credential, user_assertion=assertion)
    with credential:
        claims = read(credential.get_token(tenant.downstream).token)
    assert claims["oid"] == read(assertion)["oid"]


async def test_msal_gets_a_token_on_behalf(trusted: Tenant, assertion: str) -> None:
    def acquire() -> dict[str, Any]:
        app = msal.ConfidentialClientApplication(
            trusted.client_id,
            client_credential=trusted.client_secret,
            authority=f"{trusted.authority}/{trusted.tenant}",
            instance_discovery=False,
        )
        return dict(app.acquire_token_on_behalf_of(assertion, [trusted.downstream]))

    answer = await asyncio.to_thread(acquire)
    assert read(answer["access_token"])["scp"], answer


@pytest.mark.parametrize("name", ["oid", "tid", "name", "preferred_username"])
def test_on_behalf_of_keeps_the_person(on_behalf: dict[str, Any], assertion: str, name: str) -> None:
    assert on_behalf[name] == read(assertion)[name]


def test_on_behalf_of_is_for_the_downstream_service(tenant: Tenant, on_behalf: dict[str, Any], assertion: str) -> None:
    audience, _, permission = tenant.downstream.rpartition("/")
    assert on_behalf["aud"] != read(assertion)["aud"]
    assert on_behalf["iss"] == tenant.issuer
    assert on_behalf["azp"] == tenant.client_id
    assert permission in on_behalf["scp"].split()
    assert audience


@pytest.mark.parametrize(
    ("change", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_secret": ""}, 401, "invalid_client"),
        ({"client_id": "00000000-0000-4000-8000-00000000dead"}, 400, "unauthorized_client"),
        ({"client_id": ""}, 400, "invalid_request"),
        ({"grant_type": ""}, 400, "invalid_request"),
        ({"grant_type": "magic"}, 400, "unsupported_grant_type"),
        ({"scope": "api://x/read"}, 400, "invalid_scope"),
        ({"grant_type": "authorization_code", "code": "x", "redirect_uri": "http://localhost"}, 400, "invalid_grant"),
        ({"grant_type": "refresh_token", "refresh_token": "x"}, 400, "invalid_grant"),
        ({"grant_type": ON_BEHALF_OF, "assertion": "x", "requested_token_use": "on_behalf_of"}, 400, "invalid_grant"),
        ({"grant_type": ON_BEHALF_OF, "assertion": "x", "requested_token_use": ""}, 400, "invalid_request"),
    ],
)
async def test_a_wrong_request_is_refused(
    tenant: Tenant, http: Http, change: dict[str, str], status: int, error: str
) -> None:
    form = {"client_id": tenant.client_id, "client_secret": tenant.client_secret, "scope": tenant.scope}
    answered, body = await post(tenant, http, **{"grant_type": "client_credentials", **form, **change})
    assert (answered, body["error"]) == (status, error)


@pytest.mark.parametrize(
    ("name", "kind"),
    [("error_description", str), ("error_codes", list), ("timestamp", str), ("trace_id", str), ("correlation_id", str)],
)
async def test_a_refusal_has(tenant: Tenant, http: Http, name: str, kind: type) -> None:
    _, body = await post(tenant, http, grant_type="magic", client_id=tenant.client_id)
    assert isinstance(body[name], kind)
    assert body["error_description"].startswith(f"AADSTS{body['error_codes'][0]}")


async def test_a_wrong_secret_is_an_authentication_error(tenant: Tenant) -> None:
    async with AioClientSecretCredential(**{**tenant.credential, "client_secret": "wrong"}) as credential:
        with pytest.raises(ClientAuthenticationError) as refused:
            await credential.get_token(tenant.scope)
    assert "AADSTS7000215" in str(refused.value)


async def test_an_apps_own_token_is_no_assertion(tenant: Tenant, http: Http) -> None:
    assertion = (await app_token(tenant, http))["access_token"]
    async with AioOnBehalfOfCredential(**tenant.credential, user_assertion=assertion) as credential:
        with pytest.raises(ClientAuthenticationError):
            await credential.get_token(tenant.downstream)
