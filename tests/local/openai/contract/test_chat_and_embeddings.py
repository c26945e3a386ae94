"""Chat Completions, embeddings, models, and who may call."""

import json
import math
from typing import Any

import openai
import pytest
from openai import AsyncAzureOpenAI, AsyncOpenAI
from openai.types.chat import ChatCompletion

from tests.local.openai.contract.asking import CHAT_TOOL, QUESTION, SCHEMA
from tests.local.openai.contract.conftest import Resource

USER: dict[str, Any] = {"role": "user", "content": "Say hello."}
ASKING: dict[str, Any] = {"role": "user", "content": QUESTION}
FUNCTION = {"name": "get_weather", "arguments": '{"city":"Paris"}'}
CALLING: dict[str, Any] = {
    "role": "assistant",
    "content": None,
    "tool_calls": [{"id": "call_1", "type": "function", "function": FUNCTION}],
}
TOOL_RESULT: dict[str, Any] = {"role": "tool", "tool_call_id": "call_1", "content": "Sunny"}
FORMAT = {"type": "json_schema", "json_schema": {"name": "verdict", "schema": SCHEMA, "strict": True}}


async def chat(sdk: AsyncOpenAI, resource: Resource, **body: Any) -> ChatCompletion:
    whole: dict[str, Any] = {"model": resource.model, "messages": [USER], **body}
    return await sdk.chat.completions.create(**whole)


async def chunks(sdk: AsyncOpenAI, resource: Resource, **body: Any) -> list[Any]:
    return [chunk async for chunk in await chat(sdk, resource, stream=True, **body)]  # pyright: ignore[reportGeneralTypeIssues] - a stream, as asked


@pytest.mark.parametrize("name", ["id", "created", "model", "choices", "usage", "object"])
async def test_a_completion_has(sdk: AsyncOpenAI, resource: Resource, name: str) -> None:
    assert getattr(await chat(sdk, resource), name)


async def test_a_completion_is_one_finished_message(sdk: AsyncOpenAI, resource: Resource) -> None:
    choice = (await chat(sdk, resource)).choices[0]
    assert (choice.index, choice.finish_reason, choice.message.role) == (0, "stop", "assistant")
    assert choice.message.content
    assert choice.message.tool_calls is None


async def test_chat_usage_adds_up(sdk: AsyncOpenAI, resource: Resource) -> None:
    usage = (await chat(sdk, resource)).usage
    assert usage is not None
    assert usage.prompt_tokens_details is not None
    assert usage.completion_tokens_details is not None
    assert usage.total_tokens == usage.prompt_tokens + usage.completion_tokens
    assert usage.prompt_tokens_details.cached_tokens is not None
    assert usage.completion_tokens_details.reasoning_tokens is not None


@pytest.mark.parametrize("name", ["prompt_filter_results", "content_filter_results"])
async def test_answers_carry_filter_annotations(sdk: AsyncOpenAI, resource: Resource, name: str) -> None:
    completion = await chat(sdk, resource)
    found = completion if name.startswith("prompt") else completion.choices[0]
    assert (found.model_extra or {})[name]


@pytest.mark.parametrize("choice", ["required", {"type": "function", "function": {"name": "get_weather"}}])
async def test_a_call_can_be_demanded(sdk: AsyncOpenAI, resource: Resource, choice: Any) -> None:
    completion = await chat(sdk, resource, messages=[ASKING], tools=[CHAT_TOOL], tool_choice=choice)
    calls = completion.choices[0].message.tool_calls or []
    assert calls[0].type == "function"
    assert calls[0].function.name == "get_weather"
    assert isinstance(json.loads(calls[0].function.arguments), dict)


@pytest.mark.parametrize(
    "given",
    [
        {"messages": [{"role": "developer", "content": "Be brief."}, USER]},
        {"messages": [{"role": "system", "content": "Be brief."}, USER]},
        {"messages": [{"role": "user", "content": [{"type": "text", "text": "Hi"}]}]},
        {"messages": [ASKING, CALLING, TOOL_RESULT], "tools": [CHAT_TOOL]},
        {"tools": [CHAT_TOOL], "tool_choice": "none"},
        {"max_completion_tokens": 4000},
        {"reasoning_effort": "low"},
        {"user": "someone"},
        {"seed": 1},
    ],
)
async def test_a_chat_request_is_accepted(sdk: AsyncOpenAI, resource: Resource, given: dict[str, Any]) -> None:
    assert (await chat(sdk, resource, **given)).choices[0].message.content


@pytest.mark.parametrize(
    "given",
    [
        {"messages": []},
        {"messages": [USER, TOOL_RESULT]},
        {"messages": [ASKING, CALLING], "tools": [CHAT_TOOL]},
        {"messages": [ASKING, CALLING, USER], "tools": [CHAT_TOOL]},
        {"messages": [{"role": "robot", "content": "x"}]},
        {"messages": [{"role": "user", "content": None}]},
        {"tools": [{"type": "function", "function": {"name": "two words"}}]},
        {"tool_choice": "required"},
        {"response_format": {"type": "json_schema", "json_schema": {"schema": SCHEMA}}},
        {"extra_body": {"no_such_parameter": 1}},
    ],
)
async def test_a_wrong_chat_request_is_400(sdk: AsyncOpenAI, resource: Resource, given: dict[str, Any]) -> None:
    with pytest.raises(openai.BadRequestError):
        await chat(sdk, resource, **given)


