"""Heads, members and links of a group, as a test of its rules needs them."""

from shared.event_log.documents import InvitationDocument, MemberDocument
from shared.event_log.head import GroupState, Head
from shared.protocol.group import GroupRole
from shared.protocol.shapes import Participant

AT = "2026-03-02T09:00:00.000Z"
ROLES: tuple[GroupRole, ...] = ("owner", "facilitator", "member", "observer")
ADA, BOB = (Participant(kind="person", id=f"tenant.{name}", name=name.title()) for name in ("ada", "bob"))


def group_head(**group: object) -> Head:
    state = GroupState().model_copy(update={"people": 2, "owners": 2, **group})
    return Head(owner=ADA.id, created_at=AT, updated_at=AT, epoch=5, seq=40, group=state)


def membership(person: Participant = ADA, role: GroupRole = "owner", state: str = "member") -> MemberDocument:
    fields = {"principal": person.id, "name": person.name, "role": role, "state": state, "epoch": 3}
    return MemberDocument.model_validate(fields)


def invitation_link(**changes: object) -> InvitationDocument:
    made = InvitationDocument(
        invitation_id="iv_1", digest="d", role="member", created_by=ADA.id, created_at=AT, expires=1000, max_uses=2
    )
    return made.model_copy(update=changes)
