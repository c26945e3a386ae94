"""How far somebody has read, and how much is left: exactly of what that person may see."""

from group_chat.dependencies import GroupDependencies
from group_chat.door import GroupDoor
from group_chat.group_state import group_of
from shared.audience import reader_of
from shared.clock import iso
from shared.connection import Answer, Connection
from shared.protocol.ephemeral import CommandAccepted
from shared.protocol.group import ReadUpdated
from shared.protocol.group_commands import Read


async def read(deps: GroupDependencies, connection: Connection, command: Read) -> Answer:
    """Move the person's mark on, never back, and tell their own connections.

    Raises:
        CommandRefused: there is no such group.
        Transient: the webhook is delivered again; marks only ever move on.

    """
    principal, group_id = connection.state.principal, command.conversation_id
    door = GroupDoor(deps.gate, principal, group_id)
    access = await door.access()
    if command.seq > access.known.seq:
        access = await door.access(anew=True)
    mark = await deps.memberships.read_up_to(principal, group_id, min(command.seq, access.known.seq))
    reader = reader_of(access.member, group_of(access.known.head))
    counted = access.known.seq
    left = await deps.unread.count(group_id, reader, mark, counted)
    now = iso(deps.now())
    told = ReadUpdated(conversation_id=group_id, at=now, seq=mark, unread=left, through_seq=counted)
    await deps.publisher.to_member(group_id, principal, told)
    return Answer(event=CommandAccepted(conversation_id=group_id, at=now, command_id=command.command_id, seq=mark))
