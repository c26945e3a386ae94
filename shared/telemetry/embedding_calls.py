"""The model service whose embeddings are told as its answers are: one span, how long it took."""

import time
from collections.abc import Awaitable, Callable, Sequence

from opentelemetry.trace import SpanKind

from shared.errors import SalesCoachError
from shared.model import ModelService
from shared.protocol.codes import ErrorCode
from shared.telemetry import metrics, names
from shared.telemetry.model_calls import PROVIDER, ToldModel
from shared.telemetry.tracing import begin_span, mark_failed


class ToldModelService(ToldModel, ModelService):
    """Passes everything on to `service`; texts to embed are never told."""

    def __init__(self, service: ModelService, *, content: bool, sign_in: Callable[[], Awaitable[object]]) -> None:
        super().__init__(service, content=content, sign_in=sign_in)
        self._service = service

    async def embed(self, deployment: str, texts: Sequence[str], dimensions: int) -> list[list[float]]:
        """Return vectors; see `Embedder.embed`."""
        common = {names.OPERATION: "embeddings", names.PROVIDER: PROVIDER, names.REQUEST_MODEL: deployment}
        told = begin_span(f"embeddings {deployment}", kind=SpanKind.CLIENT, attributes=common)
        began = time.perf_counter()
        error = {}
        try:
            return await self._service.embed(deployment, texts, dimensions)
        except Exception as failure:
            code = failure.code if isinstance(failure, SalesCoachError) else ErrorCode.INTERNAL
            error = {names.ERROR: code.value}
            mark_failed(told, failure)
            metrics.failed("model", code)
            raise
        finally:
            metrics.model_duration.record(time.perf_counter() - began, common | error)
            told.end()
