"""Tokens made and checked with the access key: client access, REST calls, reconnection."""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from urllib.parse import unquote

import jwt

_log = logging.getLogger(__name__)
_LEEWAY = timedelta(minutes=5)
_RECONNECTION = timedelta(days=7)
_RECONNECTION_ISSUER = "https://webpubsub.azure.com"


class TokenError(Exception):
    """The token is missing, wrong or expired."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientClaims:
    """What a client token grants; `claims` are all claims as lists of strings, for the connect event."""

    user_id: str | None
    roles: tuple[str, ...]
    groups: tuple[str, ...]
    claims: Mapping[str, list[str]]


NOBODY = ClientClaims(user_id=None, roles=(), groups=(), claims={})


def _strings(value: object) -> list[str]:
    if isinstance(value, list):
        return [str(item) for item in cast("list[object]", value)]
    return [str(value)]


def _comparable(audience: str) -> str:
    """Undo percent-encoding: HTTP clients re-encode a URL after the SDK has signed its own spelling."""
    return unquote(audience).lower()


class Tokens:
    """Signs HS256 tokens with the first access key and verifies them with any; a key is its UTF-8 bytes."""

    def __init__(self, *access_keys: str) -> None:
        self._keys = tuple(key.encode() for key in access_keys)
        self._key = self._keys[0]

    def _decode(self, token: str, audiences: Iterable[str]) -> dict[str, Any]:
        wanted = {_comparable(audience) for audience in audiences}
        claims = self._verified(token)
        found = {_comparable(audience) for audience in _strings(claims.get("aud", ""))}
        if not wanted & found:
            raise TokenError(f"the audience {sorted(found)} is not {sorted(wanted)}")
        return claims

    def _verified(self, token: str) -> dict[str, Any]:
        options: Any = {"require": ["exp"], "verify_aud": False, "verify_iat": False, "verify_sub": False}
        failure = TokenError("there is no access key")
        for key in self._keys:
            try:
                return jwt.decode(token, key, algorithms=["HS256"], leeway=_LEEWAY, options=options)
            except jwt.InvalidSignatureError as error:
                failure = TokenError(str(error))
            except jwt.PyJWTError as error:
                raise TokenError(str(error)) from error
        raise failure

    def client(self, token: str, audiences: Iterable[str]) -> ClientClaims:
        """Return the claims of a client access token for one of `audiences`.

        Raises:
            TokenError: signature, audience or lifetime is wrong.

        """
        claims = self._decode(token, audiences)
        subject = claims.get("sub")
        return ClientClaims(
            user_id=None if subject is None else str(subject),
            roles=tuple(_strings(claims.get("role", []))),
            groups=tuple(_strings(claims.get("webpubsub.group", []))),
            claims={name: _strings(value) for name, value in claims.items()},
        )

    def rest(self, token: str, url: str) -> None:
        """Check the token of one REST call to `url`, which it names with or without its query.

        Raises:
            TokenError: signature, audience or lifetime is wrong.

        """
        self._decode(token, {url, url.partition("?")[0]})

    def make_client(self, audience: str, user_id: str | None, roles: list[str], groups: list[str], minutes: int) -> str:
        """Return a client access token."""
        now = datetime.now(UTC)
        claims: dict[str, Any] = {"aud": audience, "iat": now, "exp": now + timedelta(minutes=minutes)}
        if user_id:
            claims["sub"] = user_id
        if roles:
            claims["role"] = roles
        if groups:
            claims["webpubsub.group"] = groups
        return jwt.encode(claims, self._key, algorithm="HS256")

    def reconnection(self, connection_id: str) -> str:
        """Return a token that lets the holder continue this connection, for a week at most."""
        claims = {
            "aud": connection_id,
            "iss": _RECONNECTION_ISSUER,
            "exp": datetime.now(UTC) + _RECONNECTION,
        }
        return jwt.encode(claims, self._key, algorithm="HS256")

    def reconnects(self, token: str, connection_id: str) -> bool:
        try:
            jwt.decode(
                token,
                self._key,
                algorithms=["HS256"],
                audience=connection_id,
                issuer=_RECONNECTION_ISSUER,
                options={"require": ["exp", "aud", "iss"]},
            )
        except jwt.PyJWTError as error:
            _log.info("reconnection token of %s refused: %s", connection_id, error)
            return False
        return True
