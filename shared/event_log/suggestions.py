"""What a person was offered to ask next after a turn: kept a while beside the log, for when they come back to it."""

from pydantic import BaseModel, ConfigDict

from shared import ids
from shared.containers import log_container
from shared.cosmos import BatchFailed, Cosmos, Create, Delete, Read
from shared.event_log.documents import head_from

KEPT_S = 7 * 24 * 3600


class _Kept(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    asker: str
    suggestions: tuple[str, ...]


class KeptSuggestions:
    """The suggestions of turns, one document for each turn that has any."""

    def __init__(self, cosmos: Cosmos) -> None:
        self._cosmos = cosmos

    async def keep(self, conversation_id: str, turn_id: str, asker: str, suggestions: tuple[str, ...]) -> None:
        """Keep what was offered to the asker; what was kept of the turn before stays.

        Raises:
            StoreUnavailable: nothing may be kept.

        """
        container, name = log_container(conversation_id), ids.suggestions(turn_id)
        document = {
            "id": name,
            "conversation_id": conversation_id,
            "kind": "suggestions",
            "turn_id": turn_id,
            "ttl": KEPT_S,
            **_Kept(asker=asker, suggestions=suggestions).model_dump(mode="json"),
        }
        # A head that is no tombstone in this transaction says that deleting, if it comes, comes later and finds this.
        result = await self._cosmos.batch(
            container, conversation_id, [Create(document=document), Read(document_id=ids.HEAD)]
        )
        if isinstance(result, BatchFailed):
            return
        if head_from(result[1]["resourceBody"]).head.deleted_at is not None:
            await self._cosmos.batch(container, conversation_id, [Delete(document_id=name)])

    async def of_turn(self, conversation_id: str, turn_id: str, reader: str) -> tuple[str, ...]:
        """Return what this reader was offered after the turn; nothing where it was for somebody else.

        Raises:
            StoreUnavailable: try again.

        """
        name = ids.suggestions(turn_id)
        document = await self._cosmos.read(log_container(conversation_id), conversation_id, name)
        if document is None:
            return ()
        kept = _Kept.model_validate(document)
        return kept.suggestions if kept.asker == reader else ()
