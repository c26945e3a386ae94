"""The one gate to a conversation. Its answer holds only for the head it was made on."""

from shared import ids
from shared.event_log.head import VersionedHead
from shared.event_log.log import EventLog, conversation_not_found


async def access_session(log: EventLog, principal: str, session_id: str) -> VersionedHead:
    """Return the head of a session that belongs to `principal`.

    Raises:
        CommandRefused: with `conversation_not_found`, alike for a foreign and a missing session.

    """
    if not ids.is_session(session_id):
        raise conversation_not_found()
    head = await log.head(session_id)
    if head.head.owner != principal:
        raise conversation_not_found()
    return head


async def access_to_append(log: EventLog, principal: str, session_id: str) -> VersionedHead:
    """Return the head of a session of `principal` to append on: as this process saw it last, if it did.

    Whoever appends on it checks the owner again in their decision, which is made anew when the head has changed.

    Raises:
        CommandRefused: with `conversation_not_found`, alike for a foreign and a missing session.

    """
    known = log.memory.head(session_id) if ids.is_session(session_id) else None
    if known is not None and known.head.owner == principal:
        return known
    return await access_session(log, principal, session_id)
