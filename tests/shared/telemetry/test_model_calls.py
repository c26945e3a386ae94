"""A model call is one span with its figures; what was said is in it only where that is wanted."""

from collections.abc import AsyncGenerator

import pytest

from shared.errors import ModelUnavailable
from shared.model import Model, ModelCompleted, ModelEvent, ModelRequest, TextDelta, UserText
from shared.protocol.shapes import Usage
from shared.telemetry import names
from shared.telemetry.model_calls import ToldModel
from tests.shared.telemetry.recorder import Recorder

REQUEST = ModelRequest(
    model="chat-1",
    instructions="",
    items=(UserText("My token is Bearer abcdefghij"),),
    tools=(),
    cache_key="",
    max_output_tokens=100,
)


class _Scripted(Model):
    def __init__(self, error: Exception | None = None) -> None:
        self._error = error

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent]:
        yield TextDelta("Hel")
        if self._error is not None:
            raise self._error
        yield TextDelta("lo")
        yield ModelCompleted(finish="stop", usage=Usage(input_tokens=7, output_tokens=3, cached_input_tokens=2))


async def _nothing() -> None:
    return


async def _asked(model: Model, *, content: bool = False) -> list[ModelEvent]:
    return [event async for event in ToldModel(model, content=content, sign_in=_nothing).stream(REQUEST)]


async def test_a_call_is_told_with_its_model_tokens_and_end(told: Recorder) -> None:
    before = told.total(names.MODEL_TOKENS)
    assert len(await _asked(_Scripted())) == 3
    span = told.spans()["chat chat-1"]
    assert span.attributes is not None
    assert span.attributes["gen_ai.operation.name"] == "chat"
    assert span.attributes["gen_ai.request.model"] == "chat-1"
    assert span.attributes["gen_ai.usage.input_tokens"] == 7
    assert span.attributes["gen_ai.usage.output_tokens"] == 3
    assert span.attributes["gen_ai.usage.cache_read.input_tokens"] == 2
    assert span.attributes["gen_ai.response.finish_reasons"] == ("stop",)
    assert told.total(names.MODEL_TOKENS) == before + 2


async def test_content_is_not_in_it(told: Recorder) -> None:
    await _asked(_Scripted())
    text = told.spans()["chat chat-1"].to_json()
    assert "Hello" not in text
    assert "My token" not in text


async def test_content_is_in_it_where_that_is_wanted_without_what_lets_somebody_in(told: Recorder) -> None:
    await _asked(_Scripted(), content=True)
    attributes = told.spans()["chat chat-1"].attributes
    assert attributes is not None
    assert "Hello" in str(attributes["gen_ai.output.messages"])
    assert "My token is Bearer [redacted]" in str(attributes["gen_ai.input.messages"])


async def test_a_failure_says_that_it_is_the_models(told: Recorder) -> None:
    before = told.total(names.FAILURES, **{names.PLACE: "model", names.FAULT: "model"})
    timed = told.total(names.MODEL_DURATION, **{names.ERROR: "model_unavailable"})
    with pytest.raises(ModelUnavailable):
        await _asked(_Scripted(ModelUnavailable("overloaded")))
    span = told.spans()["chat chat-1"]
    assert span.attributes is not None
    assert span.attributes[names.FAULT] == "model"
    assert told.total(names.FAILURES, **{names.PLACE: "model", names.FAULT: "model"}) == before + 1
    assert told.total(names.MODEL_DURATION, **{names.ERROR: "model_unavailable"}) == timed + 1


async def test_a_call_that_is_given_up_ends_its_span(told: Recorder) -> None:
    stream = ToldModel(_Scripted(), content=False, sign_in=_nothing).stream(REQUEST)
    assert isinstance(await anext(stream), TextDelta)
    await stream.aclose()
    assert told.spans()["chat chat-1"].end_time is not None
