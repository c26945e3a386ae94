"""Tokens and managed identity as the identity service of the development cloud gives them."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import jwt
import pytest
import pytest_asyncio

from shared.credential import TokenProvider, azure_credential
from shared.errors import NotAllowed
from shared.identity import TokenValidator
from shared.protocol.codes import ErrorCode
from tests.services import service

pytestmark = pytest.mark.asyncio(loop_scope="module")


def utc_now() -> datetime:
    return datetime.now(UTC)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def url(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    async with service("identity", "--state", str(tmp_path_factory.mktemp("identity"))) as running:
        yield running.url


async def ordered(url: str, **order: Any) -> str:
    async with aiohttp.ClientSession() as session, session.post(f"{url}/_token", json=order) as response:
        response.raise_for_status()
        return (await response.json())["access_token"]


async def validator_for(token: str) -> TokenValidator:
    claims = jwt.decode(token, options={"verify_signature": False})
    return TokenValidator(claims["iss"], "api://salescoach", utc_now)


async def test_a_persons_token_is_accepted_also_after_the_key_changes(url: str) -> None:
    token = await ordered(url, user="ada")
    later = timedelta()
    claims = jwt.decode(token, options={"verify_signature": False})
    validator = TokenValidator(claims["iss"], "api://salescoach", lambda: datetime.now(UTC) + later)
    ada = await validator.validate(f"Bearer {token}")
    assert ada.roles == {"Sales"}
    async with aiohttp.ClientSession() as session, session.post(f"{url}/_rotate") as response:
        response.raise_for_status()
    later = timedelta(seconds=31)
    again = await validator.validate(f"Bearer {await ordered(url, user='ada')}")
    assert again.id == ada.id
    await validator.close()


@pytest.mark.parametrize(
    ("order", "code"),
    [
        ({"alg": "none"}, ErrorCode.TOKEN_INVALID),
        ({"alg": "HS256"}, ErrorCode.TOKEN_INVALID),
        ({"alg": "foreign"}, ErrorCode.TOKEN_INVALID),
        ({"kid": "../../x"}, ErrorCode.TOKEN_INVALID),
        ({"kid": "unknown"}, ErrorCode.TOKEN_INVALID),
        ({"use": "app", "roles": ["Admin"]}, ErrorCode.TOKEN_INVALID),
        ({"use": "id"}, ErrorCode.TOKEN_INVALID),
        ({"audience": "https://graph.microsoft.com"}, ErrorCode.TOKEN_INVALID),
        ({"tenant": "99999999-9999-4999-8999-999999999999"}, ErrorCode.TOKEN_INVALID),
        ({"omit": ["oid"]}, ErrorCode.TOKEN_INVALID),
        ({"not_before_s": 600}, ErrorCode.TOKEN_INVALID),
        ({"lifetime_s": -600, "not_before_s": -1200}, ErrorCode.TOKEN_EXPIRED),
    ],
)
async def test_hostile_tokens_are_refused(url: str, order: dict[str, Any], code: ErrorCode) -> None:
    validator = await validator_for(await ordered(url, user="ada"))
    with pytest.raises(NotAllowed) as raised:
        await validator.validate(f"Bearer {await ordered(url, **order)}")
    assert raised.value.code == code
    await validator.close()


async def test_the_app_gets_its_own_token_from_managed_identity(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_TOKEN_CREDENTIALS", "ManagedIdentityCredential")
    monkeypatch.setenv("IDENTITY_ENDPOINT", f"{url}/msi/token")
    monkeypatch.setenv("IDENTITY_HEADER", "local-identity-header")
    credential = azure_credential()
    token = TokenProvider(credential, "https://ai.azure.com/.default")
    first = await token()
    assert jwt.decode(first, options={"verify_signature": False})["aud"].rstrip("/") == "https://ai.azure.com"
    assert await token() == first
    await credential.close()
