"""Who is talking to us: Entra access tokens, validated, and what a frame may narrow of them."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

import jwt

from shared.errors import NotAllowed
from shared.identity_claims import Principal, checked_times, guid, invalid, person_of
from shared.identity_issuers import Issuer, Issuers
from shared.identity_platform import HEADER, PlatformIdentity
from shared.protocol.codes import ErrorCode
from shared.usage.teams import NO_TEAMS, TeamGroups

__all__ = ["Principal", "TokenValidator", "narrowed_roles"]

_MAX_TOKEN_BYTES = 16 * 1024
_ALGORITHM = "RS256"
_SCHEME = "bearer"
_TOKEN_TYPES = frozenset({"jwt", "at+jwt"})
_KEY_ID = re.compile(r"[A-Za-z0-9_.\-]{1,128}")


def narrowed_roles(granted: frozenset[str], claimed: str | None) -> tuple[frozenset[str], bool]:
    """Return the roles to act with, and whether the claim went beyond the token: report that as a security event."""
    if not claimed:
        return granted, False
    if claimed in granted:
        return frozenset({claimed}), False
    return granted, True


class TokenValidator:
    """Accepts a person's access token from the issuers that count, made for one audience."""

    def __init__(
        self,
        issuer: str,
        audience: str,
        now: Callable[[], datetime],
        teams: TeamGroups = NO_TEAMS,
        *,
        tenants: Iterable[str] = (),
        behind_platform: bool = False,
    ) -> None:
        """Fetch nothing yet. `issuer` and `audience` are compared exactly; `teams` says which groups make a team.

        `issuer` may name the tenant as `{tenantid}`: then `tenants` are those that may sign in. `behind_platform` says
        that App Service authentication stands in front of the app.

        Raises:
            SettingsInvalid: `issuer` is not an https URL (http is for this machine only), or `tenants` do not fit it.

        """
        self._audience = audience
        self._now = now
        self._teams = teams
        self._issuers = Issuers(issuer, tenants, now)
        self._platform = PlatformIdentity(self._issuers, audience, now, teams) if behind_platform else None

    async def prepare(self) -> None:
        """Fetch the issuers' keys; raises `SignInUnavailable` as `validate` does."""
        await self._issuers.prepare()

    async def of_request(self, headers: Mapping[str, str]) -> Principal:
        """Return who sends a request (header names in lower case): by its token, else by the platform's word.

        Raises:
            NotAllowed, SignInUnavailable: as `validate` raises them.

        """
        authorization, told = headers.get("authorization"), headers.get(HEADER)
        if authorization is None and told is not None and self._platform is not None:
            return self._platform.person(told)
        return await self.validate(authorization)

    async def validate(self, authorization: str | None) -> Principal:
        """Return who an `Authorization` header (`Bearer <token>`) proves.

        Raises:
            NotAllowed: with code `TOKEN_MISSING`, `TOKEN_INVALID` or `TOKEN_EXPIRED`.
            SignInUnavailable: the issuer's keys are not known and cannot be fetched.

        """
        claims, issuer = await self._claims(authorization)
        return person_of(claims, issuer.tenant, checked_times(claims, self._now()), self._teams)

    async def validate_app(self, authorization: str | None, caller: str) -> None:
        """Check that the header proves one app: the managed identity whose object id is `caller`.

        Raises:
            NotAllowed, SignInUnavailable: as for a person.

        """
        claims, issuer = await self._claims(authorization)
        checked_times(claims, self._now())
        if guid(claims.get("oid")) != caller.lower() or issuer.tenant not in (None, guid(claims.get("tid"))):
            raise invalid("another app")

    async def _claims(self, authorization: str | None) -> tuple[Mapping[str, Any], Issuer]:
        """Return the claims of a token of ours, and whose it is; its times are not checked yet."""
        token = _bearer(authorization)
        key_id = _key_id(token)
        issuer = self._issuers.of(_claimed_tenant(token))
        if issuer is None:
            raise invalid("a tenant that may not sign in")
        key = await issuer.keys.find(key_id)
        if key is None:
            raise invalid("unknown key")
        try:
            claims = jwt.decode(
                token,
                key,
                algorithms=[_ALGORITHM],
                audience=self._audience,
                issuer=issuer.url,
                # The times are checked by our own clock, which tests can set.
                options={
                    "require": ["exp", "iss", "aud"],
                    "strict_aud": True,
                    "verify_exp": False,
                    "verify_nbf": False,
                    "verify_iat": False,
                },
            )
        except (jwt.PyJWTError, ValueError, RecursionError) as error:
            raise invalid(type(error).__name__) from None
        return claims, issuer

    async def close(self) -> None:
        """Close the connections."""
        await self._issuers.close()


def _bearer(authorization: str | None) -> str:
    scheme, _, token = (authorization or "").strip().partition(" ")
    token = token.strip()
    if scheme.lower() != _SCHEME or not token:
        raise NotAllowed("Please sign in.", code=ErrorCode.TOKEN_MISSING)
    if len(token) > _MAX_TOKEN_BYTES or not token.isascii():
        raise invalid("size or characters")
    return token


def _key_id(token: str) -> str:
    """Check the token's header, which nobody has vouched for yet, and return the id of the key to check it with."""
    try:
        header = jwt.get_unverified_header(token)
    except (jwt.PyJWTError, ValueError, RecursionError):
        raise invalid("malformed") from None
    key_id = header.get("kid")
    if header.get("alg") != _ALGORITHM:
        raise invalid("algorithm")
    if str(header.get("typ", "JWT")).lower() not in _TOKEN_TYPES:
        raise invalid("token type")
    if not isinstance(key_id, str) or not _KEY_ID.fullmatch(key_id):
        raise invalid("key id")
    return key_id


def _claimed_tenant(token: str) -> object:
    """Return the tenant the token claims, before anything vouches for it: it only chooses among those allowed."""
    try:
        return jwt.decode(token, options={"verify_signature": False}).get("tid")
    except (jwt.PyJWTError, ValueError, RecursionError):
        raise invalid("malformed") from None
