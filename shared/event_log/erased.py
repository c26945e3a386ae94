"""Events whose text was taken back: they stay in the log, in their place, and say nothing."""

from collections.abc import Iterable

from shared.protocol.durable import MessageCreated
from shared.protocol.events import StoredEvent
from shared.protocol.group import MessageDeleted, MessageEdited


def without_text(event: StoredEvent) -> StoredEvent:
    """Return a message, or a new wording of one, without what it says."""
    return event.model_copy(update={"parts": ()}) if isinstance(event, MessageCreated | MessageEdited) else event


def without_deleted(older: Iterable[StoredEvent], fresh: Iterable[StoredEvent]) -> tuple[StoredEvent, ...]:
    """Return both in order, `older` without the text of what `fresh` takes back."""
    fresh = tuple(fresh)
    gone = {event.message_id for event in fresh if isinstance(event, MessageDeleted)}
    if not gone:
        return (*older, *fresh)
    return (
        tuple(without_text(event) if getattr(event, "message_id", None) in gone else event for event in older) + fresh
    )
