"""What somebody who watches over the app wants to know: logged at once, and kept for administrators to look at.

Names who and what, never what was said, and no credential. Keeping is best effort: the log line stands either way.
"""

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shared.clock import iso
from shared.containers import SECURITY
from shared.cosmos import Cosmos
from shared.errors import StoreUnavailable
from shared.redaction import one_line

_LOG = logging.getLogger("salescoach.security")
_DETAIL_CHARACTERS = 300
_DAY_CHARACTERS = len("2026-11-22")
_BEFORE_ALL = "\x7f"


class SecurityKind(StrEnum):
    """What happened."""

    TOKEN_OF_ANOTHER = "token_of_another"  # noqa: S105 - a word, not a secret
    """A frame carried the token of somebody else than the connection's person."""
    ROLE_NOT_GRANTED = "role_not_granted"
    """A frame claimed a role the token does not grant."""
    OTHER_EMAIL = "other_email"
    """A frame named an e-mail address that is not the person's."""
    ADMIN_ACCESS = "admin_access"
    """Somebody looked at what only administrators may see."""
    ADMIN_INTERVENED = "admin_intervened"
    """An administrator acted in a group by their app role: removed somebody, or stopped a turn."""
    ACCESS_REFUSED = "access_refused"
    """Somebody asked for that without the role."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityEvent:
    """One event; `at` is UTC in ISO 8601, `id` orders events of a day."""

    id: str
    at: str
    kind: str
    principal: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Of:
    """Which events are meant: of a kind, of a person, or of all where that is None."""

    kind: SecurityKind | None = None
    principal: str | None = None


ALL = Of()


class SecurityEvents:
    """Reports and lists security events, one partition for each day."""

    def __init__(self, cosmos: Cosmos, now: Callable[[], datetime]) -> None:
        self._cosmos = cosmos
        self._now = now

    async def report(self, kind: SecurityKind, principal: str, detail: str = "") -> None:
        """Log the event and keep it. Never fails: what cannot be kept is in the log."""
        at, told = iso(self._now()), one_line(detail)[:_DETAIL_CHARACTERS]
        level = logging.INFO if kind is SecurityKind.ADMIN_ACCESS else logging.WARNING
        _LOG.log(level, "%s principal=%s %s", kind.value, principal, told)
        digest = hashlib.sha256(f"{at}{kind}{principal}{told}".encode()).hexdigest()[:12]
        document = {
            "id": f"{at}.{digest}",
            "day": at[:_DAY_CHARACTERS],
            "at": at,
            "kind": kind.value,
            "principal": principal,
            "detail": told,
        }
        try:
            await self._cosmos.upsert(SECURITY, document)
        except StoreUnavailable:
            _LOG.warning("the event above could not be kept")

    async def of_day(self, day: str, *, before: str | None, limit: int, of: Of = ALL) -> list[SecurityEvent]:
        """Return up to `limit` events of a day (`2026-11-22`), newest first, older than `before` (an event's id).

        Raises:
            StoreUnavailable: try again.

        """
        values: dict[str, object] = {"@before": before or _BEFORE_ALL, "@limit": limit}
        where = "c.id < @before"
        for name, value in (("kind", of.kind and of.kind.value), ("principal", of.principal)):
            if value is not None:
                where += f" AND c.{name} = @{name}"
                values[f"@{name}"] = value
        text = (
            f"SELECT c.id, c.at, c.kind, c.principal, c.detail FROM c WHERE {where} "  # noqa: S608 - names of this module; values are parameters
            "ORDER BY c.id DESC OFFSET 0 LIMIT @limit"
        )
        rows = await self._cosmos.query(SECURITY, text, values, day)
        return [
            SecurityEvent(**{name: row[name] for name in ("id", "at", "kind", "principal", "detail")}) for row in rows
        ]
