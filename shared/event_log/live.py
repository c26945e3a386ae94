"""The live text of the running model step: who may write it, and how far it got.

Each execution of a step claims the next attempt under the ETag of the attempt before, so at most one writer is
current; whoever loses its ETag is a zombie and stops.
"""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, replace

from shared import ids
from shared.containers import log_container
from shared.cosmos import BatchFailed, Cosmos, Create, Operation, Read, Replace
from shared.errors import StoreUnavailable
from shared.event_log.documents import LiveDocument, head_from, live_document, live_from
from shared.event_log.head import VersionedHead
from shared.event_log.shapes import VersionedLive
from shared.protocol.shapes import Usage

_MAX_RACES = 10
_WRITTEN_KEPT = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """The text is saved; `head` is the conversation's head in the same transaction."""

    live: VersionedLive
    head: VersionedHead


class LiveText:
    """Claims attempts and saves their text."""

    def __init__(self, cosmos: Cosmos) -> None:
        self._cosmos = cosmos
        self._written: OrderedDict[str, VersionedLive] = OrderedDict()
        self._saving: set[asyncio.Task[Checkpoint | None]] = set()

    def last_written(self, conversation_id: str) -> VersionedLive | None:
        """Return whose live text this process wrote last, without the text; another may have written since."""
        return self._written.get(conversation_id)

    async def claim(self, conversation_id: str, turn_id: str, step: int, before: VersionedLive | None) -> VersionedLive:
        """Begin the next attempt at a step; `before` is the live text as last read.

        Raises:
            StoreUnavailable: the store failed, or other executions kept claiming.

        """
        for _ in range(_MAX_RACES):
            claimed = await self.try_claim(conversation_id, turn_id, step, before)
            if claimed is not None:
                return claimed.live
            before = await self._read(conversation_id)
            if before is not None and (before.live.turn_id, before.live.step) != (turn_id, step):
                # Another step is being written: it must not be taken from its writer on the word of an old record.
                break
        raise StoreUnavailable("Another execution keeps taking this step. It will be tried again.")

    async def claim_again(self, conversation_id: str, mine: VersionedLive) -> VersionedLive | None:
        """Begin the next attempt after one's own, with what that used; None when somebody else has begun it.

        Raises:
            StoreUnavailable: the store failed.

        """
        for _ in range(_MAX_RACES):
            claimed = await self.try_claim(conversation_id, mine.live.turn_id, mine.live.step, mine)
            if claimed is not None:
                return claimed.live
            found = await self._read(conversation_id)
            if found is None or _writer(found) != _writer(mine):
                return None
            # A checkpoint of one's own that was given up was saved meanwhile.
            mine = replace(found, live=found.live.model_copy(update={"used": mine.live.used}))
        return None

    async def try_claim(
        self, conversation_id: str, turn_id: str, step: int, before: VersionedLive | None
    ) -> Checkpoint | None:
        """Begin the next attempt unless the live text is another than `before` by now."""
        return await self._write(conversation_id, _next_attempt(turn_id, step, before), before)

    async def checkpoint(
        self, conversation_id: str, live: VersionedLive, text: str, used: Usage | None = None
    ) -> Checkpoint | None:
        """Save the text, with what the step `used` so far, and read the head in one transaction.

        None when a newer attempt took over. One that is given up goes on by itself: the next claim has to know the ETag
        it leaves.
        """
        new = live.live.model_copy(update={"text": text, "used": used or live.live.used})
        saving = asyncio.create_task(self._write(conversation_id, new, live))
        self._saving.add(saving)
        saving.add_done_callback(self._saved)
        return await asyncio.shield(saving)

    async def keep_used(self, conversation_id: str, mine: VersionedLive) -> None:
        """Keep what the step used by the end of an attempt that came to nothing, unless a newer one took over.

        Raises:
            StoreUnavailable: what was saved before stays.

        """
        for _ in range(_MAX_RACES):
            # A checkpoint that was given up may still be on its way.
            before = await self._read(conversation_id)
            if before is None or _writer(before) != _writer(mine):
                return
            kept = before.live.model_copy(update={"used": mine.live.used})
            if await self._write(conversation_id, kept, before) is not None:
                return

    def _saved(self, saving: "asyncio.Task[Checkpoint | None]") -> None:
        self._saving.discard(saving)
        # Who waited was told; with nobody waiting, a text that could not be saved is no loss.
        _ = saving.cancelled() or saving.exception()

    async def _write(self, conversation_id: str, live: LiveDocument, before: VersionedLive | None) -> Checkpoint | None:
        document = live_document(conversation_id, live)
        operation: Operation = (
            Create(document=document) if before is None else Replace(document=document, etag=before.etag)
        )
        operations = [operation, Read(document_id=ids.HEAD)]
        result = await self._cosmos.batch(log_container(conversation_id), conversation_id, operations)
        if isinstance(result, BatchFailed):
            self._written.pop(conversation_id, None)
            return None
        written, head = result
        mine = VersionedLive(live=live, etag=written["eTag"])
        self._written[conversation_id] = VersionedLive(live=live.model_copy(update={"text": ""}), etag=mine.etag)
        self._written.move_to_end(conversation_id)
        if len(self._written) > _WRITTEN_KEPT:
            self._written.popitem(last=False)
        return Checkpoint(live=mine, head=head_from(head["resourceBody"]))

    async def _read(self, conversation_id: str) -> VersionedLive | None:
        document = await self._cosmos.read(log_container(conversation_id), conversation_id, ids.LIVE)
        return None if document is None else VersionedLive(live=live_from(document), etag=document["_etag"])


def _writer(live: VersionedLive) -> tuple[str, int, int]:
    return live.live.turn_id, live.live.step, live.live.attempt


def _next_attempt(turn_id: str, step: int, before: VersionedLive | None) -> LiveDocument:
    if before is None or (before.live.turn_id, before.live.step) != (turn_id, step):
        return LiveDocument(turn_id=turn_id, step=step, attempt=1, text="")
    return LiveDocument(turn_id=turn_id, step=step, attempt=before.live.attempt + 1, text="", used=before.live.used)
