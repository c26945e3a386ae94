"""What a request asks of the model, the same for both APIs."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, cast

Api = Literal["responses", "chat"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A message of the person, the model, or the developer."""

    role: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """A tool call the model made earlier; `arguments` is JSON text."""

    call_id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """What a tool call gave back."""

    call_id: str
    output: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Thought:
    """A reasoning item handed back by the client."""

    item_id: str
    encrypted: bool


Entry = Said | Called | Returned | Thought


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A function the request offers; `parameters` is its JSON schema."""

    name: str
    description: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolResult:
    """One finished tool call of the running turn."""

    name: str
    arguments: str
    output: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A validated request. `choice` is `auto`, `none`, `required` or `=<tool name>`."""

    api: Api
    model: str
    instructions: str
    entries: tuple[Entry, ...]
    body: Mapping[str, Any] = field(repr=False)
    tools: tuple[Tool, ...] = ()
    choice: str = "auto"
    parallel: bool = True
    schema: Mapping[str, Any] | None = None
    json_mode: bool = False
    stream: bool = False
    include_usage: bool = False
    max_tokens: int | None = None
    reasoning: bool = False
    reasoning_summary: bool = False
    reasoning_encrypted: bool = False
    cache_key: str = ""

    @property
    def user_texts(self) -> list[str]:
        return [entry.text for entry in self.entries if isinstance(entry, Said) and entry.role == "user"]

    @property
    def question(self) -> str:
        """The last thing the person said."""
        texts = self.user_texts
        return texts[-1] if texts else ""

    @property
    def texts(self) -> Iterator[str]:
        """What every item of the input says: whoever said it, called with it or gave it back."""
        for entry in self.entries:
            match entry:
                case Said(text=text) | Called(arguments=text) | Returned(output=text):
                    yield text
                case Thought():
                    pass  # it comes back sealed

    @property
    def turn(self) -> Sequence[Entry]:
        """Everything after the person's last message."""
        for index in range(len(self.entries) - 1, -1, -1):
            entry = self.entries[index]
            if isinstance(entry, Said) and entry.role == "user":
                return self.entries[index + 1 :]
        return self.entries

    @property
    def step(self) -> int:
        """How many rounds of tool calls this turn has behind it."""
        rounds, calling = 0, False
        for entry in self.turn:
            if isinstance(entry, Called) and not calling:
                rounds += 1
            if not isinstance(entry, Thought):
                calling = isinstance(entry, Called)
        return rounds

    @property
    def results(self) -> tuple[ToolResult, ...]:
        """The finished tool calls of this turn, in the order they were asked for."""
        outputs = {entry.call_id: entry.output for entry in self.turn if isinstance(entry, Returned)}
        return tuple(
            ToolResult(name=entry.name, arguments=entry.arguments, output=outputs[entry.call_id])
            for entry in self.turn
            if isinstance(entry, Called) and entry.call_id in outputs
        )

    @property
    def prompt(self) -> str:
        """The text whose length and prefix decide token counts and prompt caching."""
        keys = ("tools", "instructions", "input", "messages")
        return "".join(json.dumps(self.body[key]) for key in keys if key in self.body)

    @property
    def fingerprint(self) -> str:
        """Equal for a repeated request, whatever its transport headers."""
        return hashlib.sha256(json.dumps(self.body, sort_keys=True).encode()).hexdigest()


def objects(value: object) -> Iterator[Mapping[str, Any]]:
    """Yield the JSON objects among the elements of a JSON array; anything else yields nothing."""
    if isinstance(value, list):
        for element in cast("list[object]", value):
            if isinstance(element, dict):
                yield cast("dict[str, Any]", element)


def mapping(value: object) -> Mapping[str, Any]:
    """Return a JSON object, or an empty one for anything else."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def text_of(content: object) -> str:
    """Return the text of a message content or tool output: a string, or a list of typed parts."""
    if isinstance(content, str):
        return content
    return "\n".join(str(part.get("text") or part.get("refusal") or "") for part in objects(content))
