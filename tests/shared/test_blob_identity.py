"""Blob Storage as it is deployed: over TLS, with the app's identity instead of a key."""

import ssl
import time
from pathlib import Path

import jwt
import pytest
import trustme

from shared.blob import BlobContent, BlobStore
from shared.errors import StoreUnavailable
from shared.settings import ServiceAddress
from tests.shared.azure_tokens import StubCredential
from tests.shared.azurite import azurite


def storage_token(audience: str) -> str:
    now = int(time.time())
    tenant = "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb"
    claims = {"iss": f"https://sts.windows.net/{tenant}/", "aud": audience, "iat": now, "nbf": now, "exp": now + 600}
    return jwt.encode(claims, "the emulator does not check signatures", algorithm="HS256")


async def test_the_apps_identity_opens_blob_storage_and_a_wrong_one_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = trustme.CA()
    certificate = authority.issue_cert("127.0.0.1")
    certificate.cert_chain_pems[0].write_to_path(tmp_path / "cert.pem")
    certificate.private_key_pem.write_to_path(tmp_path / "key.pem")
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    monkeypatch.setattr("aiohttp.connector._SSL_CONTEXT_VERIFIED", trusting)
    files = ("--cert", str(tmp_path / "cert.pem"), "--key", str(tmp_path / "key.pem"))
    async with azurite("--oauth", "basic", *files) as port:
        address = ServiceAddress(service_uri=f"https://127.0.0.1:{port}/devstoreaccount1")
        good = StubCredential(lifetime_s=600, token=storage_token("https://storage.azure.com"))
        store = BlobStore(address, good)
        await store.write("results", "x", b"data", "text/plain")
        content = await store.read("results", "x")
        assert isinstance(content, BlobContent)
        assert content.data == b"data"
        assert set(good.scopes) == {"https://storage.azure.com/.default"}
        await store.close()
        refused = BlobStore(address, StubCredential(lifetime_s=600, token=storage_token("https://attacker.example")))
        with pytest.raises(StoreUnavailable):
            await refused.read("results", "x")
        await refused.close()
