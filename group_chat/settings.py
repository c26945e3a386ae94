"""What its people set for a group: name, description, how the coach behaves, and whether it is archived."""

from dataclasses import dataclass
from typing import Any

from group_chat.creation import described, titled
from group_chat.dependencies import GroupDependencies
from group_chat.effects import concerned, publish, tell_lists
from group_chat.group_state import group_of
from group_chat.membership_rules import check_open
from group_chat.roles import LEADERS, check_role
from shared import ids
from shared.errors import StoreUnavailable
from shared.event_log.documents import MemberDocument
from shared.event_log.head import Head
from shared.event_log.shapes import AlreadyHappened, Appended, Draft, NewEvent
from shared.protocol.durable import TitleUpdated
from shared.protocol.group import GroupSettings, GroupUpdated, History
from shared.protocol.shapes import Participant

_MAX_RACES = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupChanges:
    """What is to be set; None leaves it as it is."""

    title: str | None = None
    description: str | None = None
    follow_up: bool | None = None
    ambient: bool | None = None
    history: History | None = None
    archived: bool | None = None

    def settings(self, now: GroupSettings) -> GroupSettings:
        wanted = {"follow_up": self.follow_up, "ambient": self.ambient, "history": self.history}
        return now.model_copy(update={name: value for name, value in wanted.items() if value is not None})


async def change_group(deps: GroupDependencies, person: Participant, group_id: str, changes: GroupChanges) -> None:
    """Store what is set and tell everybody; setting what is set already changes nothing.

    Raises:
        CommandRefused: nothing was changed.
        Transient: try again. What was stored but not told yet, clients find by the gap in `seq`.

    """
    title = None if changes.title is None else titled(changes.title)

    def decide(head: Head, member: MemberDocument) -> Draft | None:
        return _change(head, member, changes, title, person)

    for _ in range(_MAX_RACES):
        result = await deps.gate.append(person.id, group_id, decide)
        if isinstance(result, AlreadyHappened):
            continue  # Somebody else's change took the place this one was to have in the log.
        if isinstance(result, Appended):
            await publish(deps, group_id, result.events)
            people = await concerned(deps, group_id, result.head.head.epoch)
            await tell_lists(deps, group_id, people, "changed")
        return
    raise StoreUnavailable("The group changes all the time. Nothing was changed; try again.")


def _change(
    head: Head, member: MemberDocument, changes: GroupChanges, title: str | None, actor: Participant
) -> Draft | None:
    _check_allowed(head, member, changes)
    group, update, events = group_of(head), dict[str, Any](), list[NewEvent]()
    if title is not None and title != head.title:
        update |= {"title": title, "title_by": "person"}
        named = TitleUpdated(actor=actor, title=title, source="person")
        events.append(NewEvent(id=ids.title(head.seq + 1), event=named))
    description = group.description if changes.description is None else described(changes.description)
    settings = changes.settings(group.settings)
    archived = head.archived if changes.archived is None else changes.archived
    if (description, settings, archived) != (group.description, group.settings, head.archived):
        group = group.model_copy(update={"description": description, "settings": settings})
        update |= {"group": group, "archived": archived}
        told = GroupUpdated(actor=actor, description=description, settings=settings, archived=archived)
        events.append(NewEvent(id=ids.settings(head.seq + 1 + len(events)), event=told))
    return Draft(events=tuple(events), head=head.model_copy(update=update)) if update else None


def _check_allowed(head: Head, member: MemberDocument, changes: GroupChanges) -> None:
    if changes.archived is not None:
        check_role(member, frozenset({"owner"}), "archive it")
    if changes != GroupChanges(archived=changes.archived):
        check_role(member, LEADERS, "change its name, description or settings")
        if changes.archived is None or changes.archived:
            check_open(head)
