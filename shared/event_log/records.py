"""One conversation in one query: head, live text, summary, manifest, and its events above some `seq`."""

from collections.abc import Iterable, Sequence

from shared import ids
from shared.cosmos import Document
from shared.event_log.documents import event_from, head_from, live_from, manifest_from, summary_from
from shared.event_log.shapes import Record, VersionedLive
from shared.protocol.durable import ToolCallCompleted
from shared.protocol.events import StoredEvent

RECORD_QUERY = "SELECT * FROM c WHERE c.seq > @after OR c.id IN (@head, @live, @summary, @manifest)"


def record_parameters(after: int, manifest_id: str | None) -> dict[str, object]:
    return {
        "@after": after,
        "@head": ids.HEAD,
        "@live": ids.LIVE,
        "@summary": ids.SUMMARY,
        "@manifest": manifest_id or ids.HEAD,
    }


def record_from(documents: Sequence[Document]) -> Record | None:
    """Put the rows of `RECORD_QUERY` together; None when there is no head among them."""
    by_kind: dict[str, list[Document]] = {}
    for document in documents:
        by_kind.setdefault(document["kind"], []).append(document)
    if "head" not in by_kind:
        return None
    live = [VersionedLive(live=live_from(d), etag=d["_etag"]) for d in by_kind.get("live", [])]
    manifest = [manifest_from(d) for d in by_kind.get("manifest", [])]
    summary = [summary_from(d) for d in by_kind.get("summary", [])]
    rows = [(d["id"], event_from(d), d.get("private_text")) for d in by_kind.get("event", [])]
    events = sorted((event for _, event, _ in rows), key=lambda event: event.seq)
    return Record(
        head=head_from(by_kind["head"][0]),
        events=tuple(events),
        live=live[0] if live else None,
        manifest=manifest[0] if manifest else None,
        summary=summary[0] if summary else None,
        private_texts=texts_of(rows),
    )


def texts_of(rows: Iterable[tuple[str, StoredEvent, str | None]]) -> dict[str, str]:
    """Return private texts: a call's result by the call's id, any other by the id of its event."""
    return {
        event.call_id if isinstance(event, ToolCallCompleted) else event_id: text
        for event_id, event, text in rows
        if text is not None
    }
