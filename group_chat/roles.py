"""What a role in a group allows. Such a role never grants tools."""

from shared.errors import CommandRefused
from shared.event_log.documents import MemberDocument
from shared.event_log.log import conversation_not_found
from shared.protocol.codes import ErrorCode
from shared.protocol.group import GroupRole

WRITERS: frozenset[GroupRole] = frozenset({"owner", "facilitator", "member"})
LEADERS: frozenset[GroupRole] = frozenset({"owner", "facilitator"})
ALL: frozenset[GroupRole] = frozenset({*WRITERS, "observer"})
_OVER: dict[GroupRole, frozenset[GroupRole]] = {
    "owner": ALL,
    "facilitator": frozenset({"member", "observer"}),
    "member": frozenset(),
    "observer": frozenset(),
}


def belonging(member: MemberDocument | None) -> MemberDocument:
    """Return who belongs to the group.

    Raises:
        CommandRefused: with `conversation_not_found`; for anybody else there is no such group.

    """
    if member is None or member.state != "member":
        raise conversation_not_found()
    return member


def is_over(role: GroupRole, other: GroupRole) -> bool:
    """Tell whether `role` invites and removes people of the `other` role."""
    return other in _OVER[role]


def check_over(member: MemberDocument, other: GroupRole, what: str) -> None:
    """Let pass who may do `what` to people of the `other` role.

    Raises:
        CommandRefused: with `forbidden`; their role does not allow it.

    """
    if not is_over(member.role, other):
        raise _not_for(member, what)


def check_role(member: MemberDocument, roles: frozenset[GroupRole], what: str) -> None:
    """Let pass who has one of the `roles`.

    Raises:
        CommandRefused: with `forbidden`; their role does not allow it.

    """
    if member.role not in roles:
        raise _not_for(member, what)


def _not_for(member: MemberDocument, what: str) -> CommandRefused:
    # Refused as a command is: on what a process remembers the log refuses nothing, it asks again on what is so now.
    words = f"Your role in this group ({member.role}) does not let you {what}."
    return CommandRefused(words, code=ErrorCode.FORBIDDEN)
