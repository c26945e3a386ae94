"""What is kept of a person's sign-in: what their last validated token granted."""

import asyncio
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from shared.containers import CREDENTIALS
from shared.cosmos import Cosmos
from shared.errors import NotAllowed
from shared.protocol.codes import ErrorCode
from shared.protocol.shapes import Participant
from shared.usage.teams import UNASSIGNED

_GRANT = "grant"
_RECENT_SECONDS = 15
_MAX_RECENT = 1_000
GRANT_SECONDS = 12 * 3600
"""How long a validated sign-in counts for work that goes on without the person, such as a queued turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What a person's last validated token granted; never the token itself."""

    principal: str
    name: str
    email: str | None
    roles: frozenset[str]
    team: str = UNASSIGNED
    checked_at: str

    def participant(self) -> Participant:
        return Participant(kind="person", id=self.principal, name=self.name)


class People:
    """Grants, partitioned by principal."""

    def __init__(self, cosmos: Cosmos) -> None:
        self._cosmos = cosmos
        self._recent: OrderedDict[str, tuple[datetime, Grant]] = OrderedDict()

    async def remember(self, grant: Grant) -> None:
        document = {
            "id": _GRANT,
            "principal": grant.principal,
            "name": grant.name,
            "email": grant.email,
            "roles": sorted(grant.roles),
            "team": grant.team,
            "checked_at": grant.checked_at,
            "ttl": GRANT_SECONDS,
        }
        await self._cosmos.upsert(CREDENTIALS, document)

    async def recent_grant(self, principal: str, now: datetime) -> Grant:
        """Return what the person may do as it was up to 15 seconds ago; for showing, never for letting through.

        Raises:
            NotAllowed: with `sign_in_stale` when the last sign-in is too long ago.

        """
        known = self._recent.get(principal)
        if known is not None and (now - known[0]).total_seconds() < _RECENT_SECONDS:
            return known[1]
        grant = await self.grant(principal, now)
        self._recent[principal] = (now, grant)
        self._recent.move_to_end(principal)
        if len(self._recent) > _MAX_RECENT:
            self._recent.popitem(last=False)
        return grant

    async def name(self, principal: str) -> str:
        """Return the person's name as their last sign-in told it, or the principal where that is not known any more."""
        document = await self._cosmos.read(CREDENTIALS, principal, _GRANT)
        return principal if document is None else document["name"]

    async def names(self, principals: Iterable[str]) -> dict[str, str]:
        """Return the names of those whose last sign-in is still kept; one reading each, all at once."""
        found = await asyncio.gather(*(self._cosmos.read(CREDENTIALS, principal, _GRANT) for principal in principals))
        return {document["principal"]: document["name"] for document in found if document is not None}

    async def grant(self, principal: str, now: datetime) -> Grant:
        """Return what the person may do.

        Raises:
            NotAllowed: with `sign_in_stale` when the last sign-in is too long ago.

        """
        document = await self._cosmos.read(CREDENTIALS, principal, _GRANT)
        if document is None or _age_seconds(document["checked_at"], now) > GRANT_SECONDS:
            raise NotAllowed("Your sign-in is too long ago. Sign in again.", code=ErrorCode.SIGN_IN_STALE)
        return Grant(
            principal=principal,
            name=document["name"],
            email=document["email"],
            roles=frozenset(document["roles"]),
            team=document.get("team", UNASSIGNED),
            checked_at=document["checked_at"],
        )


def _age_seconds(checked_at: str, now: datetime) -> float:
    return (now - datetime.fromisoformat(checked_at)).total_seconds()
