import json
from typing import Any

import openai
import pytest
from openai import AsyncAzureOpenAI
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from openai.types.chat.completion_create_params import CompletionCreateParamsBase

from local.openai.chat_request import PARAMETERS
from local.openai.reply import Pace
from local.openai.service import Settings
from tests.local.openai.conftest import MODEL, Local
from tests.local.openai.sse import frames
from tests.local.openai.tools import TOOLS, output

FLAGSHIP = "How is my pipeline for Contoso, and what should I say about price?"
CHAT_TOOLS: Any = [
    {"type": "function", "function": {key: tool[key] for key in ("name", "parameters")}} for tool in TOOLS
]
USER = {"role": "user", "content": FLAGSHIP}
PATH = "/openai/v1/chat/completions"


def calling(*ids: str) -> dict[str, Any]:
    function = {"name": "crm__get_pipeline", "arguments": "{}"}
    calls = [{"id": call_id, "type": "function", "function": function} for call_id in ids]
    return {"role": "assistant", "content": None, "tool_calls": calls}


def answering(call_id: str) -> dict[str, Any]:
    return {"role": "tool", "tool_call_id": call_id, "content": "{}"}


def test_the_known_parameters_are_those_of_the_sdk() -> None:
    assert {*CompletionCreateParamsBase.__annotations__, "stream"} == PARAMETERS


@pytest.mark.parametrize("include_usage", [True, False])
async def test_every_chunk_is_valid_and_azure_shaped(local: Local, *, include_usage: bool) -> None:
    body = {"model": MODEL, "messages": [USER], "tools": CHAT_TOOLS, "stream": True}
    _, text = await local.raw(PATH, {**body, "stream_options": {"include_usage": include_usage}})
    received = [data for _, data in frames(text)]
    assert received[-1] == "[DONE]"
    assert received[0]["choices"] == []
    assert received[0]["prompt_filter_results"]
    chunks = [ChatCompletionChunk.model_validate(data) for data in received[1:-1]]
    assert chunks[0].choices[0].delta.role == "assistant"
    assert (chunks[-1].usage is not None) is include_usage
    finishes = [choice.finish_reason for chunk in chunks for choice in chunk.choices if choice.finish_reason]
    assert finishes == ["tool_calls"]


async def test_parallel_calls_accumulate_and_their_results_are_answered(local: Local) -> None:
    messages: Any = [USER]
    async with local.sdk.chat.completions.stream(model=MODEL, messages=messages, tools=CHAT_TOOLS) as stream:
        completion = await stream.get_final_completion()
    message = completion.choices[0].message
    assert message.tool_calls
    names = [call.function.name for call in message.tool_calls]
    assert names == ["crm__get_pipeline", "sales_playbook__search_playbook"]
    messages.append(
        {
            "role": "assistant",
            "tool_calls": [call.model_dump(include={"id", "type", "function"}) for call in message.tool_calls],
        }
    )
    for call in messages[-1]["tool_calls"]:
        call["function"].pop("parsed_arguments", None)
        messages.append({"role": "tool", "tool_call_id": call["id"], "content": output(call["function"]["name"])})
    answer = await local.sdk.chat.completions.create(model=MODEL, messages=messages, tools=CHAT_TOOLS)
    assert "Plant rollout" in (answer.choices[0].message.content or "")
    assert answer.choices[0].finish_reason == "stop"


async def test_an_answer_without_streaming_is_a_valid_completion(local: Local) -> None:
    status, text = await local.raw(PATH, {"model": MODEL, "messages": [{"role": "user", "content": "Hello"}]})
    completion = ChatCompletion.model_validate_json(text)
    assert status == 200
    assert completion.usage
    assert completion.usage.prompt_tokens_details
    assert completion.choices[0].message.content


@pytest.mark.parametrize(
    ("messages", "complaint"),
    [
        ([USER, answering("a")], "must be a response to a preceding message"),
        ([USER, calling("a"), USER], "did not have response messages: a"),
        ([USER, calling("a", "b"), answering("a")], "did not have response messages: b"),
        ([USER, calling("a"), answering("a"), answering("a")], "must be a response to a preceding message"),
        ([{"role": "robot", "content": "x"}], "Invalid value: 'robot'"),
        ([{"role": "user", "content": None}], "expected a string, got null"),
        ([], "Missing required parameter: 'messages'"),
    ],
)
async def test_an_inconsistent_history_is_refused(local: Local, messages: list[Any], complaint: str) -> None:
    status, text = await local.raw(PATH, {"model": MODEL, "messages": messages})
    assert status == 400
    assert complaint in json.loads(text)["error"]["message"]


