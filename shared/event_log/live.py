"""The live text of the running model step: who may write it, and how far it got.

Each execution of a step claims the next attempt under the ETag of the attempt before, so at most one writer is
current; whoever loses its ETag is a zombie and stops.
"""

from dataclasses import dataclass

from shared import ids
from shared.containers import log_container
from shared.cosmos import BatchFailed, Cosmos, Create, Operation, Read, Replace
from shared.errors import StoreUnavailable
from shared.event_log.documents import LiveDocument, head_from, live_document, live_from
from shared.event_log.head import Head
from shared.event_log.shapes import VersionedLive

_MAX_RACES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """The text is saved; `head` is the conversation's head in the same transaction."""

    live: VersionedLive
    head: Head


class LiveText:
    """Claims attempts and saves their text."""

    def __init__(self, cosmos: Cosmos) -> None:
        self._cosmos = cosmos

    async def claim(self, conversation_id: str, turn_id: str, step: int, before: VersionedLive | None) -> VersionedLive:
        """Begin the next attempt at a step; `before` is the live text as last read.

        Raises:
            StoreUnavailable: the store failed, or other executions kept claiming.

        """
        for _ in range(_MAX_RACES):
            attempt = _next_attempt(turn_id, step, before)
            live = LiveDocument(turn_id=turn_id, step=step, attempt=attempt, text="")
            etag = await self._write(conversation_id, live, before)
            if etag is not None:
                return VersionedLive(live=live, etag=etag)
            before = await self._read(conversation_id)
            if before is not None and (before.live.turn_id, before.live.step) != (turn_id, step):
                # Another step is being written: it must not be taken from its writer on the word of an old record.
                break
        raise StoreUnavailable("Another execution keeps taking this step. It will be tried again.")

    async def checkpoint(self, conversation_id: str, live: VersionedLive, text: str) -> Checkpoint | None:
        """Save the text and read the head in one transaction; None when a newer attempt took over."""
        following = live.live.model_copy(update={"text": text})
        result = await self._cosmos.batch(
            log_container(conversation_id),
            conversation_id,
            [
                Replace(document=live_document(conversation_id, following), etag=live.etag),
                Read(document_id=ids.HEAD),
            ],
        )
        if isinstance(result, BatchFailed):
            return None
        written, head = result
        return Checkpoint(
            live=VersionedLive(live=following, etag=written["eTag"]), head=head_from(head["resourceBody"]).head
        )

    async def _write(self, conversation_id: str, live: LiveDocument, before: VersionedLive | None) -> str | None:
        document = live_document(conversation_id, live)
        operation: Operation = (
            Create(document=document) if before is None else Replace(document=document, etag=before.etag)
        )
        result = await self._cosmos.batch(log_container(conversation_id), conversation_id, [operation])
        return None if isinstance(result, BatchFailed) else result[0]["eTag"]

    async def _read(self, conversation_id: str) -> VersionedLive | None:
        document = await self._cosmos.read(log_container(conversation_id), conversation_id, ids.LIVE)
        return None if document is None else VersionedLive(live=live_from(document), etag=document["_etag"])


def _next_attempt(turn_id: str, step: int, before: VersionedLive | None) -> int:
    if before is None or (before.live.turn_id, before.live.step) != (turn_id, step):
        return 1
    return before.live.attempt + 1
