"""Which conversations a person belongs to: small entries of their own partition, so that a list reads nobody else's.

An entry's `order` sorts the list: what is pinned first, then by last use. It is not written per message: whoever asks
moves the entry only when it was last moved `LISTED_SECONDS` ago (`docs/adr/0015-sessions-over-http.md`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from shared.containers import PEOPLE
from shared.cosmos import BatchFailed, Cosmos, Delete, Document, Replace
from shared.errors import StoreUnavailable

LISTED_SECONDS = 300
"""How far a list's order may lag behind the last use of a conversation."""
_MAX_RACES = 10
_AFTER_ALL = "\x7f"
_PINNED = "p."
"""Sorts behind every time, so that it comes first in a descending list."""

GROUP = "group"
"""The kind of an entry for a group; who belongs to it is said beside its log, an entry only finds it."""

type Shelf = Literal["membership", "archived"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """A person belongs to a conversation. `order` is unique per person."""

    conversation_id: str
    order: str


class Memberships:
    """Membership entries, partitioned by principal."""

    def __init__(self, cosmos: Cosmos) -> None:
        self._cosmos = cosmos

    async def join(self, principal: str, conversation_id: str, at: str, *, ttl: int) -> None:
        """Note that the conversation belongs to the person, for `ttl` seconds unless it is used."""
        await self._cosmos.create(PEOPLE, _entry(principal, conversation_id, at) | {"ttl": ttl})

    async def belong(self, principal: str, group_id: str, at: str) -> None:
        """Note that the person belongs to a group, or is invited; fine when it is noted."""
        entry = _entry(principal, group_id, at) | {"kind": GROUP}
        await self._cosmos.create(PEOPLE, entry)

    async def groups(self, principal: str) -> dict[str, int]:
        """Return the groups that are noted, each with how far (`seq`) the person has read."""
        rows = await self._cosmos.query(
            PEOPLE, "SELECT c.id, c.read_seq FROM c WHERE c.kind = @kind", {"@kind": GROUP}, principal
        )
        return {row["id"]: row.get("read_seq", 0) for row in rows}

    async def read_seq(self, principal: str, group_id: str) -> int:
        """Return how far (`seq`) the person has read in the group."""
        entry = await self._cosmos.read(PEOPLE, principal, group_id)
        return 0 if entry is None else entry.get("read_seq", 0)

    async def used(self, principal: str, conversation_id: str, at: str, *, first: bool) -> None:
        """Move the conversation up in the list; its `first` use keeps the entry for good, if need be makes it anew."""

        def moved(entry: Document) -> Document:
            kept = {name: value for name, value in entry.items() if name != "ttl"}
            return kept | {"used_at": at, "order": _order(at, conversation_id, pinned=entry.get("pinned", False))}

        if not await self._change(principal, conversation_id, moved) and first:
            await self._cosmos.create(PEOPLE, _entry(principal, conversation_id, at))

    async def mark(self, principal: str, conversation_id: str, *, pinned: bool, archived: bool, version: int) -> None:
        """Show the conversation as its head says, unless a later `version` of that was shown already."""

        def marked(entry: Document) -> Document | None:
            if entry.get("marks", 0) > version:
                return None
            shelf: Shelf = "archived" if archived else "membership"
            order = _order(entry.get("used_at", entry["joined_at"]), conversation_id, pinned=pinned)
            return entry | {"kind": shelf, "pinned": pinned, "order": order, "marks": version}

        await self._change(principal, conversation_id, marked)

    async def leave(self, principal: str, conversation_id: str) -> None:
        """Remove the entry; fine when there is none."""
        await self._cosmos.batch(PEOPLE, principal, [Delete(document_id=conversation_id)])

    async def page(
        self, principal: str, *, before: str | None, limit: int, shelf: Shelf | None = "membership"
    ) -> list[Membership]:
        """Return up to `limit` memberships in the list's order, behind `before` (a `Membership.order`) if given.

        `shelf` None returns archived ones too.
        """
        rows = await self._cosmos.query(
            PEOPLE,
            "SELECT c.id, c['order'] FROM c WHERE c.kind IN (@one, @other) AND c['order'] < @before "
            "ORDER BY c['order'] DESC OFFSET 0 LIMIT @limit",
            {
                "@one": shelf or "membership",
                "@other": shelf or "archived",
                "@before": before or _AFTER_ALL,
                "@limit": limit,
            },
            principal,
        )
        return [Membership(conversation_id=row["id"], order=row["order"]) for row in rows]

    async def _change(
        self, principal: str, conversation_id: str, change: Callable[[Document], Document | None]
    ) -> bool:
        """Replace the entry under its ETag; False when there is none."""
        for _ in range(_MAX_RACES):
            entry = await self._cosmos.read(PEOPLE, principal, conversation_id)
            if entry is None:
                return False
            changed = change({name: value for name, value in entry.items() if not name.startswith("_")})
            if changed is None:
                return True
            replace = Replace(document=changed, etag=entry["_etag"])
            result = await self._cosmos.batch(PEOPLE, principal, [replace])
            if not isinstance(result, BatchFailed):
                return True
        raise StoreUnavailable("Your list of conversations is very busy. Try again.")


def _entry(principal: str, conversation_id: str, at: str) -> Document:
    return {
        "id": conversation_id,
        "principal": principal,
        "kind": "membership",
        "joined_at": at,
        "used_at": at,
        "order": _order(at, conversation_id, pinned=False),
        "read_seq": 0,
    }


def _order(at: str, conversation_id: str, *, pinned: bool) -> str:
    return f"{_PINNED if pinned else ''}{at}.{conversation_id}"
