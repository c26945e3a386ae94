"""What goes into the log and what comes back from it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from shared.cosmos import Document
from shared.event_log.documents import (
    InvitationDocument,
    LiveDocument,
    Manifest,
    MemberDocument,
    SummaryDocument,
    event_document,
    invitation_document,
    member_document,
)
from shared.event_log.head import Head, VersionedHead
from shared.protocol.events import StoredEvent

WHOLE_CONVERSATION = "conversation"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEvent:
    """An event to append under a deterministic id; `seq`, `at` and the conversation are filled in by the log.

    `private_text` is stored beside the event for the model and never leaves the server.
    """

    id: str
    event: StoredEvent
    audience: str = WHOLE_CONVERSATION
    private_text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What to append, and the head that follows from it; without events only the head moves.

    `key` is the id that decides whether all this happened before; the first event's unless named. `members` and
    `invitations` are written in the same batch; whoever changes one raises the head's `epoch`. `erased` are events of
    the log without their text, which take the place of what is stored under their ids.
    """

    events: tuple[NewEvent, ...]
    head: Head
    key: str | None = None
    members: tuple[MemberDocument, ...] = ()
    invitations: tuple[InvitationDocument, ...] = ()
    erased: tuple[NewEvent, ...] = ()

    def beside(self, conversation_id: str) -> tuple[Document, ...]:
        """Return what is written beside new events and head."""
        members = (member_document(conversation_id, member) for member in self.members)
        invitations = (invitation_document(conversation_id, invitation) for invitation in self.invitations)
        erased = (event_document(old.id, old.event, old.audience, None) for old in self.erased)
        return (*members, *invitations, *erased)

    @property
    def key_id(self) -> str | None:
        return self.key or (self.events[0].id if self.events else None)


type Decide = Callable[[Head], Draft | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Appended:
    """The events as stored, with their `seq`, and the head as it is now."""

    events: tuple[StoredEvent, ...]
    head: VersionedHead
    status: Literal["appended"] = "appended"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlreadyHappened:
    """The key event was appended before; here it is as stored."""

    event: StoredEvent
    head: VersionedHead
    status: Literal["already_happened"] = "already_happened"


@dataclass(frozen=True, slots=True, kw_only=True)
class Declined:
    """The decision on the newest head was to append nothing."""

    head: VersionedHead
    status: Literal["declined"] = "declined"


type AppendResult = Appended | AlreadyHappened | Declined


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionedLive:
    """Live text as it was read or written; `etag` fences other attempts."""

    live: LiveDocument
    etag: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What one partition query tells about a conversation."""

    head: VersionedHead
    events: tuple[StoredEvent, ...]
    live: VersionedLive | None
    manifest: Manifest | None
    summary: SummaryDocument | None
    private_texts: Mapping[str, str]
    """Full tool results by call id, as far as they are kept in the log; what cards keep by the id of their event."""
