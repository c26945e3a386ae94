"""How a person gets into one conversation. A command does not know whether that is a session or a group."""

from typing import Protocol

from shared.access import access_to_append
from shared.event_log.head import Head, VersionedHead
from shared.event_log.log import EventLog, conversation_not_found
from shared.event_log.shapes import AppendResult, Decide, Draft
from shared.protocol.events import StoredEvent


class Door(Protocol):
    """One person at the door of one conversation. What they may do is checked again on the head an append replaces."""

    @property
    def principal(self) -> str: ...

    @property
    def conversation_id(self) -> str: ...

    async def enter(self) -> VersionedHead:
        """Return the head as this process saw it last, or as it is.

        Raises:
            CommandRefused: with `conversation_not_found`.

        """
        ...

    async def append(self, decide: Decide) -> AppendResult:
        """Append what `decide` makes of the newest head, if the person may.

        Raises:
            CommandRefused: from `decide`, or because they may not.
            StoreUnavailable: try again.

        """
        ...

    def sees(self, event: StoredEvent) -> bool:
        """Tell whether the person, who has entered, may see the event at least in outline."""
        ...


class SessionDoor:
    """The owner's way into their session."""

    def __init__(self, log: EventLog, principal: str, session_id: str) -> None:
        self._log = log
        self._known: VersionedHead | None = None
        self.principal = principal
        self.conversation_id = session_id

    async def enter(self) -> VersionedHead:
        self._known = await access_to_append(self._log, self.principal, self.conversation_id)
        return self._known

    async def append(self, decide: Decide) -> AppendResult:
        def owned(head: Head) -> Draft | None:
            if head.owner != self.principal:
                raise conversation_not_found()
            return decide(head)

        known = self._known or await self.enter()
        return await self._log.append(self.conversation_id, owned, known=known)

    def sees(self, event: StoredEvent) -> bool:
        return event.conversation_id == self.conversation_id
