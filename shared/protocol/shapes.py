"""Building blocks that several commands and events share."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from shared.protocol.codes import ErrorCode, Fault

PROTOCOL_VERSION = 1

type Capability = Literal["streaming", "suggestions"]


class Shape(BaseModel):
    """A wire shape: `snake_case` JSON, frozen once built, unknown fields refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_serialization_defaults_required=True)


class Participant(Shape):
    """Who wrote or did something. `id` is a principal for people, `coach` or `system` otherwise."""

    kind: Literal["person", "coach", "system"]
    id: str
    name: str


COACH = Participant(kind="coach", id="coach", name="Coach")
SYSTEM = Participant(kind="system", id="system", name="SalesCoach")


class TextPart(Shape):
    """Markdown written by a person or by the coach."""

    type: Literal["text"] = "text"
    text: str


class ToolCallPart(Shape):
    """A tool call the model asked for. `arguments` is the JSON text exactly as the model wrote it."""

    type: Literal["tool_call"] = "tool_call"
    call_id: str
    server: str
    tool: str
    arguments: str


type Part = Annotated[TextPart | ToolCallPart, Field(discriminator="type")]


class Usage(Shape):
    """Tokens as the model service counted them, or estimated of a call that was cut off.

    `cached_input_tokens` is part of `input_tokens`. `cost_micros` is their price in millionths of the price list's
    currency, 0 when there is no price for the model.
    """

    input_tokens: int = 0
    cached_input_tokens: int = 0
    output_tokens: int = 0
    cost_micros: int = 0

    def __add__(self, other: "Usage") -> "Usage":
        """Return the sum, field by field."""
        return Usage(
            input_tokens=self.input_tokens + other.input_tokens,
            cached_input_tokens=self.cached_input_tokens + other.cached_input_tokens,
            output_tokens=self.output_tokens + other.output_tokens,
            cost_micros=self.cost_micros + other.cost_micros,
        )


class ToolInfo(Shape):
    """One tool the coach may use in this session."""

    server: str
    tool: str
    description: str


class ToolFeedback(Shape):
    """How one tool call of a turn went; `ms` is its duration, `outcome` one short line for people."""

    call_id: str
    server: str
    tool: str
    status: "ToolStatus"
    ms: int
    outcome: str


type ToolStatus = Literal["completed", "failed", "denied", "cancelled", "unknown"]
type ChartCell = str | int | float
type CallVote = Literal["useful", "wrong", "slow", "unsafe"]
type MessageVote = Literal["up", "down"]
type WhileBusy = Literal["queue", "reject"]
type TitleSource = Literal["first_words", "model", "person"]
type OthersSee = Literal["nothing", "outline"]
type Readers = Literal["everyone", "asker"]
type Trust = Literal["trusted", "untrusted"]
type TurnStatus = Literal["completed", "stopped", "failed", "expired", "exhausted"]


class ErrorInfo(Shape):
    """What went wrong, who has to act, and whether trying again may help (after `after_ms` milliseconds)."""

    code: ErrorCode
    fault: Fault
    message: str
    retryable: bool
    after_ms: int | None = None
    trace_id: str | None = None


class ActiveTurn(Shape):
    """The turn that holds the floor. `asker` is empty where somebody else whispered the question to the coach."""

    turn_id: str
    asker: str
    stopping: bool


class QueuedTurn(Shape):
    """A turn that waits for the floor; `position` counts from 1, `asker` is as in `ActiveTurn`."""

    turn_id: str
    asker: str
    position: int


class LiveText(Shape):
    """Text of the running model step as far as it was checkpointed; `offset` is its length in characters."""

    message_id: str
    turn_id: str
    step: int
    attempt: int
    offset: int
    text: str
