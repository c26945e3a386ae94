"""Who comes to belong to a group and who no longer does: pure decisions on its head and on what people are in it.

::

    nobody ──invite──► invited ──accept──► member ──leave──► left
      ▲ │                 │ decline: left    │ remove: removed    left and removed people may be invited again;
      │ └─── link ────────┼────────────────► │                    who was removed cannot come back by a link
      └───────────────────┘ taken back

Each decision holds for one epoch of the group and begins the next. None means that it is so already.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from group_chat.group_state import group_of
from group_chat.roles import WRITERS, belonging, check_over, check_role, is_over
from shared import group_ids
from shared.errors import CommandRefused
from shared.event_log.documents import InvitationDocument, MemberDocument
from shared.event_log.head import Head
from shared.event_log.log import conversation_not_found
from shared.event_log.shapes import Draft, NewEvent
from shared.members import MAX_MEMBERS
from shared.protocol.codes import ErrorCode
from shared.protocol.group import (
    GroupRole,
    ParticipantInvited,
    ParticipantJoined,
    ParticipantLeft,
    ParticipantRemoved,
    ParticipantRole,
)
from shared.protocol.shapes import Participant

EXPELLED_KEPT = 8

type Change = ParticipantInvited | ParticipantJoined | ParticipantLeft | ParticipantRemoved | ParticipantRole


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """What the one who acts and the one it is about are in an epoch of the group; None: nothing, ever."""

    actor: MemberDocument | None
    target: MemberDocument | None


def invite(head: Head, places: Places, by: Participant, invitee: Participant, role: GroupRole) -> Draft | None:
    """Invite somebody, or change what an invitation promises; one who belongs stays as they are."""
    actor, before = belonging(places.actor), places.target
    check_over(actor, role, f"invite somebody as {role}")
    if before is not None and before.state == "member":
        return None
    if before is not None and before.state == "invited":
        check_over(actor, before.role, "change this invitation")
        if before.role == role:
            return None
    check_open(head)
    _check_room(head, before)
    after = MemberDocument(
        principal=invitee.id, name=invitee.name, role=role, state="invited", epoch=head.epoch + 1, invited_by=by.id
    )
    return changed(head, before, after, ParticipantInvited(actor=by, participant=invitee, epoch=after.epoch, role=role))


def accept(head: Head, me: MemberDocument | None, person: Participant) -> Draft | None:
    """Take an invitation; who has taken it belongs already."""
    if me is not None and me.state == "member":
        return None
    if me is None or me.state != "invited":
        raise conversation_not_found()
    check_open(head)
    return _joined(head, me, person, me.role, me.invited_by)


def follow_link(
    head: Head, places: Places, person: Participant, link: InvitationDocument | None, now: float
) -> Draft | None:
    """Join by a link, whose maker is the actor; an invitation of one's own decides the role and leaves the link unused.

    Raises:
        CommandRefused: with `invitation_invalid`, whatever is wrong with the link.

    """
    maker, me = places.actor, places.target
    if link is None or not holds(link, maker, now) or (me is not None and me.state == "removed"):
        raise link_invalid()
    if me is not None and me.state in {"member", "invited"}:
        return accept(head, me, person)
    if link.uses >= link.max_uses:
        raise link_invalid()
    check_open(head)
    _check_room(head, me)
    draft = _joined(head, me, person, link.role, link.created_by)
    used = link.model_copy(update={"uses": link.uses + 1})
    return Draft(events=draft.events, head=draft.head, members=draft.members, invitations=(used,))


def holds(link: InvitationDocument, maker: MemberDocument | None, now: float) -> bool:
    """Tell whether the link is good but for its uses: it falls with the right of who made it."""
    if link.revoked or link.expires <= now or maker is None or maker.state != "member":
        return False
    return is_over(maker.role, link.role)


def link_invalid() -> CommandRefused:
    """Return the refusal of a link: what is wrong with it is not told."""
    return CommandRefused("This invitation does not hold, or no longer.", code=ErrorCode.INVITATION_INVALID)


def decline(head: Head, me: MemberDocument | None, person: Participant) -> Draft | None:
    """Turn an invitation down; who has accepted it leaves instead."""
    if me is not None and me.state == "member":
        raise CommandRefused(
            "You have accepted this invitation. Leave the group instead.", code=ErrorCode.INVITATION_INVALID
        )
    return leave(head, me, person)


def leave(head: Head, me: MemberDocument | None, person: Participant) -> Draft | None:
    """Leave for good, or decline an invitation."""
    if me is None:
        raise conversation_not_found()
    if me.state in {"left", "removed"}:
        return None
    _check_owners(head, me)
    after = _gone(head, me, "left")
    return changed(head, me, after, ParticipantLeft(actor=person, participant=person, epoch=after.epoch))


def remove(head: Head, places: Places, by: Participant, *, admin: bool) -> Draft | None:
    """Remove somebody else, or take their invitation back; an administrator of the app need not belong."""
    target = places.target
    if not admin:
        actor = belonging(places.actor)
        if target is not None:
            check_over(actor, target.role, f"remove somebody who is {target.role}")
    if target is None:
        raise member_not_found()
    if target.state in {"left", "removed"}:
        return None
    _check_owners(head, target)
    after = _gone(head, target, "removed")
    gone = Participant(kind="person", id=target.principal, name=target.name)
    return changed(head, target, after, ParticipantRemoved(actor=by, participant=gone, epoch=after.epoch))


def give_role(head: Head, places: Places, by: Participant, role: GroupRole) -> Draft | None:
    """Give somebody who belongs or is invited another role."""
    check_role(belonging(places.actor), frozenset({"owner"}), "change roles")
    target = places.target
    if target is None or target.state not in {"member", "invited"}:
        raise member_not_found()
    if target.role == role:
        return None
    check_open(head)
    if role != "owner":
        _check_owners(head, target)
    after = target.model_copy(update={"role": role, "epoch": head.epoch + 1})
    person = Participant(kind="person", id=target.principal, name=target.name)
    return changed(head, target, after, ParticipantRole(actor=by, participant=person, epoch=after.epoch, role=role))


def member_not_found() -> CommandRefused:
    return CommandRefused("There is no such person in this group.", code=ErrorCode.MEMBER_NOT_FOUND)


def check_open(head: Head) -> None:
    """Let pass what only a group that is not archived takes.

    Raises:
        CommandRefused: with `group_archived`.

    """
    if head.archived:
        raise CommandRefused("This group is archived.", code=ErrorCode.GROUP_ARCHIVED)


def changed(head: Head, before: MemberDocument | None, after: MemberDocument, told: Change) -> Draft:
    """Return the append that makes somebody what they are from now on, as the first thing of the next epoch."""
    group = group_of(head)
    update: dict[str, object] = {
        name: getattr(group, name) + counted(after) - (counted(before) if before else 0)
        for name, counted in _COUNTED.items()
    }
    others = tuple(principal for principal in group.expelled if principal != after.principal)
    if after.state == "member":
        update["expelled"] = others
    elif before is not None and before.state == "member":
        update["expelled"] = (after.principal, *others)[:EXPELLED_KEPT]
    return Draft(
        events=(NewEvent(id=group_ids.membership_event(after.principal, after.epoch), event=told),),
        head=head.model_copy(update={"epoch": after.epoch, "group": group.model_copy(update=update)}),
        members=(after,),
    )


_COUNTED: dict[str, Callable[[MemberDocument], int]] = {
    "people": lambda member: int(member.state == "member"),
    "members": lambda member: int(member.state == "member" and member.role in WRITERS),
    "owners": lambda member: int(member.state == "member" and member.role == "owner"),
    "invited": lambda member: int(member.state == "invited"),
}


def _joined(
    head: Head, before: MemberDocument | None, person: Participant, role: GroupRole, invited_by: str | None
) -> Draft:
    after = MemberDocument(
        principal=person.id,
        name=person.name,
        role=role,
        state="member",
        epoch=head.epoch + 1,
        joined_seq=head.seq + 1,
        invited_by=invited_by,
    )
    return changed(
        head, before, after, ParticipantJoined(actor=person, participant=person, epoch=after.epoch, role=role)
    )


def _gone(head: Head, member: MemberDocument, state: Literal["left", "removed"]) -> MemberDocument:
    return member.model_copy(update={"state": state, "epoch": head.epoch + 1, "left_seq": head.seq + 1})


def _check_room(head: Head, before: MemberDocument | None) -> None:
    group = group_of(head)
    if (before is None or before.state != "invited") and group.people + group.invited >= MAX_MEMBERS:
        raise CommandRefused(
            f"The group is full: {MAX_MEMBERS} people belong to it or are invited.", code=ErrorCode.GROUP_FULL
        )


def _check_owners(head: Head, member: MemberDocument) -> None:
    if member.state == "member" and member.role == "owner" and group_of(head).owners <= 1:
        raise CommandRefused(
            "A group needs an owner: make somebody else one first, or delete the group.", code=ErrorCode.LAST_OWNER
        )
