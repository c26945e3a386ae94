"""The issuer's public keys: found by OIDC discovery, kept, and renewed when tokens ask for it."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import aiohttp
import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from shared.credential import is_private_channel
from shared.errors import SettingsInvalid, SignInUnavailable

_TIMEOUT = aiohttp.ClientTimeout(total=5)
_RENEW_EVERY = timedelta(hours=6)
_KEEP_FOR = timedelta(hours=48)
_BETWEEN_RENEWALS = timedelta(seconds=30)
_BETWEEN_FIRST_TRIES = timedelta(seconds=2)
_MAX_DOCUMENT_BYTES = 1024 * 1024
_MIN_KEY_BITS = 2048
_OK = 200
_NEVER = datetime.min.replace(tzinfo=UTC)

_log = logging.getLogger(__name__)


class _Unusable(Exception):  # noqa: N818 - never leaves this module
    """What the issuer answered cannot be used; the text says why, without quoting it."""


@dataclass(frozen=True, slots=True)
class _KeySet:
    keys: Mapping[str, RSAPublicKey] = field(default_factory=dict[str, RSAPublicKey])
    fetched_at: datetime = _NEVER


class SigningKeys:
    """RSA keys by id. They outlive an outage of the issuer by two days."""

    def __init__(self, issuer: str, now: Callable[[], datetime]) -> None:
        """Fetch nothing yet.

        Raises:
            SettingsInvalid: `issuer` is not an https URL (http is for this machine only).

        """
        if not is_private_channel(issuer):
            raise SettingsInvalid("AUTH_ISSUER must be an https URL")
        self._issuer = issuer
        self._now = now
        self._set = _KeySet()
        self._tried_at = _NEVER
        self._fetch = asyncio.Lock()
        self._session: aiohttp.ClientSession | None = None

    async def find(self, key_id: str) -> RSAPublicKey | None:
        """Return the key of that id, None when the issuer has none; asks the issuer at most every 30 seconds.

        Raises:
            SignInUnavailable: no keys are known and none can be fetched.

        """
        known = self._usable() and key_id in self._set.keys
        # A known key goes on serving while somebody else renews the set.
        if self._is_due(key_id) and not (known and self._fetch.locked()):
            async with self._fetch:
                if self._is_due(key_id):
                    await self._renew()
        if not self._usable():
            raise SignInUnavailable("Sign-in cannot be checked just now. Please try again shortly.")
        return self._set.keys.get(key_id)

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _usable(self) -> bool:
        return bool(self._set.keys) and self._age() < _KEEP_FOR

    def _age(self) -> timedelta:
        return self._now() - self._set.fetched_at

    def _is_due(self, key_id: str) -> bool:
        if not self._usable():
            return self._now() - self._tried_at >= _BETWEEN_FIRST_TRIES
        wanted = key_id not in self._set.keys or self._age() >= _RENEW_EVERY
        return wanted and self._now() - self._tried_at >= _BETWEEN_RENEWALS

    async def _renew(self) -> None:
        try:
            keys = await self._fetched()
        except (aiohttp.ClientError, TimeoutError, OSError, _Unusable) as error:
            _log.warning("the issuer's keys could not be fetched: %s", error if str(error) else type(error).__name__)
        else:
            self._set = _KeySet(keys=keys, fetched_at=self._now())
        self._tried_at = self._now()

    async def _fetched(self) -> Mapping[str, RSAPublicKey]:
        discovery = await self._document(f"{self._issuer.rstrip('/')}/.well-known/openid-configuration")
        if discovery.get("issuer") != self._issuer:
            raise _Unusable("the discovery document names another issuer")
        url = discovery.get("jwks_uri")
        if not isinstance(url, str) or not is_private_channel(url):
            raise _Unusable("the discovery document names no safe address for the keys")
        listed = (await self._document(url)).get("keys")
        if not isinstance(listed, list):
            raise _Unusable("the key document lists no keys")
        keys = dict(found for one in cast("list[object]", listed) if (found := _key(one)))
        if not keys:
            raise _Unusable("the key document lists no usable keys")
        return keys

    async def _document(self, url: str) -> Mapping[str, Any]:
        self._session = self._session or aiohttp.ClientSession(timeout=_TIMEOUT, cookie_jar=aiohttp.DummyCookieJar())
        async with self._session.get(url, allow_redirects=False) as response:
            if response.status != _OK:
                raise _Unusable(f"the issuer answered with status {response.status}")
            if (response.content_length or 0) > _MAX_DOCUMENT_BYTES:
                raise _Unusable("the issuer's document is too large")
            try:
                document: object = await response.json(content_type=None)
            except (ValueError, RecursionError):
                raise _Unusable("the issuer's document is not JSON") from None
        if not isinstance(document, dict):
            raise _Unusable("the issuer's document is not an object")
        return cast("Mapping[str, Any]", document)


def _key(described: object) -> tuple[str, RSAPublicKey] | None:
    """Return a key's id and the key if it is an RSA signing key of decent size; issuers list others too."""
    if not isinstance(described, dict):
        return None
    fields = cast("dict[str, Any]", described)
    key_id = fields.get("kid")
    if not isinstance(key_id, str) or fields.get("kty") != "RSA" or fields.get("use", "sig") != "sig":
        return None
    try:
        key: object = jwt.PyJWK(fields, algorithm="RS256").key
    except jwt.PyJWTError:
        return None
    return (key_id, key) if isinstance(key, RSAPublicKey) and key.key_size >= _MIN_KEY_BITS else None
