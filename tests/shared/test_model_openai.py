import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from shared.errors import ModelFailed, ModelUnavailable
from shared.model import (
    AssistantText,
    ModelCompleted,
    ModelEvent,
    ModelRequest,
    ModelTool,
    TextDelta,
    ToolRequest,
    ToolRequested,
    ToolResult,
    UserText,
)
from shared.model_openai import AzureOpenAIModel
from shared.protocol.codes import ErrorCode
from tests.services import service

pytestmark = pytest.mark.asyncio(loop_scope="module")
TOOL = ModelTool(
    name="crm__get_pipeline",
    description="The pipeline of an account.",
    parameters='{"type":"object","properties":{"account":{"type":"string"}},"required":["account"]}',
)


def request(question: str, *, tools: tuple[ModelTool, ...] = (), cache_key: str = "coach") -> ModelRequest:
    return ModelRequest(
        model="chat",
        instructions="You coach sellers.",
        items=(UserText(question),),
        tools=tools,
        cache_key=cache_key,
        max_output_tokens=1000,
    )


async def app_token() -> str:
    return "app-token"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def url() -> AsyncIterator[str]:
    async with service("openai", "--first-token-ms", "0", "--token-ms", "0", "--log-level", "WARNING") as running:
        yield running.url


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def model(url: str) -> AsyncIterator[AzureOpenAIModel]:
    model = AzureOpenAIModel(url, app_token)
    yield model
    await model.close()


async def script(url: str, **respond: Any) -> None:
    rules = [{"match": {}, "respond": respond}]
    async with aiohttp.ClientSession() as session:
        (await session.put(f"{url}/_scenario", json=rules)).raise_for_status()
        (await session.delete(f"{url}/_log")).raise_for_status()


async def answered(url: str) -> list[dict[str, Any]]:
    async with aiohttp.ClientSession() as session, session.get(f"{url}/_log") as response:
        log: Any = await response.json()
    return log["requests"] if isinstance(log, dict) else log


async def collect(model: AzureOpenAIModel, asked: ModelRequest) -> list[ModelEvent]:
    return [event async for event in model.stream(asked)]


def text_of(events: list[ModelEvent]) -> str:
    return "".join(event.text for event in events if isinstance(event, TextDelta))


async def test_text_arrives_in_pieces_and_ends_with_the_usage(url: str, model: AzureOpenAIModel) -> None:
    await script(url, text="Ask what a late delivery costs them — in euros. 🙂")
    events = await collect(model, request("How do I sell?"))
    assert text_of(events) == "Ask what a late delivery costs them — in euros. 🙂"
    assert len(events) > 3
    assert isinstance(events[-1], ModelCompleted)
    assert events[-1].finish == "stop"
    assert events[-1].usage.input_tokens > 0
    assert events[-1].usage.output_tokens > 0


async def test_parallel_tool_calls_come_in_order_and_their_results_go_back(url: str, model: AzureOpenAIModel) -> None:
    calls = [{"name": TOOL.name, "arguments": {"account": name}} for name in ("Contoso", "Fabrikam")]
    await script(url, calls=calls)
    first = await collect(model, request("Compare them", tools=(TOOL,)))
    asked = [event for event in first if isinstance(event, ToolRequested)]
    assert [json.loads(event.arguments)["account"] for event in asked] == ["Contoso", "Fabrikam"]
    assert isinstance(first[-1], ModelCompleted)
    assert first[-1].finish == "tools"
    await script(url, text="Contoso is larger.")
    items = (
        UserText("Hello"),
        AssistantText("Hello, what do you sell?"),
        UserText("Compare them"),
        *(ToolRequest(call_id=f"c{i}", name=one.name, arguments=one.arguments) for i, one in enumerate(asked)),
        *(ToolResult(call_id=f"c{i}", output='{"total": 1}') for i in range(len(asked))),
    )
    follow_up = ModelRequest(
        model="chat", instructions="Coach.", items=items, tools=(TOOL,), cache_key="", max_output_tokens=100
    )
    assert text_of(await collect(model, follow_up)) == "Contoso is larger."


async def test_a_result_without_its_call_is_refused_for_good(url: str, model: AzureOpenAIModel) -> None:
    await script(url, text="never said")
    broken = ModelRequest(
        model="chat",
        instructions="Coach.",
        items=(UserText("x"), ToolResult(call_id="c9", output="{}")),
        tools=(),
        cache_key="",
        max_output_tokens=100,
    )
    with pytest.raises(ModelFailed) as raised:
        await collect(model, broken)
    assert raised.value.code == ErrorCode.MODEL_REFUSED_REQUEST


