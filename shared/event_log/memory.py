"""What this process knows of conversations it wrote or read before, so that it need not read them again.

Events never change and `seq` has no gaps: what is remembered up to a `seq` is the log up to there, whoever else
writes. Whether the log has grown since is told by the head, and every use here checks it: under the ETag of an append,
or against a head read in the same transaction as a write.
"""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from shared.event_log.documents import Manifest
from shared.event_log.erased import without_deleted
from shared.event_log.head import VersionedHead
from shared.event_log.records import texts_of
from shared.event_log.shapes import NewEvent, Record
from shared.protocol.events import StoredEvent

CONVERSATIONS_KEPT = 200
MANIFESTS_KEPT = 200
HEADS_KEPT = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """The events above `after`, complete up to the head's `seq`, with the rest of the record but the live text."""

    after: int
    record: Record


class LogMemory:
    """Bounded memory of records, heads and manifests; the least recently used are forgotten first."""

    def __init__(self) -> None:
        self._records: OrderedDict[str, _Known] = OrderedDict()
        self._heads: OrderedDict[str, VersionedHead] = OrderedDict()
        self._manifests: OrderedDict[tuple[str, str], Manifest] = OrderedDict()

    def head(self, conversation_id: str) -> VersionedHead | None:
        """Return the head as last seen; it may be out of date."""
        return self._heads.get(conversation_id)

    def record(self, conversation_id: str, after: int, manifest_id: str | None) -> Record | None:
        """Return the conversation as last seen, without live text; None when not all of it is known."""
        known = self._records.get(conversation_id)
        if known is None or known.after > after:
            return None
        manifest = self._manifests.get((conversation_id, manifest_id)) if manifest_id else None
        if manifest_id is not None and manifest is None:
            return None
        self._records.move_to_end(conversation_id)
        events = tuple(event for event in known.record.events if event.seq > after)
        return replace(known.record, events=events, manifest=manifest)

    def saw_head(self, conversation_id: str, head: VersionedHead) -> None:
        self._keep_head(conversation_id, head)
        known = self._records.get(conversation_id)
        if known is None:
            return
        if known.record.head.seq == head.seq:
            self._records[conversation_id] = replace(known, record=replace(known.record, head=head))
        elif known.record.head.seq < head.seq:
            del self._records[conversation_id]

    def saw_record(self, conversation_id: str, after: int, manifest_id: str | None, record: Record) -> None:
        """Keep what was just read, all events above `after`, on top of what was known before."""
        self._keep_head(conversation_id, record.head)
        known = self._records.get(conversation_id)
        if known is not None and known.after <= after <= known.record.head.seq <= record.head.seq:
            record, after = _joined(known.record, record), known.after
        if manifest_id is not None and record.manifest is not None:
            self.saw_manifest(conversation_id, manifest_id, record.manifest)
        kept = _Known(after=after, record=replace(record, live=None, manifest=None))
        _keep(self._records, conversation_id, kept, CONVERSATIONS_KEPT)

    def saw_manifest(self, conversation_id: str, manifest_id: str, manifest: Manifest) -> None:
        _keep(self._manifests, (conversation_id, manifest_id), manifest, MANIFESTS_KEPT)

    def created(self, conversation_id: str, head: VersionedHead) -> None:
        """Begin to know a conversation that was just created: all of its no events."""
        self._heads.pop(conversation_id, None)
        empty = Record(head=head, events=(), live=None, manifest=None, summary=None, private_texts={})
        self.saw_record(conversation_id, 0, None, empty)

    def appended(
        self, conversation_id: str, drafts: Sequence[NewEvent], events: Sequence[StoredEvent], head: VersionedHead
    ) -> None:
        """Add what this process appended, if what came before it is known."""
        known = self._records.get(conversation_id)
        if known is None or known.record.head.seq + len(events) != head.seq:
            self.saw_head(conversation_id, head)
            return
        texts = texts_of((new.id, new.event, new.private_text) for new in drafts)
        record = replace(
            known.record,
            head=head,
            events=without_deleted(known.record.events, events),
            private_texts={**known.record.private_texts, **texts},
        )
        self._keep_head(conversation_id, head)
        _keep(self._records, conversation_id, replace(known, record=record), CONVERSATIONS_KEPT)

    def _keep_head(self, conversation_id: str, head: VersionedHead) -> None:
        """Keep the head, unless it was read before something that is known of since: who left must stay known."""
        known = self._heads.get(conversation_id)
        if known is None or known.seq <= head.seq:
            _keep(self._heads, conversation_id, head, HEADS_KEPT)

    def forget(self, conversation_id: str) -> None:
        """Have the conversation read again, because something changed that the head does not tell."""
        self._records.pop(conversation_id, None)

    def erase(self, conversation_id: str) -> None:
        """Keep nothing of a conversation that is gone."""
        self._records.pop(conversation_id, None)
        self._heads.pop(conversation_id, None)
        for key in [key for key in self._manifests if key[0] == conversation_id]:
            del self._manifests[key]


def _joined(older: Record, newer: Record) -> Record:
    fresh = tuple(event for event in newer.events if event.seq > older.head.seq)
    texts = {**older.private_texts, **newer.private_texts}
    return replace(newer, events=without_deleted(older.events, fresh), private_texts=texts)


def _keep[K, V](kept: OrderedDict[K, V], key: K, value: V, limit: int) -> None:
    kept[key] = value
    kept.move_to_end(key)
    if len(kept) > limit:
        kept.popitem(last=False)
