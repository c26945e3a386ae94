"""People's memories in the container `people`: one document each under its ETag, and what every version told.

A version is written in the transaction that makes it, and only if something of it can be told; so whoever was told a
version finds it, and using one writes nothing. An entry that is deleted is blanked in all of them: which ones are due
stands in the memory itself, so that a crash in between loses nothing.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import batched

from shared import ids
from shared.containers import PEOPLE
from shared.cosmos import BatchFailed, Cosmos, Create, Document, Operation, Replace
from shared.errors import StoreUnavailable
from shared.memory import EntryKind, Memory
from shared.stored import Stored

RECENT_SECONDS = 15
"""How long a process may go on using a memory that was changed elsewhere."""
_MAX_RECENT = 1_000
_MAX_RACES = 20
_BATCH = 50

type Decide = Callable[[Memory], Memory]


class EntryTold(Stored):
    """An entry as it was told. `text` is None once the entry was deleted."""

    id: str
    kind: EntryKind
    text: str | None


class Memories:
    """The memories of all people."""

    def __init__(self, cosmos: Cosmos, now: Callable[[], datetime]) -> None:
        self._cosmos = cosmos
        self._now = now
        self._recent: OrderedDict[str, tuple[datetime, Memory]] = OrderedDict()

    async def of(self, principal: str) -> Memory:
        """Return a person's memory as it is now.

        Raises:
            StoreUnavailable: try again.

        """
        memory, _ = await self._read(principal)
        return await self._forget(principal, memory)

    async def recent(self, principal: str) -> Memory:
        """Return a person's memory as it was up to 15 seconds ago; as it is now if it was changed by this process.

        Raises:
            StoreUnavailable: try again.

        """
        known = self._recent.get(principal)
        if known is not None and (self._now() - known[0]).total_seconds() < RECENT_SECONDS:
            return known[1]
        return (await self._read(principal))[0]

    async def change(self, principal: str, decide: Decide) -> Memory:
        """Make of a person's memory what `decide` makes of it; the same memory means that nothing changes.

        Raises:
            CommandRefused: from `decide`.
            StoreUnavailable: try again.

        """
        return await self._forget(principal, await self._write(principal, decide))

    async def told(self, principal: str, version: int) -> tuple[EntryTold, ...] | None:
        """Return what a version told; None when there is no such version."""
        document = await self._cosmos.read(PEOPLE, principal, ids.memory_version(version))
        return None if document is None else _told(document)

    async def _write(self, principal: str, decide: Decide) -> Memory:
        for _ in range(_MAX_RACES):
            known, etag = await self._read(principal)
            changed = decide(known)
            if changed is known:
                return known
            body = _document(principal, changed)
            operations: list[Operation] = [
                Create(document=body) if etag is None else Replace(document=body, etag=etag),
            ]
            if changed.version != known.version and changed.is_used:
                operations.append(Create(document=_version_document(principal, changed)))
            if not isinstance(await self._cosmos.batch(PEOPLE, principal, operations), BatchFailed):
                self._saw(principal, changed)
                return changed
        raise StoreUnavailable("The memory is being changed elsewhere. Nothing was changed; try again.", after_ms=500)

    async def _read(self, principal: str) -> tuple[Memory, str | None]:
        asked_at = self._now()
        document = await self._cosmos.read(PEOPLE, principal, ids.MEMORY)
        if document is None:
            memory, etag = Memory(), None
        else:
            memory, etag = Memory.read(document["memory"]), str(document["_etag"])
        self._saw(principal, memory, asked_at)
        return memory, etag

    def _saw(self, principal: str, memory: Memory, at: datetime | None = None) -> None:
        """Keep the memory for a while, unless what is kept is newer: a read may end after a later write."""
        known = self._recent.get(principal)
        if known is not None and known[1].version > memory.version:
            return
        self._recent[principal] = (at or self._now(), memory)
        self._recent.move_to_end(principal)
        if len(self._recent) > _MAX_RECENT:
            self._recent.popitem(last=False)

    async def _forget(self, principal: str, memory: Memory) -> Memory:
        """Blank what was deleted in every version that told it."""
        gone = memory.forgotten
        if not gone:
            return memory
        for _ in range(_MAX_RACES):
            if await self._blank(principal, frozenset(gone)):
                return await self._write(principal, lambda now: now.done_forgetting(gone))
        raise StoreUnavailable("The memory is being changed elsewhere. Try again.", after_ms=500)

    async def _blank(self, principal: str, gone: frozenset[str]) -> bool:
        """Tell whether all was blanked; False when somebody else was at it too."""
        rows = await self._cosmos.query(PEOPLE, "SELECT * FROM c WHERE c.kind = 'memory_version'", {}, principal)
        replacing = (
            Replace(document=_blanked(row, gone), etag=row["_etag"])
            for row in rows
            if any(entry.id in gone and entry.text is not None for entry in _told(row))
        )
        results = [
            await self._cosmos.batch(PEOPLE, principal, part) for part in batched(replacing, _BATCH, strict=False)
        ]
        return not any(isinstance(result, BatchFailed) for result in results)


def _document(principal: str, memory: Memory) -> Document:
    return {"id": ids.MEMORY, "principal": principal, "kind": "memory", "memory": memory.model_dump(mode="json")}


def _version_document(principal: str, memory: Memory) -> Document:
    told = (EntryTold(id=entry.id, kind=entry.kind, text=entry.text) for entry in memory.entries)
    return _told_document(principal, ids.memory_version(memory.version), told)


def _told_document(principal: str, document_id: str, entries: Iterable[EntryTold]) -> Document:
    told = [entry.model_dump(mode="json") for entry in entries]
    return {"id": document_id, "principal": principal, "kind": "memory_version", "entries": told}


def _told(document: Document) -> tuple[EntryTold, ...]:
    return tuple(EntryTold.read(entry) for entry in document["entries"])


def _blanked(document: Document, gone: frozenset[str]) -> Document:
    told = (e.model_copy(update={"text": None}) if e.id in gone else e for e in _told(document))
    return _told_document(document["principal"], document["id"], told)
