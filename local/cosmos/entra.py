"""Entra tokens as the service checks them: signed by the issuer's published keys, for this account, in their time."""

from typing import Final
from urllib.parse import urlsplit

import aiohttp
import jwt
from jwt.types import Options

from local.cosmos.clock import Clock
from local.cosmos.errors import CosmosError, unauthorized

_LEEWAY_SECONDS: Final = 300
_TIMEOUT: Final = aiohttp.ClientTimeout(total=5)
# Times and audience are compared here, by the emulator's own clock and address.
_OPTIONS: Final[Options] = {
    "verify_exp": False,
    "verify_nbf": False,
    "verify_iat": False,
    "verify_aud": False,
    "require": ["exp", "nbf", "aud", "iss", "oid"],
}


class EntraKeys:
    """Verifies against the JSON Web Key Set at `url`, which is read again whenever a token names an unknown key."""

    def __init__(self, url: str, clock: Clock) -> None:
        self._url = url
        self._clock = clock
        self._known: dict[str, jwt.PyJWK] = {}

    async def verify(self, token: str, base_url: str) -> None:
        """Let a token for the account at `base_url` pass.

        Raises:
            CosmosError: 401 it is no such token, 503 the keys cannot be read.

        """
        try:
            key = await self._key(str(jwt.get_unverified_header(token).get("kid")))
            claims = jwt.decode(token, key, algorithms=["RS256"], options=_OPTIONS)
        except jwt.PyJWTError as error:
            raise unauthorized(f"The Entra token is not valid: {error}") from error
        host = urlsplit(base_url).hostname
        if claims["aud"] not in (f"https://{host}", "https://cosmos.azure.com"):
            raise unauthorized(f"The Entra token is for {claims['aud']}, not for this account.")
        start, end = claims["nbf"], claims["exp"]
        if not isinstance(start, int | float) or not isinstance(end, int | float):
            raise unauthorized("The Entra token's lifetime is not given in numbers.")
        if not start - _LEEWAY_SECONDS <= self._clock.now() < end + _LEEWAY_SECONDS:
            raise unauthorized("The Entra token is not within its lifetime.")

    async def _key(self, kid: str) -> jwt.PyJWK:
        if kid not in self._known:
            await self._read()
        try:
            return self._known[kid]
        except KeyError:
            raise unauthorized(f"The Entra token is signed by an unknown key {kid!r}.") from None

    async def _read(self) -> None:
        try:
            async with aiohttp.ClientSession(timeout=_TIMEOUT) as session, session.get(self._url) as answer:
                keys = jwt.PyJWKSet.from_dict(await answer.json())
        except (TimeoutError, aiohttp.ClientError, ValueError, jwt.PyJWTError) as error:
            raise CosmosError(503, f"The issuer's keys at {self._url} cannot be read: {error}") from error
        self._known = {key.key_id: key for key in keys.keys if key.key_id is not None}
