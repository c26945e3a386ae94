"""Who is talking to us: Entra access tokens, validated, and what a frame may narrow of them."""

import logging
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

import jwt

from shared.errors import NotAllowed
from shared.identity_keys import SigningKeys
from shared.protocol.codes import ErrorCode
from shared.usage.teams import NO_TEAMS, UNASSIGNED, TeamGroups

_MAX_TOKEN_BYTES = 16 * 1024
_LEEWAY_S = 60
_MAX_NAME_CHARACTERS = 200
_ALGORITHM = "RS256"
_SCHEME = "bearer"
_TOKEN_TYPES = frozenset({"jwt", "at+jwt"})
_LATEST = 253_402_300_799  # the end of the year 9999
_KEY_ID = re.compile(r"[A-Za-z0-9_.\-]{1,128}")
_GUID_PATTERN = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_GUID = re.compile(_GUID_PATTERN, re.IGNORECASE)
_ISSUER_TENANT = re.compile(rf"/({_GUID_PATTERN})(?:/|$)", re.IGNORECASE)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """A signed-in person. `id` is `<tenant>.<object id>`; `name` and `email` are for show, never for deciding.

    `roles` are app roles, `groups` Entra group ids in the token's order (empty when the token leaves them out), `team`
    what `TEAM_GROUPS` makes of them.
    """

    id: str
    tenant: str
    name: str
    email: str | None
    roles: frozenset[str]
    groups: tuple[str, ...]
    team: str = UNASSIGNED
    expires_at: datetime


def narrowed_roles(granted: frozenset[str], claimed: str | None) -> tuple[frozenset[str], bool]:
    """Return the roles to act with, and whether the claim went beyond the token: report that as a security event."""
    if not claimed:
        return granted, False
    if claimed in granted:
        return frozenset({claimed}), False
    return granted, True


