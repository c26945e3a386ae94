"""How a frame becomes a command."""

from typing import Annotated, Any, cast, get_args

from pydantic import Field, TypeAdapter, ValidationError

from shared.protocol.codes import ErrorCode
from shared.protocol.command_base import MAX_FRAME_BYTES, CommandBase
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
from shared.protocol.field_problem import field_problem
from shared.protocol.group_commands import (
    GroupLeave,
    GroupMessage,
    GroupOpen,
    MessageDelete,
    MessageShare,
    PresenceCommand,
    ReactionSetCommand,
    Read,
    SteerTake,
    TypingCommand,
)
from shared.protocol.strict_json import JsonUnusable, read_json

COMMANDS: tuple[type[CommandBase], ...] = (
    SessionUpdate,
    Query,
    TurnStop,
    MessageEdit,
    MessageRegenerate,
    FeedbackRecord,
    QuestionAnswer,
    Sync,
    MessageDelete,
    MessageShare,
    SteerTake,
    ReactionSetCommand,
    GroupOpen,
    GroupLeave,
    GroupMessage,
    TypingCommand,
    PresenceCommand,
    Read,
)
COMMAND_TYPES = frozenset(str(get_args(command.model_fields["type"].annotation)[0]) for command in COMMANDS)
_ADAPTER: TypeAdapter[Command] = TypeAdapter(
    Annotated[
        SessionUpdate
        | Query
        | TurnStop
        | MessageEdit
        | MessageRegenerate
        | QuestionAnswer
        | FeedbackRecord
        | Sync
        | GroupOpen
        | GroupLeave
        | GroupMessage
        | MessageDelete
        | MessageShare
        | SteerTake
        | ReactionSetCommand
        | TypingCommand
        | PresenceCommand
        | Read,
        Field(discriminator="type"),
    ]
)


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
