"""What members say and do in a group, by command. Opening, reading on and membership are not among it."""

from group_chat.deeds import AboutMessages, Deed
from group_chat.dependencies import GroupDependencies
from group_chat.desk import desk_of
from group_chat.door import Check, GroupDoor, may_belong, may_write
from group_chat.editing import edit
from group_chat.messages import ask, say
from group_chat.presence import Throttle, presence, typing
from group_chat.reactions import react
from group_chat.reading import read
from group_chat.sharing import share
from group_chat.steering import take
from group_chat.stopping import stop_turn
from group_chat.taking_back import take_back
from shared.ambient import GroupEngine
from shared.commands.answers import answer
from shared.commands.feedback import record_feedback
from shared.connection import Answer, Connection
from shared.errors import CommandRefused
from shared.protocol.codes import ErrorCode
from shared.protocol.commands import FeedbackRecord, MessageEdit, MessageRegenerate, Query, QuestionAnswer, TurnStop
from shared.protocol.group_commands import (
    GroupMessage,
    MessageDelete,
    MessageShare,
    PresenceCommand,
    ReactionSetCommand,
    Read,
    SteerTake,
    TypingCommand,
)

ASK_AGAIN = "In a group no answer is given again. Ask the coach once more."


class GroupCommands:
    """Carries out what members send; one for the process, because it remembers who typed just now."""

    def __init__(self, deps: GroupDependencies) -> None:
        self._deps = deps
        self._throttle = Throttle(deps.now)

    async def run(self, engine: GroupEngine, connection: Connection, command: Deed) -> Answer:
        """Carry out the command.

        Raises:
            CommandRefused, NotAllowed: nothing was changed.
            Transient: the webhook is delivered again; nothing happens twice.

        """
        match command:
            case GroupMessage():
                return await say(self._deps, engine, connection, command)
            case Query():
                return await ask(self._deps, engine, connection, command)
            case TurnStop():
                return await stop_turn(self._deps, engine, connection, command)
            case QuestionAnswer():
                door = self._door(connection, command, may_belong)
                # First of all: what is in a group tells nobody else that there is one. What closes a card asks no more
                # who belongs, so what this process remembers of that is not enough.
                await door.access(anew=True)
                return await answer(desk_of(self._deps), engine, door, command)
            case FeedbackRecord():
                door = self._door(connection, command, may_write)
                return await record_feedback(desk_of(self._deps), door, connection, command)
            case MessageRegenerate():
                raise CommandRefused(ASK_AGAIN, code=ErrorCode.UNKNOWN_COMMAND)
            case _:
                return await self._about_messages(engine, connection, command)

    async def _about_messages(self, engine: GroupEngine, connection: Connection, command: AboutMessages) -> Answer:
        match command:
            case MessageEdit():
                return await edit(self._deps, connection, command)
            case MessageDelete():
                return await take_back(self._deps, engine, connection, command)
            case MessageShare():
                return await share(self._deps, connection, command)
            case SteerTake():
                return await take(self._deps, connection, command)
            case ReactionSetCommand():
                return await react(self._deps, connection, command)
            case Read():
                return await read(self._deps, connection, command)
            case TypingCommand():
                return await typing(self._deps, self._throttle, connection, command)
            case PresenceCommand():
                return await presence(self._deps, self._throttle, connection, command)

    def _door(self, connection: Connection, command: QuestionAnswer | FeedbackRecord, check: Check) -> GroupDoor:
        return GroupDoor(self._deps.gate, connection.state.principal, command.conversation_id, check)
