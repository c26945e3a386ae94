import aiohttp
import pytest

from local.identity.grants import ON_BEHALF_OF
from local.identity.issuer import API_CLIENT, API_CLIENT_SECRET
from tests.local.identity.conftest import Local

APP = {"client_id": API_CLIENT, "client_secret": API_CLIENT_SECRET}
OBO = {**APP, "grant_type": ON_BEHALF_OF, "requested_token_use": "on_behalf_of", "scope": "api://crm-mcp/tools.call"}


async def test_an_app_gets_a_token_without_a_person(local: Local) -> None:
    status, answer = await local.token(**APP, grant_type="client_credentials", scope="api://crm-mcp/.default")
    assert status == 200
    claims = await local.decode(answer["access_token"], "api://crm-mcp")
    assert (claims["idtyp"], claims["azp"]) == ("app", API_CLIENT)
    assert claims["sub"] == claims["oid"]
    assert not {"scp", "name"} & set(claims)


async def test_an_app_can_authenticate_by_basic(local: Local) -> None:
    form = {"grant_type": "client_credentials", "scope": "api://crm-mcp/.default"}
    auth = aiohttp.encode_basic_auth(API_CLIENT, API_CLIENT_SECRET)
    async with local.http.post(f"{local.origin}/token", data=form, headers={"authorization": auth}) as response:
        assert response.status == 200


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"client_secret": "guess"}, (401, "invalid_client")),
        ({"client_secret": ""}, (401, "invalid_client")),
        ({"client_id": "other"}, (400, "unauthorized_client")),
        ({"client_id": ""}, (400, "invalid_request")),
    ],
)
async def test_a_wrong_client_is_refused(local: Local, change: dict[str, str], expected: tuple[int, str]) -> None:
    form = {**APP, "grant_type": "client_credentials", "scope": "api://x/.default", **change}
    status, answer = await local.token(**form)
    assert (status, answer["error"]) == expected


async def test_client_credentials_need_a_default_scope(local: Local) -> None:
    status, answer = await local.token(**APP, grant_type="client_credentials", scope="api://x/read")
    assert (status, answer["error"]) == (400, "invalid_scope")


async def test_on_behalf_of_keeps_the_person_and_changes_the_audience(local: Local) -> None:
    status, answer = await local.token(**OBO, assertion=await local.mint(user="ben"))
    assert status == 200, answer
    claims = await local.decode(answer["access_token"], "api://crm-mcp")
    assert (claims["name"], claims["scp"], claims["azp"]) == ("Ben Okafor", "tools.call", API_CLIENT)


@pytest.mark.parametrize(
    "order",
    [
        {"alg": "none"},
        {"alg": "HS256"},
        {"alg": "foreign"},
        {"lifetime_s": -5},
        {"not_before_s": 300},
        {"audience": "api://other"},
        {"issuer": "https://evil.example/v2.0"},
        {"use": "id"},
        {"use": "app"},
        {"kid": "unknown"},
        {"omit": ["exp"]},
        {"claims": {"nbf": "soon"}},
        {"claims": {"oid": "nobody"}},
    ],
)
async def test_on_behalf_of_refuses_a_bad_assertion(local: Local, order: dict[str, object]) -> None:
    status, answer = await local.token(**OBO, assertion=await local.mint(**order))
    assert (status, answer["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize("change", [{"requested_token_use": "x"}, {"scope": ""}])
async def test_on_behalf_of_needs_its_parameters(local: Local, change: dict[str, str]) -> None:
    status, answer = await local.token(**{**OBO, "assertion": await local.mint(), **change})
    assert (status, answer["error"]) == (400, "invalid_request")
