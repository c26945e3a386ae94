"""The port to the language model: what is asked, and what comes back while it answers. No SDK is known here."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from shared.protocol.shapes import Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelTool:
    """A tool the model may ask for; `parameters` is the text of its JSON schema (an object)."""

    name: str
    description: str
    parameters: str


@dataclass(frozen=True, slots=True)
class UserText:
    """What a person wrote."""

    text: str


@dataclass(frozen=True, slots=True)
class AssistantText:
    """What the coach wrote."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolRequest:
    """A tool call the model asked for earlier; `arguments` is its JSON text."""

    call_id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolResult:
    """What the call of that id gave; every `ToolRequest` needs one."""

    call_id: str
    output: str


type InputItem = UserText | AssistantText | ToolRequest | ToolResult


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRequest:
    """One model call. `model` is the deployment's name.

    Requests that share a long beginning (tools, instructions, early items) should share `cache_key`. The answer is JSON
    that fits `answer_schema` (the text of a strict JSON schema of an object), if that is given; it has to be checked.
    """

    model: str
    instructions: str
    items: tuple[InputItem, ...]
    tools: tuple[ModelTool, ...]
    cache_key: str
    max_output_tokens: int
    answer_schema: str | None = None


@dataclass(frozen=True, slots=True)
class TextDelta:
    """The next piece of text; never empty."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolRequested:
    """The model asks for a tool. `arguments` is exactly what it wrote, which need not be JSON."""

    name: str
    arguments: str


type Finish = Literal["stop", "tools", "length", "content_filter"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCompleted:
    """The answer is whole; always the last event. `usage` is zero when the service did not count."""

    finish: Finish
    usage: Usage


type ModelEvent = TextDelta | ToolRequested | ModelCompleted


class Model(Protocol):
    """A language model: `AzureOpenAIModel` in the app, a scripted one in tests."""

    def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent]:
        """Yield events as they arrive, ending with `ModelCompleted`. Closing the generator aborts the request.

        Raises:
            ModelUnavailable: asking again may help; what was yielded so far is void.
            ModelFailed: asking again the same way cannot help.

        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Embedded:
    """A vector for each text, in their order; `usage` is zero when the service did not count."""

    vectors: list[list[float]]
    usage: Usage


class Embedder(Protocol):
    """Makes vectors of texts: `AzureOpenAIModel` in the app."""

    async def embed(self, deployment: str, texts: Sequence[str], dimensions: int) -> Embedded:
        """Return one vector of `dimensions` numbers for each text.

        Raises:
            ModelUnavailable: asking again may help.
            ModelFailed: asking again the same way cannot help.

        """
        ...


class ModelService(Model, Embedder, Protocol):
    """What answers and makes vectors."""
