"""What is kept per person: which conversations they belong to, and what their last validated token granted."""

from dataclasses import dataclass
from datetime import datetime

from shared.containers import CREDENTIALS, PEOPLE
from shared.cosmos import Cosmos, Document
from shared.errors import NotAllowed
from shared.protocol.codes import ErrorCode
from shared.protocol.shapes import Participant
from shared.usage.teams import UNASSIGNED

_GRANT = "grant"
_AFTER_ALL = "\x7f"
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """A person belongs to a conversation. `order` sorts by when they joined, and is unique per person."""

    conversation_id: str
    order: str


class People:
    """Membership entries and grants, partitioned by principal."""

    def __init__(self, cosmos: Cosmos) -> None:
        self._cosmos = cosmos

    async def join(self, principal: str, conversation_id: str, at: str, *, ttl: int) -> None:
        """Note that the conversation belongs to the person, for `ttl` seconds unless it is kept."""
        await self._cosmos.create(PEOPLE, _membership(principal, conversation_id, at) | {"ttl": ttl})

    async def keep(self, principal: str, conversation_id: str, at: str) -> None:
        """Note it for good."""
        await self._cosmos.upsert(PEOPLE, _membership(principal, conversation_id, at))

    async def conversations(self, principal: str, *, before: str | None, limit: int) -> list[Membership]:
        """Return up to `limit` memberships, newest first, older than `before` (a `Membership.order`) if given."""
        rows = await self._cosmos.query(
            PEOPLE,
            "SELECT c.id, c['order'] FROM c WHERE c.kind = 'membership' AND c['order'] < @before "
            "ORDER BY c['order'] DESC OFFSET 0 LIMIT @limit",
            {"@before": before or _AFTER_ALL, "@limit": limit},
            principal,
        )
        return [Membership(conversation_id=row["id"], order=row["order"]) for row in rows]

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


def _membership(principal: str, conversation_id: str, at: str) -> Document:
    return {
        "id": conversation_id,
        "principal": principal,
        "kind": "membership",
        "joined_at": at,
        "order": f"{at}.{conversation_id}",
        "read_seq": 0,
    }


def _age_seconds(checked_at: str, now: datetime) -> float:
    return (now - datetime.fromisoformat(checked_at)).total_seconds()
