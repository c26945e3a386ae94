"""What a person may set for one of their sessions."""

from dataclasses import dataclass
from typing import Any

from chat.dependencies import ChatDependencies
from chat.session_list import is_listed, tell_list
from shared import ids
from shared.access import access_session
from shared.errors import CommandRefused
from shared.event_log.head import Head
from shared.event_log.log import conversation_not_found
from shared.event_log.shapes import Appended, Draft, NewEvent
from shared.protocol.codes import ErrorCode
from shared.protocol.durable import SettingsUpdated, TitleUpdated
from shared.protocol.shapes import Participant, WhileBusy
from shared.tools.text import clean_line, is_legible

MAX_TITLE_CHARACTERS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What is to be set; None leaves it as it is."""

    title: str | None = None
    pinned: bool | None = None
    archived: bool | None = None
    while_busy: WhileBusy | None = None


async def change_session(deps: ChatDependencies, person: Participant, session_id: str, changes: Changes) -> Head:
    """Store what is set, show it in the person's list, and tell the audience; returns the head as it is now.

    Setting what is set already changes nothing. A title a person gave stays: no model replaces it.

    Raises:
        CommandRefused: nothing was changed.
        Transient: try again. What was stored but not told yet, clients find by the gap in `seq`.

    """
    if changes.title is not None and not is_legible(named(changes.title)):
        raise CommandRefused("The title is empty: give one that can be read.", code=ErrorCode.CONTENT_EMPTY)
    known = await access_session(deps.log, person.id, session_id)
    result = await deps.log.append(session_id, lambda head: _change(head, changes, person), known=known)
    head = result.head.head
    if not head.temporary:
        await deps.memberships.mark(
            person.id, session_id, pinned=head.pinned, archived=head.archived, version=head.marks
        )
    if isinstance(result, Appended):
        await deps.publisher.to_conversation(session_id, result.events)
        if is_listed(head):
            await tell_list(deps, person.id, session_id, "changed")
    return head


def named(title: str) -> str:
    """Return the title as it is stored: one line without hidden characters."""
    return clean_line(title, MAX_TITLE_CHARACTERS)


def _change(head: Head, changes: Changes, actor: Participant) -> Draft | None:
    if head.owner != actor.id:
        raise conversation_not_found()
    if head.temporary and (changes.pinned or changes.archived):
        raise CommandRefused("A temporary session is in no list: it cannot be pinned or archived.")
    update: dict[str, Any] = {}
    events: list[NewEvent] = []
    if changes.title is not None and (named(changes.title), "person") != (head.title, head.title_by):
        update |= {"title": named(changes.title), "title_by": "person"}
        titled = TitleUpdated(actor=actor, title=update["title"], source="person")
        events.append(NewEvent(id=ids.title(head.seq + 1), event=titled))
    if changes.while_busy is not None and changes.while_busy != head.while_busy:
        update["while_busy"] = changes.while_busy
        setting = SettingsUpdated(actor=actor, while_busy=changes.while_busy)
        events.append(NewEvent(id=ids.settings(head.seq + 1 + len(events)), event=setting))
    for name, wanted in (("pinned", changes.pinned), ("archived", changes.archived)):
        if wanted is not None and wanted != getattr(head, name):
            update |= {name: wanted, "marks": head.marks + 1}
    return Draft(events=tuple(events), head=head.model_copy(update=update)) if update else None
