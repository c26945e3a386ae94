"""The Responses API."""

import json
from typing import Any

import openai
import pytest
from openai import AsyncOpenAI
from openai.types.responses import Response, ResponseStreamEvent
from pydantic import TypeAdapter

from tests.local.openai.contract.asking import CALL, OUTPUT, QUESTION, SCHEMA, STRICT_TOOL, TOOL, USER
from tests.local.openai.contract.conftest import Resource

EVENT = TypeAdapter[ResponseStreamEvent](ResponseStreamEvent)
FORMAT = {"format": {"type": "json_schema", "name": "verdict", "schema": SCHEMA, "strict": True}}


async def ask(sdk: AsyncOpenAI, resource: Resource, **body: Any) -> Response:
    whole: dict[str, Any] = {"model": resource.model, "input": "Say hello.", "store": False, **body}
    return await sdk.responses.create(**whole)


async def events(sdk: AsyncOpenAI, resource: Resource, **body: Any) -> list[Any]:
    return [event async for event in await ask(sdk, resource, stream=True, **body)]  # pyright: ignore[reportGeneralTypeIssues] - a stream, as asked


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("object", "response"),
        ("status", "completed"),
        ("error", None),
        ("incomplete_details", None),
        ("parallel_tool_calls", True),
        ("tool_choice", "auto"),
        ("tools", []),
        ("previous_response_id", None),
        ("truncation", "disabled"),
        ("metadata", {}),
    ],
)
async def test_a_response_says(sdk: AsyncOpenAI, resource: Resource, name: str, value: Any) -> None:
    assert getattr(await ask(sdk, resource), name) == value


@pytest.mark.parametrize("name", ["id", "created_at", "model", "output", "output_text", "usage", "text", "reasoning"])
async def test_a_response_has(sdk: AsyncOpenAI, resource: Resource, name: str) -> None:
    assert getattr(await ask(sdk, resource), name)


async def test_the_answer_is_a_message(sdk: AsyncOpenAI, resource: Resource) -> None:
    message = (await ask(sdk, resource)).output[-1]
    assert message.type == "message"
    assert (message.role, message.status, message.content[0].type) == ("assistant", "completed", "output_text")


@pytest.mark.parametrize("prefix", ["resp_", "msg_"])
async def test_ids_tell_what_they_are_of(sdk: AsyncOpenAI, resource: Resource, prefix: str) -> None:
    response = await ask(sdk, resource)
    assert any(str(name).startswith(prefix) for name in (response.id, response.output[-1].id))


async def test_usage_adds_up(sdk: AsyncOpenAI, resource: Resource) -> None:
    usage = (await ask(sdk, resource)).usage
    assert usage is not None
    assert usage.total_tokens == usage.input_tokens + usage.output_tokens
    assert 0 <= usage.input_tokens_details.cached_tokens <= usage.input_tokens
    assert 0 <= usage.output_tokens_details.reasoning_tokens <= usage.output_tokens


async def test_headers_name_request_and_region(sdk: AsyncOpenAI, resource: Resource) -> None:
    raw = await sdk.responses.with_raw_response.create(model=resource.model, input="Hi", store=False)
    assert {"x-request-id", "apim-request-id", "x-ms-region"} <= {name.lower() for name in raw.headers}


@pytest.mark.parametrize(
    "given",
    [
        {"instructions": "Be brief."},
        {"input": [{"role": "user", "content": "Hi"}]},
        {"input": [{"role": "developer", "content": "Be brief."}, {"role": "user", "content": "Hi"}]},
        {"input": [{"role": "user", "content": [{"type": "input_text", "text": "Hi"}]}]},
        {"metadata": {"tenant": "a"}},
        {"prompt_cache_key": "tenant"},
        {"safety_identifier": "someone"},
        {"truncation": "auto"},
        {"text": {"verbosity": "low"}},
        {"tools": [STRICT_TOOL]},
        {"tools": [TOOL], "tool_choice": "none"},
        {"input": [USER, CALL, OUTPUT], "tools": [TOOL]},
        {"reasoning": {"effort": "low"}, "include": ["reasoning.encrypted_content"]},
    ],
)
async def test_a_request_is_accepted(sdk: AsyncOpenAI, resource: Resource, given: dict[str, Any]) -> None:
    response = await ask(sdk, resource, **given)
    assert response.status == "completed"
    for name in {"metadata", "prompt_cache_key", "truncation"} & set(given):
        assert getattr(response, name) == given[name]


@pytest.mark.parametrize("choice", ["required", {"type": "function", "name": "get_weather"}])
async def test_a_tool_can_be_demanded(sdk: AsyncOpenAI, resource: Resource, choice: Any) -> None:
    response = await ask(sdk, resource, input=QUESTION, tools=[STRICT_TOOL], tool_choice=choice)
    calls = [item for item in response.output if item.type == "function_call"]
    assert calls[0].name == "get_weather"
    assert calls[0].call_id.startswith("call_")
    assert set(json.loads(calls[0].arguments)) == {"city"}


async def test_a_structured_output_is_an_instance(sdk: AsyncOpenAI, resource: Resource) -> None:
    response = await ask(sdk, resource, input="Rate the pitch 'Buy it.'", text=FORMAT)
    assert set(json.loads(response.output_text)) == {"title", "score"}


