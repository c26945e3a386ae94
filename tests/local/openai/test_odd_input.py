"""Whatever the types in a request, the answer is an answer or a 4xx in the service's shape, never a 500."""

import json
from typing import Any

import pytest

from local.openai.chat_request import PARAMETERS as CHAT
from local.openai.responses_request import PARAMETERS as RESPONSES
from tests.local.openai.conftest import MODEL, Local
from tests.local.openai.tools import TOOLS

ODD: tuple[Any, ...] = (None, True, 0, -1, 1.5, "", "text", [], [None], [[]], ["x"], [{}], {}, {"type": "function"})
ITEMS: tuple[Any, ...] = (
    {"type": "function_call"},
    {"type": "function_call", "call_id": 1, "name": "x", "arguments": "{}"},
    {"type": "function_call_output", "call_id": None, "output": {}},
    {"type": "message", "role": "user", "content": [1, None, {"type": "input_text", "text": 5}]},
    {"type": "message", "role": "user", "content": [{"type": "output_text", "text": "x"}]},
    {"type": "reasoning"},
    {"role": "user", "content": {"text": "x"}},
)


async def judged(local: Local, path: str, body: dict[str, Any]) -> None:
    status, text = await local.raw(path, body)
    assert status == 200 or 400 <= status < 500, (status, body)
    if status != 200:
        assert json.loads(text)["error"]["message"]


@pytest.mark.parametrize("name", sorted(RESPONSES - {"stream"}))
async def test_any_value_of_a_responses_parameter(local: Local, name: str) -> None:
    for value in ODD:
        body = {"model": MODEL, "input": "How is Contoso doing?", "tools": TOOLS, "store": False}
        await judged(local, "/v1/responses", body | {name: value})


@pytest.mark.parametrize("name", sorted(CHAT - {"stream"}))
async def test_any_value_of_a_chat_parameter(local: Local, name: str) -> None:
    for value in ODD:
        body = {"model": MODEL, "messages": [{"role": "user", "content": "How is Contoso doing?"}]}
        await judged(local, "/v1/chat/completions", body | {name: value})


async def test_any_item_in_a_history(local: Local) -> None:
    for item in (*ITEMS, *ODD):
        await judged(local, "/v1/responses", {"model": MODEL, "input": [item], "store": False})
        await judged(local, "/v1/chat/completions", {"model": MODEL, "messages": [item]})


async def test_any_tool_output(local: Local) -> None:
    call = {"type": "function_call", "call_id": "c", "name": "crm__get_pipeline", "arguments": "{}"}
    user = {"role": "user", "content": "How is my pipeline for Contoso?"}
    deep: Any = []
    for _ in range(200):
        deep = [deep]
    rows = [{"name": None, "amount": "a lot", "stage": 7, "nested": {"x": [1]}}, {}, {"amount": True}]
    outputs = [
        "",
        "{",
        "[" * 3000,
        json.dumps(deep),
        json.dumps({"opportunities": rows}),
        json.dumps(rows),
        "null",
        "\x00",
    ]
    for output in outputs:
        result = {"type": "function_call_output", "call_id": "c", "output": output}
        status, text = await local.raw("/v1/responses", {"model": MODEL, "input": [user, call, result], "tools": TOOLS})
        assert (status, "completed" in text) == (200, True)


async def test_any_tool_schema(local: Local) -> None:
    schemas: list[Any] = [
        *({"type": "object", "properties": {"a": value}, "required": ["a"]} for value in ODD),
        {"type": "object", "properties": [], "required": "a"},
        {"type": "object", "properties": {"a": {"enum": []}}, "required": ["a", "missing"]},
        {
            "type": "object",
            "properties": {"a": {"$ref": "#/$defs/loop"}},
            "required": ["a"],
            "$defs": {"loop": {"$ref": "#/$defs/loop"}},
        },
        {"type": "object", "properties": {"a": {"type": "array", "minItems": "x"}}, "required": ["a"]},
    ]
    for schema in schemas:
        tool = {"type": "function", "name": "crm__get_pipeline", "parameters": schema}
        body = {"model": MODEL, "input": "How is my pipeline for Contoso?", "tools": [tool]}
        await judged(local, "/v1/responses", body)


@pytest.mark.parametrize("value", ODD)
async def test_any_embedding_input(local: Local, value: Any) -> None:
    await judged(local, "/v1/embeddings", {"model": "text-embedding-3-small", "input": value})
