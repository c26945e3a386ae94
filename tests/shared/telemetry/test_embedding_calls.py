"""Making vectors is one span with its model and how it ended; the texts are in none."""

from collections.abc import AsyncGenerator, Sequence

import pytest

from shared.errors import ModelUnavailable
from shared.model import Embedded, ModelEvent, ModelRequest, ModelService
from shared.protocol.shapes import Usage
from shared.telemetry.embedding_calls import ToldModelService
from tests.shared.telemetry.recorder import Recorder

SECRET = "What does Contoso pay?"


class _Vectors(ModelService):
    def __init__(self, error: Exception | None = None) -> None:
        self._error = error

    def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent]:
        raise AssertionError(request)

    async def embed(self, deployment: str, texts: Sequence[str], dimensions: int) -> Embedded:
        if self._error is not None:
            raise self._error
        return Embedded(vectors=[[1.0] * dimensions for _ in texts], usage=Usage(input_tokens=4))


async def _nothing() -> None:
    return


async def test_vectors_are_passed_on_and_the_span_tells_the_model_but_no_text(told: Recorder) -> None:
    service = ToldModelService(_Vectors(), content=True, sign_in=_nothing)
    assert (await service.embed("vectors-1", [SECRET], 2)).vectors == [[1.0, 1.0]]
    span = told.spans()["embeddings vectors-1"]
    assert span.attributes is not None
    assert span.attributes["gen_ai.request.model"] == "vectors-1"
    assert span.attributes["gen_ai.usage.input_tokens"] == 4
    assert SECRET not in span.to_json()


async def test_a_failure_is_told_with_its_fault_and_raised(told: Recorder) -> None:
    service = ToldModelService(_Vectors(ModelUnavailable("busy")), content=False, sign_in=_nothing)
    with pytest.raises(ModelUnavailable):
        await service.embed("vectors-1", [SECRET], 2)
    assert not told.spans()["embeddings vectors-1"].status.is_ok
