"""Holds frames against the types of the `openai` package, strictly: the SDK itself would take anything."""

from collections.abc import Callable
from typing import Any

from openai.types.chat import ChatCompletion, ChatCompletionChunk
from openai.types.responses import Response, ResponseStreamEvent
from openai.types.shared import ErrorObject
from pydantic import TypeAdapter

from local.openai.delivery import Steps
from tests.local.openai.sse import frames

EVENT = TypeAdapter[ResponseStreamEvent](ResponseStreamEvent)
UNKNOWN_EVENT = "response.local_unknown.delta"


def check(event: str | None, data: Any) -> None:
    """Accept a valid frame.

    Raises:
        ValidationError: it is not of the type the SDK says.

    """
    if event is not None:
        assert event == data["type"]
        if event != UNKNOWN_EVENT:
            EVENT.validate_python(data)
    elif data == "[DONE]":
        return
    elif "error" in data:
        ErrorObject.model_validate(data["error"])
    else:
        # Azure opens a stream with a frame that has only the prompt's filter results; its `object` is empty.
        opening = not data["choices"] and "prompt_filter_results" in data
        ChatCompletionChunk.model_validate(data | ({"object": "chat.completion.chunk"} if opening else {}))


def check_bytes(sent: bytes) -> None:
    for event, data in frames(sent.decode()):
        check(event, data)


def checked_steps(steps: Callable[[Any], Steps]) -> Callable[[Any], Steps]:
    """Return `steps` as it is, but for a check of every frame and of the whole answer at the end."""

    def run(events: Any) -> Steps:
        for step in steps(events):
            if isinstance(step, bytes):
                check_bytes(step)
            yield step
        model = Response if events.final["object"] == "response" else ChatCompletion
        model.model_validate(events.final)

    return run


def checked_frame(make: Callable[[Any], bytes]) -> Callable[[Any], bytes]:
    def run(events: Any) -> bytes:
        sent = make(events)
        check_bytes(sent)
        return sent

    return run
