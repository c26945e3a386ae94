"""A group as a document to keep: what was said, as far as one person may see it."""

from group_chat.dependencies import GroupDependencies
from group_chat.group_state import group_of
from shared.audience import for_reader, reader_of
from shared.export import FORMAT_VERSION, ExportedMessage, exported
from shared.protocol.shapes import Shape
from shared.transcript import whole_log


class ExportedGroup(Shape):
    """What was said in a group and its reader may see, as it reads now. `people` are the names of who belongs."""

    version: int
    group_id: str
    title: str
    description: str
    created_at: str
    updated_at: str
    people: tuple[str, ...]
    messages: tuple[ExportedMessage, ...]


async def export_group(deps: GroupDependencies, principal: str, group_id: str) -> ExportedGroup:
    """Return the group as the person may see it.

    Raises:
        CommandRefused: there is no such group of theirs, or it is too long for one document.

    """
    events = await whole_log(deps.log, group_id)
    # Asked after the log was read: who is removed meanwhile gets nothing.
    access = await deps.gate.access(principal, group_id)
    head = access.known.head
    group, reader = group_of(head), reader_of(access.member, group_of(head))
    people = await deps.gate.members.all(group_id, head.epoch)
    return ExportedGroup(
        version=FORMAT_VERSION,
        group_id=group_id,
        title=head.title,
        description=group.description,
        created_at=head.created_at,
        updated_at=head.updated_at,
        people=tuple(member.name for member in people if member.state == "member"),
        messages=exported([for_reader(event, reader) for event in events]),
    )
