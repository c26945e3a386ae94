from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Self

import aiohttp
import jwt
import pytest
from aiohttp import web
from azure.core.credentials import AccessToken
from azure.messaging.webpubsubservice.aio import WebPubSubServiceClient
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from local.service import HOST
from local.web_pubsub.app import Service, running
from local.web_pubsub.settings import DEV_ACCESS_KEY, Settings

AUDIENCE = "https://webpubsub.azure.com"


async def status(service: Service, authorization: str | None, path: str = "/api/hubs/chat/:send") -> int:
    headers = {} if authorization is None else {"Authorization": authorization}
    async with (
        aiohttp.ClientSession() as session,
        session.post(service.url + path, data=b"x", headers=headers) as response,
    ):
        return response.status


def key_token(audience: str, key: str = DEV_ACCESS_KEY, minutes: int = 1) -> str:
    claims = {"aud": audience, "exp": datetime.now(UTC) + timedelta(minutes=minutes)}
    return "Bearer " + jwt.encode(claims, key, algorithm="HS256")


async def test_the_audience_is_the_full_url_with_or_without_its_query(service: Service) -> None:
    path = "/api/hubs/chat/groups/a%2Fb/:send?api-version=2024-12-01"
    assert await status(service, key_token(service.url + path), path) == 202
    assert await status(service, key_token(service.url + path.partition("?")[0]), path) == 202


@pytest.mark.parametrize("wrong", ["none", "basic", "garbage", "key", "path", "host", "expired", "alg"])
async def test_a_wrong_token_is_401(service: Service, wrong: str) -> None:
    url = f"{service.url}/api/hubs/chat/:send"
    unsigned = jwt.encode({"aud": url, "exp": 2**31}, "", algorithm="none")
    authorization = {
        "none": None,
        "basic": "Basic eDp5",
        "garbage": "Bearer x.y.z",
        "key": key_token(url, "some other key of at least 32 bytes length"),
        "path": key_token(f"{service.url}/api/hubs/other/:send"),
        "host": key_token("http://other.example/api/hubs/chat/:send"),
        "expired": key_token(url, minutes=-10),
        "alg": f"Bearer {unsigned}",
    }[wrong]
    assert await status(service, authorization) == 401


class Issuer:
    """An OpenID issuer with one signing key that can be rotated."""

    def __init__(self) -> None:
        self.url = ""
        self.fetches = 0
        self.rotate("k1")

    def rotate(self, key_id: str) -> None:
        self.key_id = key_id
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    async def metadata(self, _: web.Request) -> web.Response:
        return web.json_response({"issuer": self.url, "jwks_uri": f"{self.url}/keys"})

    async def keys(self, _: web.Request) -> web.Response:
        self.fetches += 1
        public = RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        return web.json_response({"keys": [{**public, "kid": self.key_id, "use": "sig", "alg": "RS256"}]})

    def token(self, **changes: Any) -> str:
        claims = {"iss": self.url, "aud": AUDIENCE, "exp": datetime.now(UTC) + timedelta(minutes=5), **changes}
        return jwt.encode(claims, self.key, algorithm="RS256", headers={"kid": self.key_id})


@asynccontextmanager
async def issuer_running() -> AsyncGenerator[Issuer]:
    issuer = Issuer()
    app = web.Application()
    app.router.add_get("/t/v2.0/.well-known/openid-configuration", issuer.metadata)
    app.router.add_get("/t/v2.0/keys", issuer.keys)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, HOST, 0).start()
    issuer.url = f"http://{HOST}:{runner.addresses[0][1]}/t/v2.0"
    yield issuer
    await runner.cleanup()


class Credential:
    def __init__(self, token: str) -> None:
        self._token = token

    async def get_token(self, *scopes: str, **options: Any) -> AccessToken:
        return AccessToken(self._token, 2**31)

    async def close(self) -> None:
        return

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, exc_type: object = None, exc_value: object = None, traceback: object = None) -> None:
        return


async def test_the_sdk_works_with_an_identity(settings: Settings) -> None:
    async with (
        issuer_running() as issuer,
        running(replace(settings, issuer=issuer.url)) as service,
        WebPubSubServiceClient(service.url, "chat", Credential(issuer.token()), enforce_https=False) as sdk,
    ):
        await sdk.send_to_all("x", enforce_https=False)
        made = await sdk.get_client_access_token(user_id="u", enforce_https=False)
        assert made["url"].startswith(service.url.replace("http", "ws"))
        assert issuer.fetches == 1


@pytest.mark.parametrize("wrong", ["audience", "issuer", "expired", "signature"])
async def test_an_identitys_token_must_be_right(settings: Settings, wrong: str) -> None:
    async with issuer_running() as issuer, running(replace(settings, issuer=issuer.url)) as service:
        assert await status(service, f"Bearer {issuer.token()}") == 202
        changes: dict[str, Any] = {
            "audience": {"aud": "https://graph.microsoft.com"},
            "issuer": {"iss": "https://elsewhere"},
            "expired": {"exp": datetime.now(UTC) - timedelta(minutes=1)},
            "signature": {},
        }[wrong]
        if wrong == "signature":
            issuer.rotate(issuer.key_id)
        assert await status(service, f"Bearer {issuer.token(**changes)}") == 401


async def test_a_managed_identitys_token_names_the_tenants_first_version_issuer(settings: Settings) -> None:
    async with issuer_running() as issuer, running(replace(settings, issuer=issuer.url)) as service:
        assert await status(service, f"Bearer {issuer.token(iss='https://sts.windows.net/t/')}") == 202
        assert await status(service, f"Bearer {issuer.token(iss='https://sts.windows.net/other/')}") == 401


async def test_without_an_issuer_identities_are_refused(service: Service) -> None:
    async with issuer_running() as issuer:
        assert await status(service, f"Bearer {issuer.token()}") == 401
        assert issuer.fetches == 0
