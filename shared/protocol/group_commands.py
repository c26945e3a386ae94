"""Commands of the hub of groups."""

from typing import Annotated, Literal

from pydantic import Field

from shared.protocol.command_base import MAX_MENTIONS, ClientMessageId, CommandBase, Seq, ShortId
from shared.protocol.group import PresenceState
from shared.protocol.shapes import Capability


class MessageDelete(CommandBase):
    """Take a message of one's own back; its text is erased."""

    type: Literal["message.delete"]
    conversation_id: ShortId
    message_id: ShortId


class MessageShare(CommandBase):
    """Share with the group what the coach told the sender alone; once, and not to be taken back."""

    type: Literal["message.share"]
    conversation_id: ShortId
    message_id: ShortId


class SteerTake(CommandBase):
    """Take a question of somebody else that waits ("@coach also ...") into one's own running turn."""

    type: Literal["steer.take"]
    conversation_id: ShortId
    turn_id: ShortId


class ReactionSetCommand(CommandBase):
    """React to a message, or take that back (`on` false)."""

    type: Literal["reaction.set"]
    conversation_id: ShortId
    message_id: ShortId
    emoji: Annotated[str, Field(min_length=1, max_length=32)]
    on: bool = True


class GroupOpen(CommandBase):
    """Read and write in a group over this connection; answered by `snapshot`. `after` is the last `seq` one has.

    `time_zone` (IANA) is for what the coach is asked over this connection: what day it is for who asks.
    """

    type: Literal["group.open"]
    group_id: ShortId
    after: Seq = 0
    time_zone: Annotated[str, Field(max_length=64)] | None = None
    capabilities: list[Capability | str] = Field(default_factory=list[Capability | str])


class GroupLeave(CommandBase):
    """Leave a group for good."""

    type: Literal["group.leave"]
    group_id: ShortId


class GroupMessage(CommandBase):
    """Say something in a group. `mentions` and `to` are principals or `coach`; with `to` it is a whisper."""

    type: Literal["group.message"]
    group_id: ShortId
    content: str
    client_message_id: ClientMessageId
    mentions: list[ShortId] = Field(default_factory=list[ShortId], max_length=MAX_MENTIONS)
    reply_to: ShortId | None = None
    to: list[ShortId] = Field(default_factory=list[ShortId], max_length=MAX_MENTIONS)


class TypingCommand(CommandBase):
    """Say that one types, every three seconds at most, or (`on` false) no longer."""

    type: Literal["typing"]
    conversation_id: ShortId
    on: bool = True


class PresenceCommand(CommandBase):
    """Say that one is here, every 20 s, or `away`."""

    type: Literal["presence"]
    conversation_id: ShortId
    state: PresenceState = "here"


class Read(CommandBase):
    """Say how far one has read; a mark never goes back."""

    type: Literal["read"]
    conversation_id: ShortId
    seq: Seq


type GroupCommand = (
    GroupOpen
    | GroupLeave
    | GroupMessage
    | MessageDelete
    | MessageShare
    | SteerTake
    | ReactionSetCommand
    | TypingCommand
    | PresenceCommand
    | Read
)
"""What only the hub of groups understands."""
