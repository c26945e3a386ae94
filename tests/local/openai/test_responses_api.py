import json
from typing import Any

import openai
import pytest
from openai.types.responses import Response, ResponseStreamEvent
from pydantic import BaseModel, TypeAdapter

from tests.local.openai.conftest import MODEL, Local
from tests.local.openai.sse import frames
from tests.local.openai.tools import TOOLS

EVENT = TypeAdapter[ResponseStreamEvent](ResponseStreamEvent)
FLAGSHIP = "How is my pipeline for Contoso, and what should I say about price?"
PATH = "/openai/v1/responses"
CALL = {"type": "function_call", "call_id": "call_1", "name": "crm__get_pipeline", "arguments": "{}"}
OUTPUT = {"type": "function_call_output", "call_id": "call_1", "output": "{}"}
USER = {"role": "user", "content": "How is Contoso doing?"}


REASONING = {"reasoning": {"effort": "low", "summary": "auto"}, "include": ["reasoning.encrypted_content"]}


@pytest.mark.parametrize(
    ("body", "rule", "last"),
    [
        ({"input": "Hello"}, None, "response.completed"),
        ({"input": FLAGSHIP, "tools": TOOLS}, None, "response.completed"),
        ({"input": FLAGSHIP, "tools": TOOLS, **REASONING}, None, "response.completed"),
        ({"input": "Hello", "max_output_tokens": 16}, {"tokens": 30}, "response.incomplete"),
        ({"input": "Hello"}, {"tokens": 5, "finish": "content_filter"}, "response.incomplete"),
        ({"input": "Hello"}, {"tokens": 5, "failed_after": 2}, "response.failed"),
        ({"input": "Hello"}, {"tokens": 5, "error_frame_after": 2}, "error"),
        ({"input": "Hello"}, {"text": "Both.", "calls": [{"name": "x", "arguments": {"a": 1}}]}, "response.completed"),
        ({"input": "Hello"}, {"text": ""}, "response.completed"),
    ],
)
async def test_every_frame_is_valid_and_numbered(
    local: Local, body: dict[str, Any], rule: dict[str, Any] | None, last: str
) -> None:
    if rule is not None:
        await local.script({"respond": rule})
    status, text = await local.raw(PATH, {"model": MODEL, "stream": True, **body})
    assert status == 200
    received = frames(text)
    for number, (event, data) in enumerate(received):
        EVENT.validate_python(data)
        assert event == data["type"]
        assert data["sequence_number"] == number
    assert [event for event, _ in received[:2]] == ["response.created", "response.in_progress"]
    assert received[-1][0] == last
    if last in ("response.completed", "response.incomplete"):
        final = received[-1][1]["response"]
        done = [data["item"] for event, data in received if event == "response.output_item.done"]
        assert final["output"] == done
        assert final["usage"]["total_tokens"] == final["usage"]["input_tokens"] + final["usage"]["output_tokens"]


async def test_the_deltas_join_to_the_text_and_the_arguments(local: Local) -> None:
    await local.script(
        {"respond": {"text": 'Grüße, "quoted"\nand 🙂 done', "calls": [{"name": "f", "arguments": {"q": "x" * 90}}]}}
    )
    text = arguments = ""
    async with local.sdk.responses.stream(model=MODEL, input="Hi") as stream:
        async for event in stream:
            if event.type == "response.output_text.delta":
                text += event.delta
            if event.type == "response.function_call_arguments.delta":
                arguments += event.delta
        final = await stream.get_final_response()
    assert text == final.output_text == 'Grüße, "quoted"\nand 🙂 done'
    assert json.loads(arguments) == {"q": "x" * 90}
    assert [item.type for item in final.output] == ["message", "function_call"]


async def test_an_answer_without_streaming_is_a_valid_response(local: Local) -> None:
    status, text = await local.raw(PATH, {"model": MODEL, "input": FLAGSHIP, "tools": TOOLS})
    assert status == 200
    response = Response.model_validate_json(text)
    assert response.status == "completed"
    assert [item.type for item in response.output] == ["function_call", "function_call"]


async def test_reasoning_items_come_when_asked_and_can_be_sent_back(local: Local) -> None:
    first = await local.sdk.responses.create(
        model=MODEL,
        input=FLAGSHIP,
        tools=TOOLS,  # pyright: ignore[reportArgumentType] - plain JSON on purpose
        store=False,
        reasoning={"effort": "low", "summary": "auto"},
        include=["reasoning.encrypted_content"],
    )
    thought = first.output[0]
    assert thought.type == "reasoning"
    assert thought.encrypted_content
    assert thought.summary[0].text
    assert first.usage
    assert first.usage.output_tokens_details.reasoning_tokens > 0
    items = [{"role": "user", "content": FLAGSHIP}, *(item.model_dump(exclude_none=True) for item in first.output)]
    items += [
        {"type": "function_call_output", "call_id": item.call_id, "output": "{}"}
        for item in first.output
        if item.type == "function_call"
    ]
    status, text = await local.raw(PATH, {"model": MODEL, "input": items, "tools": TOOLS, "store": False})
    assert status == 200, text


async def test_a_stored_response_can_be_continued_read_and_deleted(local: Local) -> None:
    first = await local.sdk.responses.create(model=MODEL, input="How is my pipeline for Contoso?")
    again = await local.sdk.responses.retrieve(first.id)
    assert again.output_text == first.output_text
    follow = await local.sdk.responses.create(model=MODEL, input="And the price?", previous_response_id=first.id)
    assert follow.usage
    assert first.usage
    assert follow.usage.input_tokens > 0
    pages = await local.sdk.responses.input_items.list(follow.id)
    assert len(pages.data) == 3
    await local.sdk.responses.delete(first.id)
    with pytest.raises(openai.NotFoundError):
        await local.sdk.responses.retrieve(first.id)


async def test_a_response_that_is_not_stored_is_not_found(local: Local) -> None:
    response = await local.sdk.responses.create(model=MODEL, input="Hi", store=False)
    with pytest.raises(openai.NotFoundError):
        await local.sdk.responses.retrieve(response.id)
    with pytest.raises(openai.BadRequestError):
        await local.sdk.responses.create(model=MODEL, input="Hi", previous_response_id=response.id)


async def test_a_repeated_long_prefix_counts_as_cached(local: Local) -> None:
    instructions = "Answer with care. " * 400

    async def cached(text: str, key: str) -> int:
        response = await local.sdk.responses.create(
            model=MODEL, instructions=instructions, input=text, prompt_cache_key=key
        )
        assert response.usage
        return response.usage.input_tokens_details.cached_tokens

    assert await cached("First question", "tenant") == 0
    second = await cached("Another question", "tenant")
    assert second >= 1024
    assert second % 128 == 0
    assert await cached("First question", "other tenant") == 0


class Verdict(BaseModel):
    title: str
    score: int
    tags: list[str]
    kind: "Kind"


class Kind(BaseModel):
    name: str
    sure: bool | None


async def test_a_structured_output_parses_into_its_model(local: Local) -> None:
    parsed = await local.sdk.responses.parse(
        model=MODEL, input="How do I handle the price objection at Fabrikam?", text_format=Verdict
    )
    verdict = parsed.output_parsed
    assert verdict is not None
    assert "Fabrikam" in verdict.title


async def test_models_are_listed_and_looked_up(local: Local) -> None:
    names = {model.id async for model in local.sdk.models.list()}
    assert {MODEL, "text-embedding-3-small"} <= names
    assert (await local.sdk.models.retrieve(MODEL)).id == MODEL
    with pytest.raises(openai.NotFoundError):
        await local.sdk.models.retrieve("gpt-0")
