import jwt
import pytest
from azure.core.exceptions import ClientAuthenticationError
from azure.identity.aio import DefaultAzureCredential, ManagedIdentityCredential

from local.identity.directory import TENANT
from local.identity.issuer import MANAGED_IDENTITY
from tests.local.identity.conftest import Local


@pytest.fixture
def app_service(local: Local, monkeypatch: pytest.MonkeyPatch) -> Local:
    monkeypatch.setenv("IDENTITY_ENDPOINT", f"{local.origin}/msi/token")
    monkeypatch.setenv("IDENTITY_HEADER", "local-identity-header")
    monkeypatch.setenv("AZURE_TOKEN_CREDENTIALS", "ManagedIdentityCredential")
    return local


@pytest.mark.parametrize(
    ("scope", "audience"),
    [
        ("https://storage.azure.com/.default", "https://storage.azure.com"),
        ("https://ai.azure.com/.default", "https://ai.azure.com"),
        ("https://127.0.0.1/.default", "https://127.0.0.1"),
    ],
)
async def test_the_default_credential_gets_tokens_for_every_service(
    app_service: Local, scope: str, audience: str
) -> None:
    async with DefaultAzureCredential() as credential:
        token = await credential.get_token(scope)
    keys = jwt.PyJWKSet.from_dict(await app_service.get(f"{app_service.origin}/keys"))
    key = keys[jwt.get_unverified_header(token.token)["kid"]]
    claims = jwt.decode(token.token, key, algorithms=["RS256"], audience=audience)
    assert claims["iss"] == f"https://sts.windows.net/{TENANT}/"
    assert claims["exp"] == token.expires_on
    assert claims["appid"] == MANAGED_IDENTITY


async def test_a_user_assigned_identity_is_named_in_its_token(app_service: Local) -> None:
    async with ManagedIdentityCredential(client_id="11111111-2222-4000-8000-000000000000") as credential:
        token = await credential.get_token("https://storage.azure.com/.default")
    claims = jwt.decode(token.token, options={"verify_signature": False})
    assert claims["appid"] == "11111111-2222-4000-8000-000000000000"


async def test_a_wrong_header_gets_no_token(app_service: Local, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IDENTITY_HEADER", "guess")
    async with ManagedIdentityCredential() as credential:
        with pytest.raises(ClientAuthenticationError):
            await credential.get_token("https://storage.azure.com/.default")


@pytest.mark.parametrize("query", ["", "?api-version=2019-08-01", "?api-version=2017-09-01&resource=https://x"])
async def test_version_and_resource_are_required(local: Local, query: str) -> None:
    headers = {"x-identity-header": "local-identity-header"}
    async with local.http.get(f"{local.origin}/msi/token{query}", headers=headers) as response:
        assert response.status == 400
