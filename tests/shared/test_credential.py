import asyncio
import time

import pytest
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import CredentialUnavailableError

from shared.credential import CredentialUnavailable, TokenProvider, azure_credential, is_private_channel
from tests.shared.azure_tokens import StubCredential


async def test_a_token_is_asked_for_once_and_kept() -> None:
    credential = StubCredential(lifetime_s=3600)
    token = TokenProvider(credential, "https://example.test/.default")
    assert [await token() for _ in range(3)] == ["token-1"] * 3
    assert credential.scopes == ["https://example.test/.default"]


async def test_callers_at_the_same_time_share_one_request() -> None:
    credential = StubCredential(lifetime_s=3600)
    token = TokenProvider(credential, "scope")
    assert set(await asyncio.gather(*(token() for _ in range(20)))) == {"token-1"}
    assert len(credential.scopes) == 1


async def test_a_token_near_its_end_is_renewed() -> None:
    credential = StubCredential(lifetime_s=200)
    token = TokenProvider(credential, "scope")
    assert [await token(), await token()] == ["token-1", "token-2"]


@pytest.mark.parametrize("error", [CredentialUnavailableError("secret detail"), ClientAuthenticationError("secret")])
async def test_a_refused_token_is_a_transient_error_without_the_service_text(error: Exception) -> None:
    credential = StubCredential(lifetime_s=3600, error=error)
    with pytest.raises(CredentialUnavailable) as raised:
        await TokenProvider(credential, "scope")()
    assert raised.value.retryable
    assert "secret" not in raised.value.message


async def test_the_app_credential_is_built_without_asking_anyone() -> None:
    started = time.monotonic()
    credential = azure_credential()
    assert time.monotonic() - started < 2
    await credential.close()


@pytest.mark.parametrize(
    ("url", "private"),
    [
        ("https://example.com/x", True),
        ("http://127.0.0.1:8080/x", True),
        ("http://127.9.9.9", True),
        ("http://[::1]:1", True),
        ("http://localhost:7071", True),
        ("http://example.com", False),
        ("http://127.0.0.1.example.com", False),
        ("http://localhost.example.com", False),
        ("http://10.0.0.1", False),
        ("https://", False),
        ("ftp://localhost", False),
        ("", False),
    ],
)
def test_tokens_travel_over_tls_or_stay_on_this_machine(url: str, private: bool) -> None:  # noqa: FBT001 - a table
    assert is_private_channel(url) is private
