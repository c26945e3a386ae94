"""What the commands that sessions have too work with, of the dependencies of groups."""

from group_chat.dependencies import GroupDependencies
from shared.commands.desk import CommandDesk


def desk_of(deps: GroupDependencies) -> CommandDesk:
    """Return the clients of the commands of both hubs."""
    return CommandDesk(log=deps.log, people=deps.people, publisher=deps.publisher, feedback=deps.feedback, now=deps.now)
