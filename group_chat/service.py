"""The hub `group_chat`: what each command does."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from group_chat.deeds import Deed
from group_chat.dependencies import GroupDependencies
from group_chat.opening import open_group, read_on, update_session
from shared.clock import iso
from shared.connection import Answer, Connection
from shared.protocol.commands import Command, MessageRegenerate, Query, SessionUpdate, Sync
from shared.protocol.ephemeral import CommandAccepted, ConnectionAck
from shared.protocol.group_commands import GroupLeave, GroupMessage, GroupOpen

_QUESTIONS = (GroupMessage, Query, MessageRegenerate)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deeds:
    """The other parts of the hub: what a member says and does, and leaving (principal, group)."""

    do: Callable[[Connection, Deed], Awaitable[Answer]]
    leave: Callable[[str, str], Awaitable[None]]


class GroupService:
    """Handles the connections of one person each; a connection may have several groups open."""

    def __init__(self, deps: GroupDependencies, deeds: Deeds) -> None:
        self._deps = deps
        self._deeds = deeds

    async def connected(self, connection: Connection) -> None:
        """Greet the connection."""
        deps = self._deps
        ack = ConnectionAck(at=iso(deps.now()), connection_id=connection.id, currency=deps.currency)
        await self._deps.publisher.to_connection(connection.id, ack, of_group=True)

    async def command(self, connection: Connection, command: Command) -> Answer:
        kind = "questions" if isinstance(command, _QUESTIONS) else "commands"
        self._deps.limiter.take(connection.state.principal, kind)
        match command:
            case GroupOpen():
                return await open_group(self._deps, connection, command)
            case SessionUpdate():
                return await update_session(self._deps, connection, command)
            case Sync():
                return await read_on(self._deps, connection, command)
            case GroupLeave():
                return await self._leave(connection, command)
            case _:
                return await self._deeds.do(connection, command)

    async def _leave(self, connection: Connection, command: GroupLeave) -> Answer:
        await self._deeds.leave(connection.state.principal, command.group_id)
        at = iso(self._deps.now())
        accepted = CommandAccepted(conversation_id=command.group_id, at=at, command_id=command.command_id)
        if connection.state.session_id != command.group_id:
            return Answer(event=accepted)
        return Answer(event=accepted, state=replace(connection.state, session_id=None))
