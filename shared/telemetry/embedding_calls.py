"""The model service whose embeddings are told as its answers are: one span, how long it took, how many tokens."""

import time
from collections.abc import Awaitable, Callable, Sequence

from opentelemetry.trace import SpanKind

from shared.errors import SalesCoachError
from shared.model import Embedded, ModelService
from shared.protocol.codes import ErrorCode
from shared.telemetry import metrics, names
from shared.telemetry.model_calls import PROVIDER, ToldModel
from shared.telemetry.tracing import begin_span, mark_failed


class ToldModelService(ToldModel, ModelService):
    """Passes everything on to `service`; texts to embed are never told."""

    def __init__(self, service: ModelService, *, content: bool, sign_in: Callable[[], Awaitable[object]]) -> None:
        super().__init__(service, content=content, sign_in=sign_in)
        self._service = service

    async def embed(self, deployment: str, texts: Sequence[str], dimensions: int) -> Embedded:
        """Return vectors; see `Embedder.embed`."""
        common = {names.OPERATION: "embeddings", names.PROVIDER: PROVIDER, names.REQUEST_MODEL: deployment}
        told = begin_span(f"embeddings {deployment}", kind=SpanKind.CLIENT, attributes=common)
        began = time.perf_counter()
        error = {}
        try:
            made = await self._service.embed(deployment, texts, dimensions)
        except Exception as failure:
            code = failure.code if isinstance(failure, SalesCoachError) else ErrorCode.INTERNAL
            error = {names.ERROR: code.value}
            mark_failed(told, failure)
            metrics.failed("model", code)
            raise
        else:
            told.set_attribute("gen_ai.usage.input_tokens", made.usage.input_tokens)
            metrics.model_tokens.record(made.usage.input_tokens, common | {names.TOKEN_TYPE: "input"})
            return made
        finally:
            metrics.model_duration.record(time.perf_counter() - began, common | error)
            told.end()
