"""The shape of scenario scripts: rules that decide an answer, its pace and its faults instead of the brain."""

import json
import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from local.openai.reply import Fault, FaultKind, Finish

FAULTS: tuple[FaultKind, ...] = ("truncate", "reset", "stall", "error_frame", "failed")
Count = Annotated[int, Field(ge=0)]


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Match(Part):
    """All given conditions must hold. `text`, `anywhere`, `model`, `instructions` are searched as regular expressions.

    `text` is the person's last message; `anywhere` any single item of the input, so that it goes on matching for as
    long as the item is told: in later turns, as a call's arguments, as a tool's result. `step` counts the tool rounds
    of the running turn from 0, `attempt` how often this very request came, from 1.
    """

    text: str | None = None
    anywhere: str | None = None
    model: str | None = None
    instructions: str | None = None
    api: Literal["responses", "chat"] | None = None
    step: Count | None = None
    attempt: int | None = None

    @field_validator("text", "anywhere", "model", "instructions")
    @classmethod
    def _compiles(cls, pattern: str | None) -> str | None:
        try:
            re.compile(pattern or "")
        except re.error as error:
            raise ValueError(f"not a regular expression: {error}") from error
        return pattern


class ScriptedCall(Part):
    """A call; `arguments` other than text are sent as JSON. `{{1}}` or `{{name}}` take groups of `match.text`."""

    name: str
    arguments: Any = Field(default_factory=dict[str, Any])
    repeat: Count = 1


class Respond(Part):
    """The answer. Without `text`, `tokens`, `calls` the brain answers, at this pace and with these faults."""

    text: str | None = None
    tokens: Count | None = None
    stamp: bool = False
    calls: tuple[ScriptedCall, ...] = ()
    malformed_arguments: bool = False
    reasoning: str | None = None
    finish: Finish = "stop"
    first_token_ms: float | None = Field(default=None, ge=0)
    token_ms: float | None = Field(default=None, ge=0)
    error: Literal["rate_limit", "content_filter", "context_length", "server", "unavailable"] | None = None
    status: int | None = Field(default=None, ge=200, le=599)
    headers: dict[str, str] = Field(default_factory=dict[str, str])
    body: Any = None
    retry_after_ms: Count = 1000
    truncate_after: Count | None = None
    reset_after: Count | None = None
    stall_after: Count | None = None
    error_frame_after: Count | None = None
    failed_after: Count | None = None
    unknown_event: bool = False

    @property
    def by_brain(self) -> bool:
        return self.text is None and self.tokens is None and not self.calls

    @property
    def fault(self) -> Fault | None:
        for kind in FAULTS:
            after: int | None = getattr(self, f"{kind}_after")
            if after is not None:
                return Fault(kind=kind, after=after)
        return None


class Rule(Part):
    """`times` limits how often the rule applies; a used-up rule is skipped."""

    name: str | None = None
    match: Match = Match()
    respond: Respond = Respond()
    times: Count | None = None


class Script(Part):
    """The rules; the first that matches decides."""

    rules: tuple[Rule, ...] = ()


def parse(text: str | bytes) -> Script:
    """Return the script in a JSON text: a list of rules, or `{"rules": [...]}`.

    Raises:
        ValueError: it is not JSON, or not of this form (pydantic's ValidationError is a ValueError).

    """
    value = json.loads(text)
    return Script.model_validate({"rules": value} if isinstance(value, list) else value)
