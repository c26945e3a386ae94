"""An issuer in the test's own loop."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import aiohttp
import jwt
import pytest
from aiohttp import web

from local.identity.directory import TENANT, load
from local.identity.issuer import AUDIENCE, Issuer
from local.identity.keys import KeyRing
from local.identity.server import build_app
from local.service import bind, port_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Local:
    """A running issuer and plain HTTP; cookies are kept per session."""

    origin: str
    http: aiohttp.ClientSession

    @property
    def issuer(self) -> str:
        return f"{self.origin}/{TENANT}/v2.0"

    async def get(self, url: str) -> Any:
        async with self.http.get(url) as response:
            assert response.status == 200, await response.text()
            return await response.json()

    async def mint(self, **order: Any) -> str:
        async with self.http.post(f"{self.origin}/_token", json=order) as response:
            assert response.status == 200, await response.text()
            return (await response.json())["access_token"]

    async def token(self, **form: str) -> tuple[int, dict[str, Any]]:
        async with self.http.post(f"{self.origin}/token", data=form) as response:
            return response.status, await response.json()

    async def decode(self, token: str, audience: str = AUDIENCE) -> dict[str, Any]:
        """Validate a token the way the app does: by the published keys, strictly."""
        keys = jwt.PyJWKSet.from_dict(await self.get(f"{self.origin}/keys"))
        key = keys[jwt.get_unverified_header(token)["kid"]]
        required = ["exp", "nbf", "iat", "iss", "aud", "sub"]
        return jwt.decode(
            token, key, algorithms=["RS256"], audience=audience, issuer=self.issuer, options={"require": required}
        )


@pytest.fixture(scope="session")
def keys() -> KeyRing:
    return KeyRing()


@pytest.fixture
def skew() -> float:
    return 0.0


@pytest.fixture
async def local(keys: KeyRing, skew: float) -> AsyncIterator[Local]:
    sock = bind(0)
    origin = f"http://127.0.0.1:{port_of(sock)}"
    runner = web.AppRunner(build_app(Issuer(origin=origin, keys=keys, directory=load(), skew=skew)), access_log=None)
    await runner.setup()
    await web.SockSite(runner, sock).start()
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
        yield Local(origin=origin, http=http)
    await runner.cleanup()
