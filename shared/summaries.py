"""The stored summary of a conversation's oldest turns: one document, which only ever moves on."""

from shared import ids
from shared.containers import log_container
from shared.cosmos import BatchFailed, Cosmos, Create, Document, Operation, Replace
from shared.errors import StoreUnavailable
from shared.event_log.documents import SummaryDocument, summary_document, summary_from

_MAX_RACES = 10


class Summaries:
    """Reads and writes the summaries of all conversations."""

    def __init__(self, cosmos: Cosmos) -> None:
        self._cosmos = cosmos

    async def read(self, conversation_id: str) -> SummaryDocument | None:
        """Return the stored summary.

        Raises:
            StoreUnavailable: the store failed.

        """
        document = await self._document(conversation_id)
        return None if document is None else summary_from(document)

    async def write(self, conversation_id: str, summary: SummaryDocument) -> bool:
        """Store the summary unless one is stored that goes as far or further; tell whether it was stored.

        Raises:
            StoreUnavailable: the store failed, or others kept writing.

        """
        for _ in range(_MAX_RACES):
            before = await self._document(conversation_id)
            if before is not None and summary_from(before).through_seq >= summary.through_seq:
                return False
            document = summary_document(conversation_id, summary)
            operation: Operation = (
                Create(document=document) if before is None else Replace(document=document, etag=before["_etag"])
            )
            result = await self._cosmos.batch(log_container(conversation_id), conversation_id, [operation])
            if not isinstance(result, BatchFailed):
                return True
        raise StoreUnavailable("Others keep writing the summary of this conversation.")

    async def _document(self, conversation_id: str) -> Document | None:
        return await self._cosmos.read(log_container(conversation_id), conversation_id, ids.SUMMARY)
