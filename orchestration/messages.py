"""What passes between the orchestrator and its activities: ids and small words, as JSON text.

`trace` is everywhere the trace context (a `traceparent`) the turn's question came in.
"""

from dataclasses import dataclass
from typing import Literal

from shared.turns import Message

CALL_MODEL = "call_model"
CALL_TOOL = "call_tool"
EXPIRE_CARDS = "expire_cards"
FINISH_TURN = "finish_turn"
WRITE_SUMMARY = "write_summary"

_WAITS = "waiting "

LIMIT_STEPS = "limit_steps"
LIMIT_TIME = "limit_time"

type StepOutcome = Literal["answered", "tools", "stopped", "failed", "over"]
type EndStatus = Literal["completed", "stopped", "failed", "exhausted"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRequest(Message):
    """Run one model step of a turn; the `last` one gets no tools, so that it must answer.

    `room`: it answers a group, made without what the asker alone was answered before.
    """

    conversation_id: str
    turn_id: str
    asker: str
    team: str
    question_seq: int
    manifest_id: str | None
    step: int
    last: bool
    room: bool = False
    trace: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepResult(Message):
    """How a model step went.

    `tools` names the calls to run next; `failed` carries an `ErrorInfo` as JSON text; `over` means the turn had
    ended or lost the floor, so nothing was done. `limit` is the code of the limit that made this step the turn's
    last, or cut its answer; `summarise` the `seq` up to which the conversation should be summarised once the turn has
    ended.
    """

    outcome: StepOutcome
    calls: tuple[str, ...] = ()
    error: str | None = None
    limit: str | None = None
    summarise: int | None = None
    room_waits: bool = False
    """The asker alone was answered; the room they asked in gets a step of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRequest(Message):
    """Run one tool call of a turn, with the rights `asker` has now.

    `again`: an earlier run came back to wait, and asked to be run again as `round`.
    """

    conversation_id: str
    asker: str
    call_id: str
    question_seq: int
    round: int = 0
    again: bool = False
    trace: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallWaits(Message):
    """A call that is to be run again as `round`.

    With `questions` (card ids) once they are closed, at the latest after `seconds`, and the turn, parked for the
    `parking`th time, has the floor again; without, after `seconds`.
    """

    questions: tuple[str, ...]
    seconds: int
    parking: int
    round: int


def waits_in(result: str) -> CallWaits | None:
    """Return what a call's result says it waits for; None for the status of a call that is over."""
    if not result.startswith(_WAITS):
        return None
    return CallWaits.from_text(result.removeprefix(_WAITS))


def waiting(what: CallWaits) -> str:
    """Return a call's result that says it waits."""
    return _WAITS + what.text()


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpireRequest(Message):
    """Close those of a turn's cards that nobody has answered: their time is over."""

    conversation_id: str
    turn_id: str
    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryRequest(Message):
    """Summarise a conversation up to `through_seq`, as `needs_summary` found it, for later model calls.

    `question_seq` is the turn's: the log is read as far back from there as for its context.
    """

    conversation_id: str
    question_seq: int
    through_seq: int
    trace: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishRequest(Message):
    """End a turn.

    `error` is an `ErrorInfo` as JSON text, the limit that was hit, or the text of the failure that ended it.
    `suggests`: its asker is shown what to ask next.
    """

    conversation_id: str
    turn_id: str
    asker: str
    team: str
    question_seq: int
    status: EndStatus
    error: str | None = None
    trace: str | None = None
    suggests: bool = False
