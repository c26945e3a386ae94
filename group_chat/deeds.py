"""What a member of a group says and does."""

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

type AboutMessages = (
    MessageEdit | MessageDelete | MessageShare | SteerTake | ReactionSetCommand | Read | TypingCommand | PresenceCommand
)
"""About messages that are there, and about oneself."""
type Deed = GroupMessage | Query | TurnStop | QuestionAnswer | FeedbackRecord | MessageRegenerate | AboutMessages