async def test_an_output_limit_leaves_the_response_incomplete(sdk: AsyncOpenAI, resource: Resource) -> None:
    response = await ask(sdk, resource, input="Write five hundred words about selling.", max_output_tokens=16)
    assert response.status == "incomplete"
    assert response.incomplete_details is not None
    assert response.incomplete_details.reason == "max_output_tokens"


async def test_a_stored_response_is_continued_listed_and_deleted(sdk: AsyncOpenAI, resource: Resource) -> None:
    first = await ask(sdk, resource, store=True)
    assert (await sdk.responses.retrieve(first.id)).id == first.id
    second = await ask(sdk, resource, input="Again.", previous_response_id=first.id)
    assert second.previous_response_id == first.id
    assert (await sdk.responses.input_items.list(first.id)).data
    await sdk.responses.delete(first.id)
    with pytest.raises(openai.NotFoundError):
        await sdk.responses.retrieve(first.id)


async def test_what_is_not_stored_is_not_found(sdk: AsyncOpenAI, resource: Resource) -> None:
    response = await ask(sdk, resource)
    with pytest.raises(openai.NotFoundError):
        await sdk.responses.retrieve(response.id)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"input": [USER, OUTPUT]}, None),
        ({"input": [USER, CALL]}, None),
        ({"previous_response_id": "resp_00000000000000000000000000000000"}, "previous_response_not_found"),
        ({"max_output_tokens": 1}, "integer_below_min_value"),
        ({"tools": [{**TOOL, "name": "two words"}]}, "invalid_value"),
        ({"tools": [{"type": "function"}]}, "missing_required_parameter"),
        ({"tools": [TOOL] * 129}, "array_above_max_length"),
        ({"tool_choice": "sometimes"}, "invalid_value"),
        ({"metadata": {"a": 1}}, "invalid_type"),
        ({"text": {"format": {"type": "json_schema", "schema": SCHEMA}}}, "missing_required_parameter"),
        ({"extra_body": {"no_such_parameter": 1}}, "unknown_parameter"),
        ({"input": [{"role": "robot", "content": "x"}]}, "invalid_value"),
        ({"input": [{"role": "user", "content": [{"type": "output_text", "text": "x"}]}]}, "invalid_value"),
    ],
)
async def test_a_wrong_request_is_400(
    sdk: AsyncOpenAI, resource: Resource, given: dict[str, Any], code: str | None
) -> None:
    with pytest.raises(openai.BadRequestError) as refused:
        await ask(sdk, resource, **given)
    assert refused.value.code == code
    assert refused.value.type == "invalid_request_error"


STREAMS: dict[str, dict[str, Any]] = {
    "text": {},
    "tool": {"input": QUESTION, "tools": [STRICT_TOOL], "tool_choice": "required"},
    "structured": {"input": "Rate the pitch 'Buy it.'", "text": FORMAT},
    "limited": {"input": "Write five hundred words about selling.", "max_output_tokens": 16},
    "reasoning": {"reasoning": {"effort": "low", "summary": "auto"}, "include": ["reasoning.encrypted_content"]},
}


@pytest.mark.parametrize("kind", STREAMS)
async def test_a_stream_is_numbered_framed_and_ends(sdk: AsyncOpenAI, resource: Resource, kind: str) -> None:
    received = await events(sdk, resource, **STREAMS[kind])
    assert [event.sequence_number for event in received] == list(range(len(received)))
    assert [event.type for event in received[:2]] == ["response.created", "response.in_progress"]
    assert received[-1].type == ("response.incomplete" if kind == "limited" else "response.completed")
    assert received[-1].response.usage.output_tokens > 0


@pytest.mark.parametrize("kind", STREAMS)
async def test_every_event_is_valid(sdk: AsyncOpenAI, resource: Resource, kind: str) -> None:
    for event in await events(sdk, resource, **STREAMS[kind]):
        EVENT.validate_python(event.to_dict(mode="python"))


@pytest.mark.parametrize("kind", STREAMS)
async def test_every_item_is_added_then_done(sdk: AsyncOpenAI, resource: Resource, kind: str) -> None:
    received = await events(sdk, resource, **STREAMS[kind])
    added = [event.output_index for event in received if event.type == "response.output_item.added"]
    done = [event.output_index for event in received if event.type == "response.output_item.done"]
    assert added == done == list(range(len(received[-1].response.output)))


async def test_text_deltas_join_to_the_text(sdk: AsyncOpenAI, resource: Resource) -> None:
    received = await events(sdk, resource)
    joined = "".join(event.delta for event in received if event.type == "response.output_text.delta")
    assert joined == received[-1].response.output_text


async def test_argument_deltas_join_to_the_arguments(sdk: AsyncOpenAI, resource: Resource) -> None:
    received = await events(sdk, resource, **STREAMS["tool"])
    first = next(item for item in received[-1].response.output if item.type == "function_call")
    deltas = [event for event in received if event.type == "response.function_call_arguments.delta"]
    assert "".join(event.delta for event in deltas if event.item_id == first.id) == first.arguments


async def test_a_background_response_is_queued(sdk: AsyncOpenAI, resource: Resource) -> None:
    assert (await ask(sdk, resource, background=True, store=True)).status in ("queued", "in_progress")


async def test_a_hosted_tool_is_accepted(sdk: AsyncOpenAI, resource: Resource) -> None:
    tool = {"type": "code_interpreter", "container": {"type": "auto"}}
    assert (await ask(sdk, resource, tools=[tool])).status == "completed"