@pytest.mark.parametrize(("limit", "finish"), [(4, "length"), (None, "stop")])
async def test_the_output_limit_cuts_the_answer(local: Local, limit: int | None, finish: str) -> None:
    await local.script({"respond": {"tokens": 10}})
    completion = await local.sdk.chat.completions.create(
        model=MODEL, messages=[{"role": "user", "content": "go"}], max_completion_tokens=limit
    )
    assert completion.choices[0].finish_reason == finish
    assert len((completion.choices[0].message.content or "").split()) == (limit or 10)


async def test_a_filtered_answer_says_so(local: Local) -> None:
    await local.script({"respond": {"tokens": 3, "finish": "content_filter"}})
    body = {"model": MODEL, "messages": [USER]}
    _, text = await local.raw(PATH, body)
    choice = json.loads(text)["choices"][0]
    assert choice["finish_reason"] == "content_filter"
    assert choice["content_filter_results"]["violence"]["filtered"] is True


async def test_a_repeated_long_prefix_counts_as_cached(local: Local) -> None:
    async def cached(question: str) -> int:
        completion = await local.sdk.chat.completions.create(
            model=MODEL,
            messages=[{"role": "system", "content": "Answer with care. " * 400}, {"role": "user", "content": question}],
        )
        assert completion.usage
        assert completion.usage.prompt_tokens_details
        return completion.usage.prompt_tokens_details.cached_tokens or 0

    assert await cached("First question") == 0
    assert await cached("Another question") >= 1024


async def test_a_tool_loop_goes_on_for_as_long_as_the_client_does(local: Local) -> None:
    await local.script({"respond": {"calls": [{"name": "crm__get_pipeline", "arguments": {"account": "Contoso"}}]}})
    messages: list[Any] = [USER]
    for _ in range(12):
        answer = await local.sdk.chat.completions.create(model=MODEL, messages=messages, tools=CHAT_TOOLS)
        call = (answer.choices[0].message.tool_calls or [])[0]
        messages += [calling(call.id), answering(call.id)]
        assert answer.choices[0].finish_reason == "tool_calls"


async def test_json_schema_output_is_an_instance(local: Local) -> None:
    schema: dict[str, object] = {
        "type": "object",
        "properties": {"title": {"type": "string"}},
        "required": ["title"],
        "additionalProperties": False,
    }
    completion = await local.sdk.chat.completions.create(
        model=MODEL,
        messages=[{"role": "user", "content": FLAGSHIP}],
        response_format={"type": "json_schema", "json_schema": {"name": "t", "schema": schema, "strict": True}},
    )
    assert json.loads(completion.choices[0].message.content or "") == {"title": "Contoso pipeline and price"}


async def test_the_deployment_path_works_with_the_azure_client(local: Local) -> None:
    async with AsyncAzureOpenAI(
        azure_endpoint=local.origin, api_key="k", api_version="2025-04-01-preview", max_retries=0
    ) as azure:
        completion = await azure.chat.completions.create(
            model="my-deployment", messages=[{"role": "user", "content": "Hello"}]
        )
        assert completion.model == "my-deployment"
        response = await azure.responses.create(model="my-deployment", input="Hello")
        assert response.model == "my-deployment"


class TestWithDeployments:
    @pytest.fixture
    def settings(self) -> Settings:
        return Settings(pace=Pace(first_token_ms=0, token_ms=0), deployments=frozenset({MODEL}))

    async def test_an_unknown_deployment_is_not_found(self, local: Local) -> None:
        with pytest.raises(openai.NotFoundError) as refused:
            await local.sdk.responses.create(model="other", input="Hi")
        assert refused.value.code == "DeploymentNotFound"
        assert (await local.sdk.responses.create(model=MODEL, input="Hi")).output_text