async def test_arguments_that_are_not_json_are_passed_on_as_written(url: str, model: AzureOpenAIModel) -> None:
    await script(url, calls=[{"name": TOOL.name, "arguments": {"account": "Contoso"}}], malformed_arguments=True)
    [call, _] = await collect(model, request("x", tools=(TOOL,)))
    assert isinstance(call, ToolRequested)
    with pytest.raises(ValueError, match="Expecting"):
        json.loads(call.arguments)


@pytest.mark.parametrize(("scripted", "finish"), [("length", "length"), ("content_filter", "content_filter")])
async def test_an_answer_cut_short_says_why(url: str, model: AzureOpenAIModel, scripted: str, finish: str) -> None:
    await script(url, text="Half an ans", finish=scripted)
    end = (await collect(model, request("x")))[-1]
    assert isinstance(end, ModelCompleted)
    assert end.finish == finish


@pytest.mark.parametrize(
    ("respond", "code", "after_ms"),
    [
        ({"error": "rate_limit", "retry_after_ms": 1200}, ErrorCode.MODEL_BUSY, 1200),
        ({"error": "server"}, ErrorCode.MODEL_UNAVAILABLE, None),
        ({"error": "unavailable"}, ErrorCode.MODEL_UNAVAILABLE, None),
        ({"tokens": 10, "truncate_after": 3}, ErrorCode.MODEL_UNAVAILABLE, None),
        ({"tokens": 10, "reset_after": 3}, ErrorCode.MODEL_UNAVAILABLE, None),
        ({"tokens": 10, "error_frame_after": 3}, ErrorCode.MODEL_UNAVAILABLE, None),
        ({"tokens": 10, "failed_after": 3}, ErrorCode.MODEL_UNAVAILABLE, None),
        ({"status": 200, "body": "<html>a proxy's page</html>"}, ErrorCode.MODEL_UNAVAILABLE, None),
        ({"status": 502, "body": "<html>bad gateway</html>"}, ErrorCode.MODEL_UNAVAILABLE, None),
    ],
)
async def test_what_may_pass_is_transient_and_asked_once(
    url: str, model: AzureOpenAIModel, respond: dict[str, Any], code: ErrorCode, after_ms: int | None
) -> None:
    await script(url, **respond)
    with pytest.raises(ModelUnavailable) as raised:
        await collect(model, request("x"))
    assert raised.value.code == code
    if after_ms is not None:
        assert raised.value.after_ms == after_ms
    assert len(await answered(url)) == 1


@pytest.mark.parametrize(
    ("respond", "code"),
    [
        ({"error": "content_filter"}, ErrorCode.CONTENT_FILTERED),
        ({"error": "context_length"}, ErrorCode.CONTEXT_TOO_LONG),
        ({"status": 400}, ErrorCode.MODEL_REFUSED_REQUEST),
        ({"status": 401}, ErrorCode.MODEL_REFUSED_REQUEST),
        ({"status": 403}, ErrorCode.MODEL_REFUSED_REQUEST),
        ({"status": 404, "body": {"error": {"code": "DeploymentNotFound"}}}, ErrorCode.MODEL_REFUSED_REQUEST),
    ],
)
async def test_a_refusal_is_final(url: str, model: AzureOpenAIModel, respond: dict[str, Any], code: ErrorCode) -> None:
    await script(url, **respond)
    with pytest.raises(ModelFailed) as raised:
        await collect(model, request("x"))
    assert raised.value.code == code


async def test_events_nobody_knows_are_passed_over(url: str, model: AzureOpenAIModel) -> None:
    await script(url, text="fine", unknown_event=True)
    assert text_of(await collect(model, request("x"))) == "fine"


async def test_closing_the_stream_aborts_the_request(url: str, model: AzureOpenAIModel) -> None:
    await script(url, tokens=100_000, token_ms=5)
    stream = model.stream(request("x"))
    assert isinstance(await anext(stream), TextDelta)
    await stream.aclose()
    async with asyncio.timeout(5):
        while (outcomes := [entry.get("outcome") for entry in await answered(url)]) != ["cancelled"]:
            assert len(outcomes) <= 1
            await asyncio.sleep(0.02)


async def test_many_streams_share_one_client(url: str, model: AzureOpenAIModel) -> None:
    await script(url, tokens=30)
    answers = await asyncio.gather(*(collect(model, request(f"question {i}")) for i in range(20)))
    assert all(isinstance(events[-1], ModelCompleted) for events in answers)
    assert len({text_of(events) for events in answers}) == 1
