"""Who App Service authentication says is signed in, where it stands in front of the app.

The platform removes the header from what clients send and sets its own. That it does so is proven by settings only the
platform makes: without them `APP_SERVICE_AUTH` is refused at start, and without `APP_SERVICE_AUTH` the header is never
read. What it says is then held to the same rules as a token, but for the signature, which the platform has checked.
"""

import base64
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, cast

from shared.identity_claims import Principal, checked_times, invalid, person_of
from shared.identity_issuers import Issuers
from shared.usage.teams import TeamGroups

HEADER = "x-ms-client-principal"
_MAX_HEADER = 32 * 1024
_LISTS = frozenset({"roles", "groups"})
_TIMES = frozenset({"exp", "nbf"})
_SHORT = {
    "http://schemas.microsoft.com/identity/claims/objectidentifier": "oid",
    "http://schemas.microsoft.com/identity/claims/tenantid": "tid",
    "http://schemas.microsoft.com/identity/claims/scope": "scp",
    "http://schemas.microsoft.com/ws/2008/06/identity/claims/role": "roles",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress": "email",
}
"""Long names the platform may give claims, by the token's own."""


class PlatformIdentity:
    """Reads the platform's header."""

    def __init__(self, issuers: Issuers, audience: str, now: Callable[[], datetime], teams: TeamGroups) -> None:
        self._issuers = issuers
        self._audience = audience
        self._now = now
        self._teams = teams

    def person(self, header: str) -> Principal:
        """Return the person the header names.

        Raises:
            NotAllowed: it cannot be read, or names nobody who may sign in here.

        """
        claims = _claims(header)
        issuer = self._issuers.of(claims.get("tid"))
        if issuer is None or claims.get("iss") != issuer.url or claims.get("aud") != self._audience:
            raise invalid("the platform's sign-in is from elsewhere or for another app")
        return person_of(claims, issuer.tenant, checked_times(claims, self._now()), self._teams)


def _claims(header: str) -> Mapping[str, Any]:
    if len(header) > _MAX_HEADER:
        raise invalid("the platform's header is too long")
    try:
        told: object = json.loads(base64.b64decode(header, validate=True))
    except (ValueError, RecursionError):
        raise invalid("the platform's header is malformed") from None
    listed: object = cast("dict[str, object]", told).get("claims") if isinstance(told, dict) else None
    if not isinstance(listed, list):
        raise invalid("the platform's header is malformed")
    claims: dict[str, Any] = {}
    for entry in cast("list[object]", listed):
        if isinstance(entry, dict):
            _take(claims, cast("dict[str, object]", entry))
    return claims


def _take(claims: dict[str, Any], entry: Mapping[str, object]) -> None:
    """Note one claim. One that may only stand once counts as nothing when it stands there twice."""
    long, value = entry.get("typ"), entry.get("val")
    if not isinstance(long, str) or not isinstance(value, str):
        return
    name = _SHORT.get(long, long)
    if name in _LISTS:
        claims.setdefault(name, []).append(value)
    elif name in claims:
        claims[name] = None
    else:
        claims[name] = int(value) if name in _TIMES and value.isdecimal() else value
