"""Deleting a conversation: a tombstone in place of its head, then all its text, everywhere it is kept.

::

    alive ──bury──► tombstone, to be erased ──erase──► empty, looked at once more ──erase──► empty, forgotten in a month
      │ temporary and over, or unused for too long: the sweep buries it

The tombstone decides: from then on the conversation opens as missing and every append is refused, also a running
turn's. What is left to do stands in the tombstone (`erase_after`), so a crash loses nothing: the sweep goes on with it.
The second look finds what somebody who read the old head wrote after the first.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from shared import ids
from shared.blob import BlobStore
from shared.clock import iso
from shared.common_questions.store import forget_questions
from shared.containers import GROUPS, RESULTS, SESSIONS, log_container
from shared.cosmos import BatchFailed, Cosmos, Delete, Operation, Replace
from shared.errors import SalesCoachError, StoreUnavailable
from shared.event_log.documents import head_document, head_from
from shared.event_log.head import Head, VersionedHead
from shared.feedback import Feedback
from shared.memberships import Memberships
from shared.protocol.ephemeral import ListUpdated
from shared.publisher import wire
from shared.telemetry.work import timed_work
from shared.web_pubsub import WebPubSub

DUE_QUERY = "SELECT TOP 100 c.conversation_id FROM c WHERE c.erase_after <= @now OR c.used_at <= @unused_since"
DUE_GROUPS_QUERY = (
    "SELECT TOP 100 c.conversation_id FROM c WHERE c.erase_after <= @now "
    "OR (c.updated_at <= @unused_since AND NOT IS_DEFINED(c.deleted_at))"
)
"""A group is used by whatever is appended to it."""
GRACE_SECONDS = 60.0
"""How long whoever buried a conversation has for erasing it, before the sweep does."""
LATE_SECONDS = 900.0
"""When nobody who read the old head can be writing any more: longer than any model step or tool call."""
TOMBSTONE_SECONDS = 30 * 24 * 3600
_MAX_RACES = 30
_BATCH = 100
_TEXT_QUERY = "SELECT c.id FROM c WHERE c.id != @head AND c.kind != 'member' OFFSET 0 LIMIT @limit"
_REST_QUERY = "SELECT c.id FROM c WHERE c.id != @head OFFSET 0 LIMIT @limit"
_AT_ONCE = 10

_LOG = logging.getLogger(__name__)


class Erasure:
    """Buries and erases conversations.

    `hubs` are that of sessions and of persons, and that of groups. `retention` is how long an unused conversation is
    kept; None: until it is deleted.
    """

    def __init__(
        self,
        cosmos: Cosmos,
        blobs: BlobStore,
        memberships: Memberships,
        feedback: Feedback,
        hubs: tuple[WebPubSub, WebPubSub],
        now: Callable[[], datetime],
        retention: timedelta | None = None,
    ) -> None:
        self._cosmos = cosmos
        self._blobs = blobs
        self._memberships = memberships
        self._feedback = feedback
        self._hub, self._group_hub = hubs
        self._now = now
        self._retention = retention

    async def bury(self, conversation_id: str, *, epoch: int | None = None) -> Head | None:
        """Put a tombstone in place of the head and return it; the one that is there, or None without a head.

        Who decided by what somebody is in a group names the `epoch` in which they are.

        Raises:
            StoreUnavailable: nothing is known to have changed.

        """
        for _ in range(_MAX_RACES):
            found = await self._head(conversation_id)
            if found is None or found.head.deleted_at is not None:
                return None if found is None else found.head
            if epoch is not None and found.head.epoch != epoch:
                raise StoreUnavailable("The members of the group have just changed. Nothing was done; try again.")
            tombstone = self._tombstone(found.head)
            if await self._replace(conversation_id, tombstone, found.etag):
                _LOG.info("conversation %s is deleted", conversation_id)
                return tombstone
        raise StoreUnavailable("The conversation is very busy. Nothing was changed; try again.", after_ms=500)

    async def erase(self, conversation_id: str) -> None:
        """Erase what is left of a buried conversation and tell its people; any part of it may be repeated.

        Raises:
            StoreUnavailable, PublishFailed: the sweep goes on with it.

        """
        found = await self._head(conversation_id)
        if found is None or found.head.deleted_at is None:
            return
        people = await self._people(conversation_id, found.head)
        await self._each(people, lambda person: self._memberships.leave(person, conversation_id))
        await self._blobs.delete_all(RESULTS, f"{conversation_id}/")
        begun = datetime.fromisoformat(found.head.created_at).date()
        await self._feedback.forget(conversation_id, begun, self._now().date())
        await forget_questions(
            self._cosmos, conversation_id, datetime.fromisoformat(found.head.created_at), self._now()
        )
        await self._empty(conversation_id, _TEXT_QUERY)
        await self._each(people, lambda person: self._tell(conversation_id, person))
        # Who its people were is forgotten last: whoever goes on after a crash has to tell them.
        await self._empty(conversation_id, _REST_QUERY)
        await self._replace(conversation_id, self._erased(found.head), found.etag)

    async def sweep(self) -> int:
        """Bury and erase what is due, at most 100 sessions and 100 groups; returns how many there were."""
        now = self._now()
        unused_since = iso(now - self._retention) if self._retention else ""
        due = {"@now": now.timestamp(), "@unused_since": unused_since}
        rows = await self._cosmos.query(SESSIONS, DUE_QUERY, due, None)
        rows += await self._cosmos.query(GROUPS, DUE_GROUPS_QUERY, due, None)
        for conversation_id in (row["conversation_id"] for row in rows):
            try:
                with timed_work("eraser"):
                    await self.bury(conversation_id)
                    await self.erase(conversation_id)
            except SalesCoachError as error:
                # The next sweep finds it again; one bad conversation must not hide the others.
                _LOG.warning("erasing %s failed: %s", conversation_id, error.code)
            except Exception:  # noqa: BLE001 - the boundary: a defect met in one conversation must not stop the sweep
                _LOG.exception("erasing %s failed unexpectedly", conversation_id)
        return len(rows)

    def _tombstone(self, head: Head) -> Head:
        """Return what stays: no word of what was said. The next `seq` tells whoever remembers the old head."""
        now = self._now()
        return Head(
            owner=head.owner,
            seq=head.seq + 1,
            created_at=head.created_at,
            updated_at=iso(now),
            deleted_at=iso(now),
            erase_after=now.timestamp() + GRACE_SECONDS,
        )

    def _erased(self, tombstone: Head) -> Head:
        late = datetime.fromisoformat(tombstone.deleted_at or tombstone.updated_at).timestamp() + LATE_SECONDS
        if self._now().timestamp() < late:
            return tombstone.model_copy(update={"erase_after": late})
        return tombstone.model_copy(update={"erase_after": None, "ttl": TOMBSTONE_SECONDS})

    async def _people(self, conversation_id: str, head: Head) -> tuple[str, ...]:
        """Return everybody in whose list the conversation may be."""
        if not ids.is_group(conversation_id):
            return (head.owner,)
        rows = await self._cosmos.query(
            GROUPS, "SELECT c.principal FROM c WHERE c.kind = 'member'", {}, conversation_id
        )
        return tuple(row["principal"] for row in rows)

    async def _tell(self, conversation_id: str, person: str) -> None:
        gone = ListUpdated(conversation_id=conversation_id, change="deleted")
        await self._hub.send_to_user(person, wire(gone))
        hub = self._group_hub if ids.is_group(conversation_id) else self._hub
        for group in (ids.audience_group(conversation_id), ids.delta_group(conversation_id)):
            await hub.dismiss_user(person, group)

    async def _each(self, people: tuple[str, ...], do: Callable[[str], Awaitable[None]]) -> None:
        room = asyncio.Semaphore(_AT_ONCE)

        async def one(person: str) -> None:
            async with room:
                await do(person)

        await asyncio.gather(*(one(person) for person in people))

    async def _empty(self, conversation_id: str, query: str) -> None:
        """Delete every document of the conversation that the query names."""
        container, named = log_container(conversation_id), {"@head": ids.HEAD, "@limit": _BATCH}
        while rows := await self._cosmos.query(container, query, named, conversation_id):
            operations: list[Operation] = [Delete(document_id=row["id"]) for row in rows]
            # One that expired or was deleted in between fails the batch: what is there is looked up again.
            await self._cosmos.batch(container, conversation_id, operations)

    async def _head(self, conversation_id: str) -> VersionedHead | None:
        document = await self._cosmos.read(log_container(conversation_id), conversation_id, ids.HEAD)
        return None if document is None else head_from(document)

    async def _replace(self, conversation_id: str, head: Head, etag: str) -> bool:
        replace = Replace(document=head_document(conversation_id, head), etag=etag)
        result = await self._cosmos.batch(log_container(conversation_id), conversation_id, [replace])
        return not isinstance(result, BatchFailed)
