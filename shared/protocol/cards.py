"""Cards: what a turn asks a person while it waits, and how that is answered."""

from typing import Literal

from pydantic import ConfigDict, Field

from shared.protocol.durable import DurableEvent, EventBase, NarrowEvent

type CardKind = Literal["approval", "form", "url", "sign_in"]
type CardOutcome = Literal["approved", "denied", "accepted", "declined", "cancelled", "expired"]


class CardOpened(NarrowEvent):
    """A tool call waits for `owner` (a principal; nobody else may answer) until `expires_at` (UTC).

    `arguments` is JSON text, what an approval is about. `schema` is JSON Schema text: of the arguments where the
    approval may change them, of the values where a form is to be filled in. `fence` has to come back with the answer.
    `server` is empty where the coach itself asks to `remember` something: `arguments` are the entry to be stored.
    `message` says in English what is asked. Where it is ours, an approval's or a sign-in's, the other fields say it
    all: `because` are the servers whose text, which strangers may have written, is why an approval is asked for; null
    where nobody noted that.
    """

    model_config = ConfigDict(serialize_by_alias=True)

    type: Literal["question.opened"] = "question.opened"
    question_id: str
    turn_id: str
    call_id: str
    kind: CardKind
    owner: str
    server: str
    tool: str
    message: str
    arguments: str | None = None
    # As an attribute `schema` would hide a method of the base.
    response_schema: str | None = Field(default=None, alias="schema")
    url: str | None = None
    fence: str
    expires_at: str
    because: tuple[str, ...] | None = None


class CardClosed(NarrowEvent):
    """A card was answered, or closed without an answer; `actor` is who did. `arguments` are those the person changed.

    `cancelled`: the person walked away, or the turn was stopped; `expired`: nobody answered in time.
    """

    type: Literal["question.closed"] = "question.closed"
    question_id: str
    turn_id: str
    call_id: str
    outcome: CardOutcome
    arguments: str | None = None
    note: str | None = None


class TurnParked(DurableEvent):
    """A turn waits for a person and left the floor, which `next_turn_id` has now."""

    type: Literal["turn.parked"] = "turn.parked"
    turn_id: str
    next_turn_id: str | None = None


class TurnResumed(DurableEvent):
    """A parked turn got its answers and the floor, and goes on."""

    type: Literal["turn.resumed"] = "turn.resumed"
    turn_id: str


class ToolCallProgress(EventBase):
    """How far a running call is, as its server tells it: `progress` of `total`, in units of its own."""

    type: Literal["tool_call.progress"] = "tool_call.progress"
    turn_id: str
    call_id: str
    progress: float
    total: float | None = None
    message: str | None = None
