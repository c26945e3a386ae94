"""How a tool call ended, for the log, the model and the person."""

from dataclasses import dataclass
from typing import Literal

from shared.errors import Transient
from shared.protocol.codes import ErrorCode

type OutcomeStatus = Literal["completed", "failed", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolOutcome:
    """A call that is over. `unknown`: it may have taken effect; only an idempotent tool may be called again.

    `text` is what the model reads: clean, at most the server's `max_result_bytes` in UTF-8. `is_error` is true when
    the server itself flagged the result, so that `text` is the server's; other failures are told in our words.
    `ms` is the time the call took, milliseconds.
    """

    status: OutcomeStatus
    text: str
    is_error: bool
    ms: int


class NotExecuted(Transient):
    """The call is known not to have reached the tool, so it may be made again."""

    code = ErrorCode.TOOL_UNAVAILABLE


class ToolServerUnavailable(Transient):
    """A server's tools could not be listed."""

    code = ErrorCode.TOOL_UNAVAILABLE
