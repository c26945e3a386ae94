"""A model whose calls are told: one span, how long it took, how many tokens. Content only where it is wanted."""

import json
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing

from opentelemetry.trace import Span, SpanKind

from shared.errors import SalesCoachError
from shared.model import (
    AssistantText,
    InputItem,
    Model,
    ModelCompleted,
    ModelEvent,
    ModelRequest,
    TextDelta,
    ToolRequest,
    ToolRequested,
    UserText,
)
from shared.protocol.codes import ErrorCode
from shared.telemetry import metrics, names
from shared.telemetry.content import content_of
from shared.telemetry.tracing import begin_span, mark_failed

PROVIDER = "azure.ai.openai"


class ToldModel(Model):
    """Passes everything on to `model`. With `content` a span holds what was said and answered, redacted and cut.

    `sign_in` gets what every call shows; it keeps it by itself.
    """

    def __init__(self, model: Model, *, content: bool, sign_in: Callable[[], Awaitable[object]]) -> None:
        self._model = model
        self._content = content
        self._sign_in = sign_in

    async def prepare(self) -> None:
        """Load and fetch what the first call would wait for; raises what `sign_in` raises."""
        _ = self._model.stream
        await self._sign_in()

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent]:
        """Stream one answer; see `Model.stream`."""
        common = {names.OPERATION: "chat", names.PROVIDER: PROVIDER, names.REQUEST_MODEL: request.model}
        told = begin_span(
            f"chat {request.model}",
            kind=SpanKind.CLIENT,
            attributes=common | {"gen_ai.request.max_tokens": request.max_output_tokens},
        )
        call = _Call(told, common, kept=self._content and told.is_recording())
        try:
            async with aclosing(self._model.stream(request)) as events:
                async for event in events:
                    call.saw(event)
                    yield event
        except Exception as error:
            call.failed(error)
            raise
        finally:
            call.over(request)


class _Call:
    """One call as it goes."""

    def __init__(self, told: Span, common: dict[str, str], *, kept: bool) -> None:
        self._told = told
        self._common = common
        self._kept = kept
        self._began = time.perf_counter()
        self._text: list[str] = []
        self._first = True
        self._error = ""

    def saw(self, event: ModelEvent) -> None:
        if self._first:
            self._first = False
            self._told.set_attribute("gen_ai.response.time_to_first_chunk", time.perf_counter() - self._began)
        match event:
            case TextDelta(text=text) if self._kept:
                self._text.append(text)
            case ToolRequested(name=name, arguments=arguments) if self._kept:
                self._text.append(f"[{name} {arguments}]")
            case ModelCompleted():
                self._completed(event)
            case _:
                pass

    def _completed(self, event: ModelCompleted) -> None:
        usage = event.usage
        self._told.set_attributes(
            {
                "gen_ai.response.finish_reasons": (event.finish,),
                "gen_ai.usage.input_tokens": usage.input_tokens,
                "gen_ai.usage.output_tokens": usage.output_tokens,
                "gen_ai.usage.cache_read.input_tokens": usage.cached_input_tokens,
            }
        )
        metrics.model_tokens.record(usage.input_tokens, self._common | {names.TOKEN_TYPE: "input"})
        metrics.model_tokens.record(usage.output_tokens, self._common | {names.TOKEN_TYPE: "output"})

    def failed(self, error: Exception) -> None:
        mark_failed(self._told, error)
        code = error.code if isinstance(error, SalesCoachError) else ErrorCode.INTERNAL
        self._error = code.value
        metrics.failed("model", code)

    def over(self, request: ModelRequest) -> None:
        if self._kept:
            asked = json.dumps([_said(item) for item in request.items], ensure_ascii=False)
            answered = json.dumps([{"role": "assistant", "content": "".join(self._text)}], ensure_ascii=False)
            self._told.set_attributes(
                {"gen_ai.input.messages": content_of(asked), "gen_ai.output.messages": content_of(answered)}
            )
        error = {names.ERROR: self._error} if self._error else {}
        metrics.model_duration.record(time.perf_counter() - self._began, self._common | error)
        self._told.end()


def _said(item: InputItem) -> dict[str, str]:
    match item:
        case UserText(text):
            return {"role": "user", "content": text}
        case AssistantText(text):
            return {"role": "assistant", "content": text}
        case ToolRequest(call_id=call_id, name=name, arguments=arguments):
            return {"role": "assistant", "tool_call": name, "id": call_id, "arguments": arguments}
        case _:
            return {"role": "tool", "id": item.call_id, "content": item.output}
