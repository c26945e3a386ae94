"""Azure OpenAI through its Responses API: the SDK's transport and credentials, our own reading of the stream."""

import asyncio
import json
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing
from functools import lru_cache
from typing import Any, cast

import httpx2
from openai import APIConnectionError, APIStatusError, AsyncOpenAI, DefaultAioHttpClient, OpenAIError, omit
from openai.types.responses import FunctionToolParam, ResponseInputItemParam

from shared.credential import CredentialUnavailable, is_private_channel
from shared.errors import SettingsInvalid
from shared.model import (
    AssistantText,
    Embedded,
    InputItem,
    Model,
    ModelCompleted,
    ModelEvent,
    ModelRequest,
    ModelTool,
    ToolRequest,
    ToolResult,
    UserText,
)
from shared.model_events import ResponseReader
from shared.model_posture import posture, unavailable
from shared.model_sse import FrameTooLargeError, SseParser
from shared.protocol.shapes import Usage

_TIMEOUT = httpx2.Timeout(connect=5, read=30, write=10, pool=5)
# People read before they ask again; Azure drops idle outbound flows after about four minutes.
_LIMITS = httpx2.Limits(max_connections=1000, keepalive_expiry=120)
_DRAIN_S = 1
_SUFFIX = "/openai/v1"

_log = logging.getLogger(__name__)


class AzureOpenAIModel(Model):
    """The model deployments of one Azure OpenAI resource. Nothing is retried here and nothing is stored there."""

    def __init__(self, endpoint: str, token: Callable[[], Awaitable[str]]) -> None:
        """Connect to nothing yet. `token` gives the bearer token and is asked before every request.

        Raises:
            SettingsInvalid: `endpoint` is not an https URL (http is for this machine only).

        """
        if not is_private_channel(endpoint):
            raise SettingsInvalid("AZURE_OPENAI_ENDPOINT must be an https URL")
        self._client = AsyncOpenAI(
            base_url=f"{endpoint.rstrip('/').removesuffix(_SUFFIX)}{_SUFFIX}/",
            api_key=token,
            max_retries=0,
            timeout=_TIMEOUT,
            # A token is a chunk, and over aiohttp a chunk costs a fraction of what it costs over httpx's own transport.
            http_client=DefaultAioHttpClient(timeout=_TIMEOUT, limits=_LIMITS),
        )

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent]:
        """Stream one answer; see `Model.stream`."""
        completed = False
        try:
            async with aclosing(self._events(request)) as events:
                async for event in events:
                    completed = isinstance(event, ModelCompleted)
                    yield event
        except APIStatusError as error:
            _log_refusal(error)
            raise posture(error.status_code, error.response.headers, error.body) from error
        except CredentialUnavailable as error:
            raise unavailable(error.after_ms) from error
        except (APIConnectionError, OpenAIError, httpx2.HTTPError, httpx2.StreamError, FrameTooLargeError) as error:
            _log.warning("model connection failed: %s", type(error).__name__)
            raise unavailable() from error
        if not completed:
            _log.warning("model stream ended without its terminal event")
            raise unavailable()

    async def embed(self, deployment: str, texts: Sequence[str], dimensions: int) -> Embedded:
        """Return one vector for each text, of which there are at most 2048; see `Embedder.embed`."""
        try:
            answer = await self._client.embeddings.create(model=deployment, input=list(texts), dimensions=dimensions)
        except APIStatusError as error:
            _log_refusal(error)
            raise posture(error.status_code, error.response.headers, error.body) from error
        except CredentialUnavailable as error:
            raise unavailable(error.after_ms) from error
        except (APIConnectionError, OpenAIError, httpx2.HTTPError) as error:
            _log.warning("model connection failed: %s", type(error).__name__)
            raise unavailable() from error
        vectors = [one.embedding for one in sorted(answer.data, key=lambda one: one.index)]
        return Embedded(vectors=vectors, usage=Usage(input_tokens=answer.usage.prompt_tokens))

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def _events(self, request: ModelRequest) -> AsyncGenerator[ModelEvent]:
        parser = SseParser()
        reader = ResponseReader()
        async with self._client.responses.with_streaming_response.create(
            model=request.model,
            instructions=request.instructions,
            parallel_tool_calls=True if request.tools else omit,
            prompt_cache_key=request.cache_key or omit,
            max_output_tokens=request.max_output_tokens,
            store=False,
            stream=True,
            extra_body=_bulk(request),
        ) as response:
            chunks = response.iter_bytes()
            async for chunk in chunks:
                for frame in parser.feed(chunk):
                    if event := reader.read(frame):
                        yield event
                    if isinstance(event, ModelCompleted):
                        await _drain(chunks)
                        return


async def _drain(chunks: AsyncIterator[bytes]) -> None:
    """Read to the end, which is due at once: only a connection read to its end is used again."""
    try:
        async with asyncio.timeout(_DRAIN_S):
            async for _ in chunks:
                pass
    except (httpx2.HTTPError, TimeoutError):
        _log.debug("the model connection cannot be kept")


def _bulk(request: ModelRequest) -> dict[str, Any]:
    """Return what grows with the conversation. It goes past the SDK's transformation, which walks it all in Python."""
    bulk: dict[str, Any] = {"input": [_input(item) for item in request.items]}
    if request.answer_schema is not None:
        wanted = {"type": "json_schema", "name": "answer", "strict": True, "schema": _schema(request.answer_schema)}
        bulk |= {"text": {"format": wanted}}
    return bulk | {"tools": [_tool(tool) for tool in request.tools]} if request.tools else bulk


def _input(item: InputItem) -> ResponseInputItemParam:
    match item:
        case UserText(text):
            return {"type": "message", "role": "user", "content": text}
        case AssistantText(text):
            return {"type": "message", "role": "assistant", "content": text}
        case ToolRequest(call_id=call_id, name=name, arguments=arguments):
            return {"type": "function_call", "call_id": call_id, "name": name, "arguments": arguments}
        case ToolResult(call_id=call_id, output=output):
            return {"type": "function_call_output", "call_id": call_id, "output": output}


def _tool(tool: ModelTool) -> FunctionToolParam:
    return {
        "type": "function",
        "name": tool.name,
        "description": tool.description,
        "parameters": _schema(tool.parameters),
        "strict": False,
    }


@lru_cache(maxsize=1024)
def _schema(text: str) -> dict[str, Any]:
    """Return the parsed schema, shared between requests and changed by none; the same tools come every time."""
    return cast("dict[str, Any]", json.loads(text))


def _log_refusal(error: APIStatusError) -> None:
    headers = error.response.headers
    request_id = headers.get("apim-request-id") or headers.get("x-request-id") or "unknown"
    _log.warning("model service answered %d, its request id is %s", error.status_code, request_id)
