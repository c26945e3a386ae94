"""What the head of a group holds beside."""

from shared.event_log.head import GroupState, Head
from shared.event_log.log import conversation_not_found


def group_of(head: Head) -> GroupState:
    """Return what the head of a group holds beside.

    Raises:
        CommandRefused: it is not a group's.

    """
    if head.group is None:
        raise conversation_not_found()
    return head.group
