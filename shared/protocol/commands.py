"""Commands a client may send, and how a frame becomes one.

Unknown fields are ignored so that an older server understands a newer client; missing or
ill-typed ones are refused by name.
"""

from typing import Annotated, Any, Literal, Self, cast, get_args

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from shared.protocol.codes import ErrorCode
from shared.protocol.field_problem import field_problem
from shared.protocol.shapes import CallVote, Capability, MessageVote
from shared.protocol.strict_json import JsonUnusable, read_json

MAX_FRAME_BYTES = 64 * 1024
MAX_CONTENT_CHARACTERS = 32_000
MAX_NOTE_CHARACTERS = 2000

type ShortId = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9_.\-]+$")]
type Seq = Annotated[int, Field(ge=0, le=2**53 - 1)]
type ClientMessageId = Annotated[str, Field(min_length=1, max_length=200)]


class CommandBase(BaseModel):
    """Fields every command may carry. `command_id` makes it idempotent and comes back on the answer."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)

    command_id: ClientMessageId | None = None


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
    capabilities: list[Capability | str] = []
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


type Command = (
    SessionUpdate | Query | TurnStop | MessageEdit | MessageRegenerate | QuestionAnswer | FeedbackRecord | Sync
)

COMMAND_TYPES = frozenset(
    {
        "session.update",
        "query",
        "turn.stop",
        "message.edit",
        "message.regenerate",
        "question.answer",
        "feedback.record",
        "sync",
    }
)
_ADAPTER: TypeAdapter[Command] = TypeAdapter(Annotated[Command, Field(discriminator="type")])


class CommandError(ValueError):
    """A frame that is not a command. `code` is the wire code, `command_id` the sender's, if readable."""

    def __init__(self, code: ErrorCode, message: str, command_id: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.command_id = command_id


def parse_command(frame: bytes) -> Command:
    """Read one frame (UTF-8 JSON, at most `MAX_FRAME_BYTES`).

    Raises:
        CommandError: with the code and a text that names the field at fault.

    """
    if len(frame) > MAX_FRAME_BYTES:
        raise CommandError(ErrorCode.FRAME_TOO_LARGE, f"A frame may have at most {MAX_FRAME_BYTES} bytes.")
    raw = _read_object(frame)
    command_id = raw.get("command_id")
    command_id = command_id if isinstance(command_id, str) else None
    name = raw.get("type")
    if not isinstance(name, str):
        raise CommandError(ErrorCode.UNKNOWN_COMMAND, "type: name a command, as text.", command_id)
    if name not in COMMAND_TYPES:
        raise CommandError(ErrorCode.UNKNOWN_COMMAND, f"There is no command {name[:60]!r}.", command_id)
    try:
        return _ADAPTER.validate_python(raw)
    except ValidationError as error:
        raise CommandError(ErrorCode.INVALID_COMMAND, field_problem(error, "command", outer=1), command_id) from error


def _read_object(frame: bytes) -> dict[str, Any]:
    try:
        value = read_json(frame)
    except JsonUnusable as error:
        raise CommandError(ErrorCode.MALFORMED_FRAME, f"The frame is not valid UTF-8 JSON: {error}.") from None
    if not isinstance(value, dict):
        raise CommandError(ErrorCode.MALFORMED_FRAME, "The frame must be a JSON object.")
    return cast("dict[str, Any]", value)
