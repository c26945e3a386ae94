"""Append to a conversation's log, and read it.

An append is one transactional batch: a *key* event first (create-only), further events, the head last under its
ETag. So it is atomic, totally ordered (gap-free `seq`), idempotent under retry, redelivery and replay, and never
acts on a stale right: when somebody else appended, the decision is made again on the new head.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from shared import ids
from shared.clock import utc_now
from shared.containers import GROUPS, SESSIONS, log_container
from shared.cosmos import BatchFailed, Cosmos, Create, Operation
from shared.errors import CommandRefused
from shared.event_log.appending import Appending
from shared.event_log.documents import (
    Manifest,
    MemberDocument,
    event_from,
    head_document,
    head_from,
    live_from,
    manifest_document,
    manifest_from,
    member_document,
)
from shared.event_log.head import Head, VersionedHead
from shared.event_log.memory import LogMemory
from shared.event_log.records import RECORD_QUERY, record_from, record_parameters
from shared.event_log.shapes import (
    AppendResult,
    Decide,
    Record,
    VersionedLive,
)
from shared.event_log.texts import MessageTexts
from shared.protocol.codes import ErrorCode
from shared.protocol.events import StoredEvent

DUE_QUERY = "SELECT TOP 100 c.conversation_id FROM c WHERE c.claim.check_after <= @now ORDER BY c.claim.check_after"


def conversation_not_found() -> CommandRefused:
    """Return the refusal for a conversation that does not exist, or is not the asker's: the two look alike."""
    return CommandRefused("There is no such conversation.", code=ErrorCode.CONVERSATION_NOT_FOUND)


