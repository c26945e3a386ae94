"""How a tool call ended, for the log, the model and the person."""

from dataclasses import dataclass
from typing import Literal, Protocol

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


@dataclass(frozen=True, slots=True, kw_only=True)
class InputRequest:
    """One thing a tool wants to know from a person before it goes on.

    `key` is the server's name for it. A `form` has a flat JSON `schema` (JSON text), a `url` has the page to open.
    """

    key: str
    kind: Literal["form", "url"]
    message: str
    schema: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InputAnswer:
    """What the person said. `values` is JSON text of an object, only with `accept`."""

    key: str
    action: Literal["accept", "decline", "cancel"]
    values: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InputNeeded:
    """The call stopped before its end until a person has answered. `state` is the server's, kept byte for byte.

    Without `requests` the server is only not ready: call again later. `restarted`: the server no longer took the
    state of a continuation, so the call began anew and asks its first questions again; they may be answered with what
    was already said.
    """

    requests: tuple[InputRequest, ...]
    state: str | None
    ms: int
    restarted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInNeeded:
    """The server wants the asker's own sign-in, and there is none that it takes."""

    server: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Continuation:
    """Goes on with a call that needed input: the answers under their keys, and the server's state."""

    answers: tuple[InputAnswer, ...]
    state: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """For whom a call is made."""

    principal: str
    name: str = ""


class CallObserver(Protocol):
    """What may happen while a call runs."""

    async def progress(self, progress: float, total: float | None, message: str | None) -> None:
        """Take note of how far it is; must return soon."""
        ...

    async def ask(self, request: InputRequest) -> InputAnswer:
        """Ask a person while the server waits (servers of the handshake era); `cancel` when nobody answers in time."""
        ...


type CallOutcome = ToolOutcome | InputNeeded | SignInNeeded


class NotExecuted(Transient):
    """The call is known not to have reached the tool, so it may be made again."""

    code = ErrorCode.TOOL_UNAVAILABLE


class ToolServerUnavailable(Transient):
    """A server's tools could not be listed. `reason`, if any, follows the server's name in words for a person."""

    code = ErrorCode.TOOL_UNAVAILABLE

    def __init__(
        self, message: str, *, code: ErrorCode | None = None, after_ms: int | None = None, reason: str = ""
    ) -> None:
        super().__init__(message, code=code, after_ms=after_ms)
        self.reason = reason
