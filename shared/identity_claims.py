"""Reading what a token or the platform says of a person: every claim is checked for shape, none is trusted for show."""

import logging
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from shared.errors import NotAllowed
from shared.protocol.codes import ErrorCode
from shared.usage.teams import UNASSIGNED, TeamGroups

GUID_PATTERN = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_LEEWAY_S = 60
_MAX_NAME_CHARACTERS = 200
_LATEST = 253_402_300_799  # the end of the year 9999
_GUID = re.compile(GUID_PATTERN, re.IGNORECASE)

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


def invalid(reason: str) -> NotAllowed:
    """Log why (never what the token says) and return the error for the person."""
    _log.info("a token was refused: %s", reason)
    return NotAllowed("Your sign-in could not be verified. Please sign in again.", code=ErrorCode.TOKEN_INVALID)


def checked_times(claims: Mapping[str, Any], now: datetime) -> datetime:
    """Return when the token expires.

    Raises:
        NotAllowed: it has expired, or is not valid yet.

    """
    expires = _seconds(claims.get("exp"))
    starts = _seconds(claims.get("nbf", 0))
    if expires is None or starts is None:
        raise invalid("malformed times")
    if starts > now.timestamp() + _LEEWAY_S:
        raise invalid("not valid yet")
    if expires + _LEEWAY_S <= now.timestamp():
        raise NotAllowed("Your sign-in has expired. Please sign in again.", code=ErrorCode.TOKEN_EXPIRED)
    return datetime.fromtimestamp(expires, UTC)


def person_of(claims: Mapping[str, Any], tenant: str | None, expires_at: datetime, teams: TeamGroups) -> Principal:
    """Return the person the claims name, who must be of `tenant` (None: any).

    Raises:
        NotAllowed: they name no person, an app, or a person of another tenant.

    """
    own, person = guid(claims.get("tid")), guid(claims.get("oid"))
    if own is None or person is None:
        raise invalid("no tenant or person id")
    if tenant not in (None, own):
        raise invalid("another tenant")
    if claims.get("idtyp") == "app" or not _shown(claims.get("scp")):
        # Without a scope it is an app's own token, or an id token: neither lets a person act here.
        raise invalid("not an access token of a person")
    email = _shown(claims.get("email"))
    signed_in_as = _shown(claims.get("preferred_username"))
    groups = _texts(claims.get("groups"))
    if teams.teams and _has_too_many_groups(claims):
        _log.warning("the token of %s.%s leaves its groups out, they are too many: its team is unassigned", own, person)
    return Principal(
        id=f"{own}.{person}",
        tenant=own,
        name=_shown(claims.get("name")) or signed_in_as or "Unnamed",
        email=email or (signed_in_as if "@" in signed_in_as else None),
        roles=frozenset(_texts(claims.get("roles"))),
        groups=groups,
        team=teams.team_of(groups),
        expires_at=expires_at,
    )


def guid(value: object) -> str | None:
    return value.lower() if isinstance(value, str) and _GUID.fullmatch(value) else None


def _has_too_many_groups(claims: Mapping[str, Any]) -> bool:
    """Return whether Entra named a place to ask for the groups instead of the groups (an "overage")."""
    elsewhere = claims.get("_claim_names")
    return (isinstance(elsewhere, Mapping) and "groups" in elsewhere) or claims.get("hasgroups") is True


def _seconds(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value <= _LATEST and math.isfinite(value) else None


def _shown(value: object) -> str:
    text = value if isinstance(value, str) else ""
    return "".join(character for character in text if character.isprintable()).strip()[:_MAX_NAME_CHARACTERS]


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        return ()
    return tuple(text for text in cast("list[object]", value) if isinstance(text, str) and text)
