"""The hub `chat`: what each command does."""

from chat.dependencies import ChatDependencies
from chat.questions import ask
from chat.revisions import edit, regenerate
from chat.session import open_session, read_on
from shared.clock import iso
from shared.commands.answers import answer
from shared.commands.door import SessionDoor
from shared.commands.feedback import record_feedback
from shared.commands.stopping import stop
from shared.connection import Answer, Connection
from shared.errors import CommandRefused
from shared.protocol.codes import ErrorCode
from shared.protocol.commands import (
    Command,
    FeedbackRecord,
    MessageEdit,
    MessageRegenerate,
    Query,
    QuestionAnswer,
    SessionUpdate,
    Sync,
    TurnStop,
)
from shared.protocol.ephemeral import ConnectionAck
from shared.protocol.group_commands import GroupCommand
from shared.turns import TurnEngine


class ChatService:
    """Handles the connections of one person each."""

    def __init__(self, deps: ChatDependencies, engine: TurnEngine) -> None:
        self._deps = deps
        self._engine = engine

    async def connected(self, connection: Connection) -> None:
        """Greet the connection."""
        deps = self._deps
        ack = ConnectionAck(at=iso(deps.now()), connection_id=connection.id, currency=deps.currency)
        await self._deps.publisher.to_connection(connection.id, ack)

    async def command(self, connection: Connection, command: Command) -> Answer:
        asks = isinstance(command, Query | MessageEdit | MessageRegenerate)
        self._deps.limiter.take(connection.state.principal, "questions" if asks else "commands")
        match command:
            case SessionUpdate():
                return await open_session(self._deps, connection, command)
            case Query():
                return await ask(self._deps, self._engine, connection, command)
            case TurnStop():
                return await stop(self._deps.desk, self._engine, self._door(connection, command), command)
            case MessageEdit():
                return await edit(self._deps, self._engine, connection, command)
            case MessageRegenerate():
                return await regenerate(self._deps, self._engine, connection, command)
            case FeedbackRecord():
                return await record_feedback(self._deps.desk, self._door(connection, command), connection, command)
            case QuestionAnswer():
                return await answer(self._deps.desk, self._engine, self._door(connection, command), command)
            case Sync():
                return await read_on(self._deps, connection, command)
            case _:
                return self._of_groups(command)

    def _door(self, connection: Connection, command: TurnStop | FeedbackRecord | QuestionAnswer) -> SessionDoor:
        return SessionDoor(self._deps.log, connection.state.principal, command.conversation_id)

    def _of_groups(self, command: GroupCommand) -> Answer:
        raise CommandRefused(f"Send {command.type} to the hub of groups.", code=ErrorCode.UNKNOWN_COMMAND)
