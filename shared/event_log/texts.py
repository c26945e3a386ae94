"""What the log holds of one message: its wordings and what people did with it; and erasing that."""

from dataclasses import dataclass

from shared import ids
from shared.containers import log_container
from shared.cosmos import BatchFailed, Cosmos, Delete, Document, Replace
from shared.errors import StoreUnavailable
from shared.event_log.documents import event_document, event_from
from shared.event_log.erased import without_text
from shared.event_log.memory import LogMemory
from shared.event_log.suggestions import KeptSuggestions
from shared.protocol.events import StoredEvent

_OF_MESSAGE = "SELECT * FROM c WHERE c.kind = 'event' AND c.type = @type AND c.data.message_id = @message"
_OF_TURN = "SELECT * FROM c WHERE c.kind = 'event' AND c.turn_id = @turn"
_MAX_RACES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wording:
    event_id: str
    event: StoredEvent
    audience: str
    etag: str


class MessageTexts:
    """Reads and erases by message, where the log is read by `seq`."""

    def __init__(self, cosmos: Cosmos, memory: LogMemory) -> None:
        self._cosmos = cosmos
        self._memory = memory
        self.suggestions = KeptSuggestions(cosmos)

    async def events(self, conversation_id: str, message_id: str, kind: str) -> tuple[StoredEvent, ...]:
        """Return the events of type `kind` about the message, in order.

        Raises:
            StoreUnavailable: try again.

        """
        found = [event_from(row) for row in await self._rows(conversation_id, message_id, kind)]
        return tuple(sorted(found, key=lambda event: event.seq))

    async def of_turn(self, conversation_id: str, turn_id: str) -> tuple[StoredEvent, ...]:
        """Return the events of a turn, in order.

        Raises:
            StoreUnavailable: try again.

        """
        rows = await self._cosmos.query(log_container(conversation_id), _OF_TURN, {"@turn": turn_id}, conversation_id)
        return tuple(sorted((event_from(row) for row in rows), key=lambda event: event.seq))

    async def erase_edits(self, conversation_id: str, message_id: str) -> None:
        """Take the text out of every later wording of the message; doing it again changes nothing.

        Raises:
            StoreUnavailable: try again.

        """
        container = log_container(conversation_id)
        for _ in range(_MAX_RACES):
            rows = await self._rows(conversation_id, message_id, "message.edited")
            wordings = [_wording(row) for row in rows if row["data"]["parts"]]
            if not wordings:
                return
            erased = [Replace(document=_without_text(wording), etag=wording.etag) for wording in wordings[:50]]
            if not isinstance(await self._cosmos.batch(container, conversation_id, erased), BatchFailed):
                self._memory.forget(conversation_id)
        raise StoreUnavailable("The message is being changed by others. Try again.", after_ms=500)

    async def drop_summary(self, conversation_id: str, seq: int) -> None:
        """Delete the summary if it tells of the event at `seq`; it will be written anew.

        Raises:
            StoreUnavailable: try again.

        """
        container = log_container(conversation_id)
        summary = await self._cosmos.read(container, conversation_id, ids.SUMMARY)
        if summary is not None and summary["through_seq"] >= seq:
            await self._cosmos.batch(container, conversation_id, [Delete(document_id=ids.SUMMARY)])
        self._memory.forget(conversation_id)

    async def _rows(self, conversation_id: str, message_id: str, kind: str) -> list[Document]:
        asked: dict[str, object] = {"@type": kind, "@message": message_id}
        return await self._cosmos.query(log_container(conversation_id), _OF_MESSAGE, asked, conversation_id)


def _wording(row: Document) -> _Wording:
    return _Wording(event_id=row["id"], event=event_from(row), audience=row["audience"], etag=row["_etag"])


def _without_text(wording: _Wording) -> Document:
    return event_document(wording.event_id, without_text(wording.event), wording.audience, None)