class EventLog:
    """The logs of all conversations."""

    def __init__(self, cosmos: Cosmos, now: Callable[[], datetime] = utc_now) -> None:
        self._cosmos = cosmos
        self._now = now
        self.memory = LogMemory()
        self.texts = MessageTexts(cosmos, self.memory)
        self.appending = Appending(cosmos, self.memory, self, now)

    async def create(self, conversation_id: str, head: Head, members: Sequence[MemberDocument] = ()) -> bool:
        """Create an empty log, of a group with its first `members`; False when it exists."""
        created: list[Operation] = [
            *(Create(document=member_document(conversation_id, member)) for member in members),
            Create(document=head_document(conversation_id, head)),
        ]
        result = await self._cosmos.batch(log_container(conversation_id), conversation_id, created)
        if isinstance(result, BatchFailed):
            return False
        self.memory.created(conversation_id, VersionedHead(head=head, etag=result[-1]["eTag"]))
        return True

    async def head(self, conversation_id: str) -> VersionedHead:
        """Return the head.

        Raises:
            CommandRefused: with `conversation_not_found`.

        """
        document = await self._cosmos.read(log_container(conversation_id), conversation_id, ids.HEAD)
        if document is None:
            raise conversation_not_found()
        head = head_from(document)
        self.check(conversation_id, head.head)
        self.memory.saw_head(conversation_id, head)
        return head

    async def known_head(self, conversation_id: str) -> Head:
        """Return the head as this process saw it last, or as it is: at least as new as what it appended or read."""
        known = self.memory.head(conversation_id)
        return (known or await self.head(conversation_id)).head

    def check(self, conversation_id: str, head: Head) -> None:
        """Forget a conversation that is gone.

        Raises:
            CommandRefused: with `conversation_not_found`, if it is.

        """
        if head.is_gone(self._now().timestamp()):
            self.memory.erase(conversation_id)
            raise conversation_not_found()

    async def heads(self, conversation_ids: list[str]) -> dict[str, Head]:
        """Return the heads of those that still exist; all are sessions, or all are groups."""
        keys = [(ids.HEAD, conversation_id) for conversation_id in conversation_ids]
        documents = await self._cosmos.read_many(log_container(next(iter(conversation_ids), "")), keys)
        heads = {document["conversation_id"]: head_from(document).head for document in documents}
        return {key: head for key, head in heads.items() if not head.is_gone(self._now().timestamp())}

    async def append(self, conversation_id: str, decide: Decide, known: VersionedHead | None = None) -> AppendResult:
        """Append what `decide` makes of the newest head.

        A head that was read or written before (`known`, or the last this process saw) saves reading it: if it is out of
        date the ETag says so. Only a decision *against* appending is always made on a head just read.

        Raises:
            CommandRefused: from `decide`, or when the conversation does not exist.
            StoreUnavailable: the store failed, or others won the race too often.

        """
        return await self.appending.append(conversation_id, decide, known)

    async def event(self, conversation_id: str, event_id: str) -> StoredEvent | None:
        document = await self._cosmos.read(log_container(conversation_id), conversation_id, event_id)
        return None if document is None else event_from(document)

    async def private_text(self, conversation_id: str, event_id: str) -> str | None:
        """Return what is kept beside an event and never sent."""
        document = await self._cosmos.read(log_container(conversation_id), conversation_id, event_id)
        return None if document is None else document.get("private_text")

    async def live(self, conversation_id: str) -> VersionedLive | None:
        document = await self._cosmos.read(log_container(conversation_id), conversation_id, ids.LIVE)
        return None if document is None else VersionedLive(live=live_from(document), etag=document["_etag"])

    async def events_after(self, conversation_id: str, after: int, limit: int) -> tuple[StoredEvent, ...]:
        """Return up to `limit` events with `seq` above `after`, in order."""
        documents = await self._cosmos.query(
            log_container(conversation_id),
            "SELECT * FROM c WHERE c.kind = 'event' AND c.seq > @after ORDER BY c.seq OFFSET 0 LIMIT @limit",
            {"@after": after, "@limit": limit},
            conversation_id,
        )
        return tuple(event_from(document) for document in documents)

    async def record(self, conversation_id: str, *, after: int = 0, manifest_id: str | None = None) -> Record:
        """Return head, live text, the events above `after` and, if named, the manifest, in one query.

        Raises:
            CommandRefused: with `conversation_not_found`.

        """
        documents = await self._cosmos.query(
            log_container(conversation_id), RECORD_QUERY, record_parameters(after, manifest_id), conversation_id
        )
        record = record_from(documents)
        if record is None:
            raise conversation_not_found()
        self.check(conversation_id, record.head.head)
        self.memory.saw_record(conversation_id, after, manifest_id, record)
        return record

    async def due(self, now: float) -> list[str]:
        """Return conversations whose claim is due, the longest due first; one of two queries that cross partitions."""
        found: list[str] = []
        for container in (SESSIONS, GROUPS):
            rows = await self._cosmos.query(container, DUE_QUERY, {"@now": now}, None)
            found += [row["conversation_id"] for row in rows]
        return found

    async def pin(self, conversation_id: str, manifest_id: str, manifest: Manifest, *, ttl: int | None = None) -> None:
        """Store a manifest, for `ttl` seconds or for good; its content names it: storing it twice changes nothing."""
        document = manifest_document(manifest_id, conversation_id, manifest, ttl)
        await self._cosmos.create(log_container(conversation_id), document)
        self.memory.saw_manifest(conversation_id, manifest_id, manifest)

    async def keep_manifest(self, conversation_id: str, manifest_id: str) -> None:
        """Let a manifest that was stored for a while stay for good."""
        manifest = await self.manifest(conversation_id, manifest_id)
        if manifest is not None:
            document = manifest_document(manifest_id, conversation_id, manifest, ttl=None)
            await self._cosmos.upsert(log_container(conversation_id), document)

    async def manifest(self, conversation_id: str, manifest_id: str) -> Manifest | None:
        document = await self._cosmos.read(log_container(conversation_id), conversation_id, manifest_id)
        return None if document is None else manifest_from(document)
