"""Entra tokens verified in full, by the keys of the local issuer."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from azure.cosmos import PartitionKey
from azure.cosmos.aio import CosmosClient
from azure.identity.aio import DefaultAzureCredential

from local import service
from local.cosmos.entra import EntraKeys
from local.cosmos.server import Cosmos
from local.cosmos.store import Store
from local.identity.directory import load
from local.identity.issuer import MANAGED_IDENTITY, Issuer
from local.identity.keys import KeyRing
from local.identity.server import build_app
from tests.local.cosmos.test_service import started


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An emulator that trusts an issuer, and that issuer."""

    cosmos: Cosmos
    issuer: Issuer
    url: str

    async def ask(self, token: str, method: str = "GET", path: str = "/dbs") -> tuple[int, str]:
        """Send a request with a token; answers status and substatus."""
        headers = {"authorization": f"type%3Daad%26ver%3D1.0%26sig%3D{token}"}
        async with (
            aiohttp.ClientSession() as session,
            session.request(method, f"{self.url}{path}", headers=headers, json={"id": "d"}) as answer,
        ):
            return answer.status, answer.headers.get("x-ms-substatus", "")

    def token(self, **changes: Any) -> str:
        claims = self.issuer.managed_identity_claims("https://127.0.0.1", MANAGED_IDENTITY)
        return self.issuer.keys.sign(claims | changes)


async def _start(application: web.Application) -> tuple[web.AppRunner, str]:
    sock = service.bind(0)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.SockSite(runner, sock).start()
    return runner, f"http://{service.HOST}:{service.port_of(sock)}"


@pytest.fixture
async def account() -> AsyncIterator[Account]:
    issuer = Issuer(origin="http://127.0.0.1:1", keys=KeyRing(), directory=load())
    issuing, issuer_url = await _start(build_app(issuer))
    store = Store()
    cosmos = Cosmos(store, entra=EntraKeys(f"{issuer_url}/keys", store.clock))
    serving, url = await _start(cosmos.application())
    yield Account(cosmos=cosmos, issuer=issuer, url=url)
    await serving.cleanup()
    await issuing.cleanup()
    store.close()


async def test_a_managed_identitys_token_for_this_account_passes(account: Account) -> None:
    assert (await account.ask(account.token()))[0] == 200


async def test_a_token_signed_after_a_rotation_passes(account: Account) -> None:
    assert (await account.ask(account.token()))[0] == 200
    account.issuer.keys.rotate()
    assert (await account.ask(account.token()))[0] == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "https://storage.azure.com"},
        {"aud": ["https://127.0.0.1"]},
        {"exp": int(time.time()) - 600},
        {"exp": "soon"},
        {"nbf": int(time.time()) + 3600},
    ],
)
async def test_a_token_of_another_audience_or_time_is_refused(account: Account, changes: dict[str, Any]) -> None:
    assert (await account.ask(account.token(**changes)))[0] == 401


async def test_a_forged_token_is_refused(account: Account) -> None:
    claims = account.issuer.managed_identity_claims("https://127.0.0.1", MANAGED_IDENTITY)
    ring = KeyRing()
    assert (await account.ask(ring.sign(claims)))[0] == 401
    assert (await account.ask(ring.sign(claims, {"kid": account.issuer.keys.current.kid})))[0] == 401


async def test_an_issuer_out_of_reach_is_503_and_not_a_pass() -> None:
    store = Store()
    with service.bind(0) as unused:
        keys = EntraKeys(f"http://127.0.0.1:{service.port_of(unused)}/keys", store.clock)
        serving, url = await _start(Cosmos(store, entra=keys).application())
        issuer = Issuer(origin="http://127.0.0.1:1", keys=KeyRing(), directory=load())
        token = issuer.keys.sign(issuer.managed_identity_claims("https://127.0.0.1", MANAGED_IDENTITY))
        headers = {"authorization": f"type%3Daad%26ver%3D1.0%26sig%3D{token}"}
        async with (
            asyncio.timeout(10),
            aiohttp.ClientSession() as session,
            session.get(f"{url}/dbs", headers=headers) as answer,
        ):
            assert answer.status == 503
        await serving.cleanup()
    store.close()


async def test_strict_leaves_databases_and_containers_to_the_key(account: Account) -> None:
    assert (await account.ask(account.token(), "POST"))[0] == 201
    account.cosmos.rules.enabled = True
    assert await account.ask(account.token(), "POST") == (403, "5300")
    assert await account.ask(account.token(), "DELETE", "/dbs/d") == (403, "5300")
    assert (await account.ask(account.token()))[0] == 200


async def test_the_real_managed_identity_credential_works_unmodified_over_tls(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    issuer = Issuer(origin="http://127.0.0.1:1", keys=KeyRing(), directory=load())
    issuing, issuer_url = await _start(build_app(issuer))
    monkeypatch.setenv("IDENTITY_ENDPOINT", f"{issuer_url}/msi/token")
    monkeypatch.setenv("IDENTITY_HEADER", "local-identity-header")
    monkeypatch.setenv("AZURE_TOKEN_CREDENTIALS", "ManagedIdentityCredential")
    flags = ("--tls", "--certs", str(tmp_path), "--entra-keys", f"{issuer_url}/keys")
    async with DefaultAzureCredential() as credential:
        with started(*flags) as (_, url):
            async with CosmosClient(url, credential) as client:
                container = await (await client.create_database("app")).create_container("c", PartitionKey("/pk"))
                assert (await container.create_item({"id": "a", "pk": "p"}))["id"] == "a"
    await issuing.cleanup()