async def test_a_structured_completion_is_an_instance(sdk: AsyncOpenAI, resource: Resource) -> None:
    completion = await chat(sdk, resource, response_format=FORMAT)
    assert set(json.loads(completion.choices[0].message.content or "")) == {"title", "score"}


async def test_a_limit_finishes_by_length(sdk: AsyncOpenAI, resource: Resource) -> None:
    words = {"role": "user", "content": "Write five hundred words about selling."}
    completion = await chat(sdk, resource, messages=[words], max_completion_tokens=16)
    assert completion.choices[0].finish_reason == "length"


async def test_a_stream_opens_with_the_role_and_ends_with_a_reason(sdk: AsyncOpenAI, resource: Resource) -> None:
    choices = [chunk.choices[0] for chunk in await chunks(sdk, resource) if chunk.choices]
    assert choices[0].delta.role == "assistant"
    assert [choice.finish_reason for choice in choices if choice.finish_reason] == ["stop"]
    assert "".join(choice.delta.content or "" for choice in choices)


async def test_a_stream_opens_with_the_prompts_filter_results(sdk: AsyncOpenAI, resource: Resource) -> None:
    first = (await chunks(sdk, resource))[0]
    assert first.choices == []
    assert first.model_extra["prompt_filter_results"]


@pytest.mark.parametrize("wanted", [True, False])
async def test_usage_comes_last_when_asked(sdk: AsyncOpenAI, resource: Resource, *, wanted: bool) -> None:
    last = (await chunks(sdk, resource, stream_options={"include_usage": wanted}))[-1]
    assert (last.usage is not None) is wanted
    assert (last.choices == []) is wanted


async def test_calls_stream_their_name_once(sdk: AsyncOpenAI, resource: Resource) -> None:
    received = await chunks(sdk, resource, messages=[ASKING], tools=[CHAT_TOOL], tool_choice="required")
    parts = [part for chunk in received for choice in chunk.choices for part in choice.delta.tool_calls or []]
    first = [part for part in parts if part.index == 0]
    assert [part.function.name for part in first if part.function.name] == ["get_weather"]
    assert isinstance(json.loads("".join(part.function.arguments or "" for part in first)), dict)


async def test_the_deployment_path_answers_too(resource: Resource) -> None:
    async with AsyncAzureOpenAI(
        azure_endpoint=resource.endpoint, api_key=resource.key, api_version="2025-04-01-preview"
    ) as azure:
        completion = await azure.chat.completions.create(
            model=resource.model, messages=[{"role": "user", "content": "Say hello."}]
        )
    assert completion.choices[0].message.content


@pytest.mark.parametrize("given", [["one"], ["one", "two"], "one", [1, 2, 3]])
async def test_inputs_are_embedded(sdk: AsyncOpenAI, resource: Resource, given: Any) -> None:
    answer = await sdk.embeddings.create(model=resource.embedding, input=given)
    assert [item.index for item in answer.data] == list(range(len(answer.data)))
    assert all(math.isclose(math.hypot(*item.embedding), 1, rel_tol=1e-3) for item in answer.data)
    assert answer.usage.total_tokens > 0


async def test_related_texts_are_nearer(sdk: AsyncOpenAI, resource: Resource) -> None:
    texts = ["The price is too high", "They object to the price", "Photosynthesis of algae"]
    answer = await sdk.embeddings.create(model=resource.embedding, input=texts)
    base, near, far = (item.embedding for item in answer.data)
    assert math.sumprod(base, near) > math.sumprod(base, far)


@pytest.mark.parametrize("encoding", ["float", "base64"])
async def test_encodings_agree(sdk: AsyncOpenAI, resource: Resource, encoding: Any) -> None:
    answer = await sdk.embeddings.create(model=resource.embedding, input="x", encoding_format=encoding, dimensions=64)
    given = answer.data[0].embedding
    assert len(given) == 64 if encoding == "float" else isinstance(given, str)


@pytest.mark.parametrize("given", [[], [""], ["x"] * 2049])
async def test_a_wrong_input_is_400(sdk: AsyncOpenAI, resource: Resource, given: Any) -> None:
    with pytest.raises(openai.BadRequestError):
        await sdk.embeddings.create(model=resource.embedding, input=given)


async def test_models_are_listed(sdk: AsyncOpenAI) -> None:
    assert [model.id async for model in sdk.models.list()]


async def test_a_wrong_key_is_401(resource: Resource) -> None:
    async with AsyncOpenAI(base_url=resource.base_url, api_key="wrong", max_retries=0) as client:
        with pytest.raises(openai.AuthenticationError):
            await chat(client, resource)


async def test_several_choices_are_given(sdk: AsyncOpenAI, resource: Resource) -> None:
    assert len((await chat(sdk, resource, n=2)).choices) == 2


async def test_log_probabilities_are_given(sdk: AsyncOpenAI, resource: Resource) -> None:
    assert (await chat(sdk, resource, logprobs=True)).choices[0].logprobs


async def test_a_stop_sequence_ends_the_answer(sdk: AsyncOpenAI, resource: Resource) -> None:
    counting = {"role": "user", "content": "Hello"}
    completion = await chat(sdk, resource, messages=[counting], stop=["e"])
    assert "e" not in (completion.choices[0].message.content or "e")