class TokenValidator:
    """Accepts a person's access token from one issuer, made for one audience."""

    def __init__(self, issuer: str, audience: str, now: Callable[[], datetime], teams: TeamGroups = NO_TEAMS) -> None:
        """Fetch nothing yet. `issuer` and `audience` are compared exactly; `teams` says which groups make a team.

        Raises:
            SettingsInvalid: `issuer` is not an https URL (http is for this machine only).

        """
        self._issuer = issuer
        self._audience = audience
        self._now = now
        self._teams = teams
        self._keys = SigningKeys(issuer, now)
        tenant = _ISSUER_TENANT.search(issuer)
        self._tenant = tenant.group(1).lower() if tenant else None

    async def validate(self, authorization: str | None) -> Principal:
        """Return who an `Authorization` header (`Bearer <token>`) proves.

        Raises:
            NotAllowed: with code `TOKEN_MISSING`, `TOKEN_INVALID` or `TOKEN_EXPIRED`.
            SignInUnavailable: the issuer's keys are not known and cannot be fetched.

        """
        claims = await self._claims(authorization)
        return self._principal(claims, self._checked_times(claims))

    async def validate_app(self, authorization: str | None, caller: str) -> None:
        """Check that the header proves one app: the managed identity whose object id is `caller`.

        Raises:
            NotAllowed, SignInUnavailable: as for a person.

        """
        claims = await self._claims(authorization)
        self._checked_times(claims)
        if _guid(claims.get("oid")) != caller.lower() or self._tenant not in (None, _guid(claims.get("tid"))):
            raise _invalid("another app")

    async def _claims(self, authorization: str | None) -> Mapping[str, Any]:
        """Return the claims of a token of ours; its times are not checked yet."""
        token = _bearer(authorization)
        key = await self._keys.find(_key_id(token))
        if key is None:
            raise _invalid("unknown key")
        try:
            return jwt.decode(
                token,
                key,
                algorithms=[_ALGORITHM],
                audience=self._audience,
                issuer=self._issuer,
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
            raise _invalid(type(error).__name__) from None

    async def close(self) -> None:
        """Close the connections."""
        await self._keys.close()

    def _checked_times(self, claims: Mapping[str, Any]) -> datetime:
        now = self._now().timestamp()
        expires = _seconds(claims.get("exp"))
        starts = _seconds(claims.get("nbf", 0))
        if expires is None or starts is None:
            raise _invalid("malformed times")
        if starts > now + _LEEWAY_S:
            raise _invalid("not valid yet")
        if expires + _LEEWAY_S <= now:
            raise NotAllowed("Your sign-in has expired. Please sign in again.", code=ErrorCode.TOKEN_EXPIRED)
        return datetime.fromtimestamp(expires, UTC)

    def _principal(self, claims: Mapping[str, Any], expires_at: datetime) -> Principal:
        tenant, person = _guid(claims.get("tid")), _guid(claims.get("oid"))
        if tenant is None or person is None:
            raise _invalid("no tenant or person id")
        if self._tenant not in (None, tenant):
            raise _invalid("another tenant")
        if claims.get("idtyp") == "app" or not _shown(claims.get("scp")):
            # Without a scope it is an app's own token, or an id token: neither lets a person act here.
            raise _invalid("not an access token of a person")
        email = _shown(claims.get("email"))
        signed_in_as = _shown(claims.get("preferred_username"))
        groups = _texts(claims.get("groups"))
        return Principal(
            id=f"{tenant}.{person}",
            tenant=tenant,
            name=_shown(claims.get("name")) or signed_in_as or "Unnamed",
            email=email or (signed_in_as if "@" in signed_in_as else None),
            roles=frozenset(_texts(claims.get("roles"))),
            groups=groups,
            team=self._team(claims, f"{tenant}.{person}", groups),
            expires_at=expires_at,
        )

    def _team(self, claims: Mapping[str, Any], principal: str, groups: tuple[str, ...]) -> str:
        if self._teams.teams and _has_too_many_groups(claims):
            _log.warning("the token of %s leaves its groups out, they are too many: its team is unassigned", principal)
        return self._teams.team_of(groups)


def _has_too_many_groups(claims: Mapping[str, Any]) -> bool:
    """Return whether Entra named a place to ask for the groups instead of the groups (an "overage")."""
    elsewhere = claims.get("_claim_names")
    return (isinstance(elsewhere, Mapping) and "groups" in elsewhere) or claims.get("hasgroups") is True


def _bearer(authorization: str | None) -> str:
    scheme, _, token = (authorization or "").strip().partition(" ")
    token = token.strip()
    if scheme.lower() != _SCHEME or not token:
        raise NotAllowed("Please sign in.", code=ErrorCode.TOKEN_MISSING)
    if len(token) > _MAX_TOKEN_BYTES or not token.isascii():
        raise _invalid("size or characters")
    return token


def _key_id(token: str) -> str:
    """Check the token's header, which nobody has vouched for yet, and return the id of the key to check it with."""
    try:
        header = jwt.get_unverified_header(token)
    except (jwt.PyJWTError, ValueError, RecursionError):
        raise _invalid("malformed") from None
    key_id = header.get("kid")
    if header.get("alg") != _ALGORITHM:
        raise _invalid("algorithm")
    if str(header.get("typ", "JWT")).lower() not in _TOKEN_TYPES:
        raise _invalid("token type")
    if not isinstance(key_id, str) or not _KEY_ID.fullmatch(key_id):
        raise _invalid("key id")
    return key_id


def _invalid(reason: str) -> NotAllowed:
    """Log why (never what the token says) and return the error for the person."""
    _log.info("a token was refused: %s", reason)
    return NotAllowed("Your sign-in could not be verified. Please sign in again.", code=ErrorCode.TOKEN_INVALID)


def _seconds(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value <= _LATEST and math.isfinite(value) else None


def _guid(value: object) -> str | None:
    return value.lower() if isinstance(value, str) and _GUID.fullmatch(value) else None


def _shown(value: object) -> str:
    text = value if isinstance(value, str) else ""
    return "".join(character for character in text if character.isprintable()).strip()[:_MAX_NAME_CHARACTERS]


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        return ()
    return tuple(text for text in cast("list[object]", value) if isinstance(text, str) and text)
