"""Bearer tokens of an OpenID Connect issuer, for REST calls made with an identity instead of the key."""

import logging
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import jwt

from local.web_pubsub.tokens import TokenError

_log = logging.getLogger(__name__)
_AUDIENCES = ["https://webpubsub.azure.com", "https://webpubsub.azure.com/"]
_V1_ISSUER = "https://sts.windows.net/{tenant}/"  # who managed identities' tokens for this audience name
_REFRESH_SECONDS = 10.0
_TIMEOUT = aiohttp.ClientTimeout(total=5)


class EntraTokens:
    """Verifies RS256 tokens with the issuer's published keys, fetched when an unknown key id turns up."""

    def __init__(self, issuer: str, session: aiohttp.ClientSession) -> None:
        self._issuer = issuer
        self._session = session
        self._keys: dict[str, jwt.PyJWK] = {}
        self._issuers = [issuer]
        self._fetched = float("-inf")

    async def verify(self, token: str) -> None:
        """Check one token for this service.

        Raises:
            TokenError: signature, issuer, audience or lifetime is wrong, or no keys can be had.

        """
        try:
            key = await self._key(str(jwt.get_unverified_header(token).get("kid", "")))
            jwt.decode(
                token,
                key,
                algorithms=["RS256"],
                audience=_AUDIENCES,
                issuer=self._issuers,
                options={"require": ["exp", "aud", "iss"]},
            )
        except jwt.PyJWTError as error:
            raise TokenError(str(error)) from error

    async def _key(self, key_id: str) -> jwt.PyJWK:
        if key_id not in self._keys and monotonic() - self._fetched > _REFRESH_SECONDS:
            self._fetched = monotonic()
            await self._fetch()
        try:
            return self._keys[key_id]
        except KeyError as error:
            raise TokenError(f"the issuer {self._issuer} has no key {key_id!r}") from error

    async def _fetch(self) -> None:
        base = self._issuer.rstrip("/")
        try:
            metadata = await self._get(f"{base}/.well-known/openid-configuration")
            keys = jwt.PyJWKSet.from_dict(await self._get(str(metadata["jwks_uri"])))
        except (aiohttp.ClientError, TimeoutError, KeyError, ValueError, jwt.PyJWTError) as error:
            raise TokenError(f"no keys from {self._issuer}: {error!r}") from error
        tenant = urlsplit(self._issuer).path.strip("/").partition("/")[0]
        self._issuers = [str(metadata.get("issuer", self._issuer)), _V1_ISSUER.format(tenant=tenant)]
        self._keys = {key.key_id: key for key in keys.keys if key.key_id is not None}

    async def _get(self, url: str) -> dict[str, Any]:
        async with self._session.get(url, timeout=_TIMEOUT, raise_for_status=True) as response:
            return await response.json()
