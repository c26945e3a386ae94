"""Commands a client may send.

Unknown fields are ignored so that an older server understands a newer client; missing or
ill-typed ones are refused by name.
"""

from typing import Annotated, Any, Literal, Self, get_args

from pydantic import Field, model_validator

from shared.protocol.command_base import MAX_NOTE_CHARACTERS, ClientMessageId, CommandBase, Seq, ShortId
from shared.protocol.group_commands import GroupCommand
from shared.protocol.shapes import CallVote, Capability, MessageVote


class SessionUpdate(CommandBase):
    """Open a session (a new one without `session_id`) on this connection.

    `email_id` and `role` can only narrow what the token grants. `after` is the last `seq` the client
    already has. `accessToken` refreshes the sign-in over a long-lived socket.
    """

    type: Literal["session.update"]
    session_id: ShortId | None = None
    after: Seq = 0
    email_id: Annotated[str, Field(max_length=320)] | None = None
    role: Annotated[str, Field(max_length=100)] | None = None
    accessToken: Annotated[str, Field(max_length=20_000)] | None = None  # noqa: N815 - fixed by the spec
    capabilities: list[Capability | str] = Field(default_factory=list[Capability | str])
    time_zone: Annotated[str, Field(max_length=64)] | None = None
    locale: Annotated[str, Field(max_length=35)] | None = None


class Query(CommandBase):
    """Ask the coach. `session_id` defaults to the session this connection opened.

    With `steer`, a question asked while a turn runs is put into that turn at its next tool boundary; unused, it becomes
    a turn of its own. With no turn running it is an ordinary question.
    """

    type: Literal["query"]
    content: str
    session_id: ShortId | None = None
    client_message_id: ClientMessageId | None = None
    steer: bool = False


class TurnStop(CommandBase):
    """Stop a running or queued turn. Text written so far stays; repeating the command changes nothing."""

    type: Literal["turn.stop"]
    conversation_id: ShortId
    turn_id: ShortId


class MessageEdit(CommandBase):
    """Ask an earlier question of one's own in other words: a new turn replaces its turn and all that followed."""

    type: Literal["message.edit"]
    conversation_id: ShortId
    message_id: ShortId
    content: str
    client_message_id: ClientMessageId | None = None


class MessageRegenerate(CommandBase):
    """Have the latest question answered again by a new turn; `message_id` is any message of the turn it replaces."""

    type: Literal["message.regenerate"]
    conversation_id: ShortId
    message_id: ShortId


class FeedbackRecord(CommandBase):
    """Say how a tool call (`useful`, `wrong`, `slow`, `unsafe`) or a message of the coach (`up`, `down`) was.

    Exactly one of `call_id` and `message_id` names it. A person's latest vote on it takes the place of an earlier one.
    """

    type: Literal["feedback.record"]
    conversation_id: ShortId
    call_id: ShortId | None = None
    message_id: ShortId | None = None
    vote: CallVote | MessageVote
    note: Annotated[str, Field(max_length=MAX_NOTE_CHARACTERS)] | None = None

    @model_validator(mode="after")
    def _one_target_and_its_votes(self) -> Self:
        if (self.call_id is None) == (self.message_id is None):
            raise ValueError("name either a call_id or a message_id")
        votes = get_args((CallVote if self.call_id is not None else MessageVote).__value__)
        if self.vote not in votes:
            raise ValueError(f"the vote must be one of {', '.join(votes)}")
        return self


class QuestionAnswer(CommandBase):
    """Answer a card of one's own; the first answer counts. `fence` is the card's.

    `arguments` (a whole object) take the place of the proposed ones, with `approve`; `values` fill in a form, with
    `accept`; `note` is told to the coach.
    """

    type: Literal["question.answer"]
    conversation_id: ShortId
    question_id: ShortId
    fence: ShortId
    answer: Literal["approve", "deny", "accept", "decline", "cancel"]
    arguments: dict[str, Any] | None = None
    values: dict[str, Any] | None = None
    note: Annotated[str, Field(max_length=2000)] | None = None


class Sync(CommandBase):
    """Ask for the events after `after`; answered by `snapshot`."""

    type: Literal["sync"]
    conversation_id: ShortId
    after: Seq


type SharedCommand = (
    SessionUpdate | Query | TurnStop | MessageEdit | MessageRegenerate | QuestionAnswer | FeedbackRecord | Sync
)
"""What both hubs understand."""

type Command = SharedCommand | GroupCommand
