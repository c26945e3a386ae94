"""Beginning a group: it comes to be with its owner, its name and its first invitations in one append."""

from dataclasses import dataclass, field

from group_chat import membership_rules as rules
from group_chat.dependencies import GroupDependencies
from group_chat.effects import concerned, enlist, publish, tell_lists
from group_chat.group_state import group_of
from shared import ids
from shared.clock import iso
from shared.errors import CommandRefused
from shared.event_log.documents import MemberDocument
from shared.event_log.head import GroupState, Head
from shared.event_log.shapes import Draft, NewEvent
from shared.protocol.codes import ErrorCode
from shared.protocol.durable import TitleUpdated
from shared.protocol.group import GroupRole, GroupSettings, GroupUpdated, ParticipantInvited, ParticipantJoined
from shared.protocol.shapes import Participant
from shared.tools.text import clean, clean_line

MAX_TITLE_CHARACTERS = 200
MAX_DESCRIPTION_CHARACTERS = 2000
MOST_INVITED = 40
"""As many as fit into one append with the rest."""
_UNFINISHED_SECONDS = 24 * 3600
_NOBODY = GroupState(members=0, people=0, owners=0, invited=0)
_TITLE_SEQ = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class NewGroup:
    """What a group is to be; `invited` are principals, each once, none of them its owner."""

    title: str
    description: str = ""
    settings: GroupSettings = field(default_factory=GroupSettings)
    invited: tuple[tuple[str, GroupRole], ...] = ()


async def create_group(deps: GroupDependencies, owner: Participant, key: str, wanted: NewGroup) -> str:
    """Create a group and return its id; the same `key` names the same group.

    Raises:
        CommandRefused: nothing was created, or the key was used for another group, or for one that is deleted by now.
        Transient: creating it again is harmless.

    """
    title = titled(wanted.title)
    people = _checked(owner.id, wanted)
    group_id = ids.group_id(owner.id, f"http:{key}")
    invited = [await _invited(deps, owner, principal, role) for principal, role in people]
    at = iso(deps.now())
    # Until something is appended nobody belongs to it: a crash in between leaves nothing anyone could see.
    head = Head(owner=owner.id, epoch=0, created_at=at, updated_at=at, ttl=_UNFINISHED_SECONDS, group=_NOBODY)
    if not await deps.log.create(group_id, head):
        known = (await deps.log.head(group_id)).head
        if known.epoch > 0:
            await _check_same(deps, group_id, title)
            await enlist(deps, group_id, await concerned(deps, group_id, known.epoch))
            return group_id
    everybody = [owner.id, *(member.principal for member in invited)]
    await enlist(deps, group_id, everybody)
    begun = NewGroup(title=title, description=described(wanted.description), settings=wanted.settings)
    result = await deps.log.append(group_id, lambda now: _begin(now, owner, begun, invited))
    await enlist(deps, group_id, everybody)
    if result.status == "appended":
        await publish(deps, group_id, result.events)
        await tell_lists(deps, group_id, everybody, "created")
    else:
        await _check_same(deps, group_id, title)
    return group_id


async def _check_same(deps: GroupDependencies, group_id: str, title: str) -> None:
    """Let pass whoever asks again for the group that has begun with this key."""
    first = await deps.log.event(group_id, ids.title(_TITLE_SEQ))
    if not isinstance(first, TitleUpdated) or first.title != title:
        raise CommandRefused("This Idempotency-Key was used for another group.", code=ErrorCode.KEY_CONFLICT)


def titled(title: str) -> str:
    """Return the title as it is stored: one line without hidden characters.

    Raises:
        CommandRefused: there is nothing to read in it.

    """
    line = clean_line(title, MAX_TITLE_CHARACTERS)
    if not line:
        raise CommandRefused("The title is empty.", code=ErrorCode.CONTENT_EMPTY)
    return line


def described(description: str) -> str:
    """Return the description as it is stored."""
    return clean(description).strip()[:MAX_DESCRIPTION_CHARACTERS]


def _checked(owner: str, wanted: NewGroup) -> tuple[tuple[str, GroupRole], ...]:
    people = [principal for principal, _ in wanted.invited]
    if owner in people:
        raise CommandRefused("members: you belong to the group as its owner; name the others.")
    if len(set(people)) != len(people):
        raise CommandRefused("members: name each person once.")
    return wanted.invited


async def _invited(deps: GroupDependencies, by: Participant, principal: str, role: GroupRole) -> MemberDocument:
    name = await deps.people.name(principal)
    return MemberDocument(principal=principal, name=name, role=role, state="invited", epoch=1, invited_by=by.id)


def _begin(head: Head, owner: Participant, wanted: NewGroup, invited: list[MemberDocument]) -> Draft | None:
    if head.epoch > 0:
        return None
    first = MemberDocument(principal=owner.id, name=owner.name, role="owner", state="member", epoch=1, joined_seq=1)
    joined = ParticipantJoined(actor=owner, participant=owner, epoch=1, role="owner")
    draft = rules.changed(head, None, first, joined)
    events = [*draft.events, _named(owner, wanted.title)]
    if wanted.description or wanted.settings != GroupSettings():
        told = GroupUpdated(actor=owner, description=wanted.description, settings=wanted.settings)
        events.append(NewEvent(id=ids.settings(_TITLE_SEQ + 1), event=told))
    for member in invited:
        person = Participant(kind="person", id=member.principal, name=member.name)
        told = ParticipantInvited(actor=owner, participant=person, epoch=1, role=member.role)
        draft = rules.changed(draft.head, None, member, told)
        events += draft.events
    group = group_of(draft.head).model_copy(update={"description": wanted.description, "settings": wanted.settings})
    made = {"title": wanted.title, "title_by": "person", "ttl": None, "group": group}
    return Draft(events=tuple(events), head=draft.head.model_copy(update=made), members=(first, *invited))


def _named(owner: Participant, title: str) -> NewEvent:
    return NewEvent(id=ids.title(_TITLE_SEQ), event=TitleUpdated(actor=owner, title=title, source="person"))
