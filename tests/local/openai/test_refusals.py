import json
from typing import Any

import openai
import pytest
from openai.types.responses.response_create_params import ResponseCreateParamsBase

from local.openai.responses_request import PARAMETERS
from tests.local.openai.conftest import MODEL, Local
from tests.local.openai.tools import TOOLS

PATH = "/openai/v1/responses"
CALL = {"type": "function_call", "call_id": "call_1", "name": "crm__get_pipeline", "arguments": "{}"}
OUTPUT = {"type": "function_call_output", "call_id": "call_1", "output": "{}"}
USER = {"role": "user", "content": "How is Contoso doing?"}


def test_the_known_parameters_are_those_of_the_sdk() -> None:
    assert {*ResponseCreateParamsBase.__annotations__, "stream"} == PARAMETERS


async def test_a_reasoning_item_that_was_not_stored_needs_its_encrypted_content(local: Local) -> None:
    items = [USER, {"type": "reasoning", "id": "rs_gone", "summary": []}, {"role": "assistant", "content": "Yes"}]
    status, text = await local.raw(PATH, {"model": MODEL, "input": items})
    assert (status, "rs_gone" in text) == (404, True)


@pytest.mark.parametrize(
    ("items", "complaint"),
    [
        ([USER, OUTPUT], "No tool call found for function call output with call_id call_1."),
        ([USER, CALL], "No tool output found for function call call_1."),
        ([USER, OUTPUT, CALL], "No tool call found for function call output with call_id call_1."),
        ([USER, CALL, OUTPUT, OUTPUT], "Duplicate output for function call id 'call_1'."),
        ([USER, CALL, CALL, OUTPUT], "Duplicate function call id 'call_1'."),
        ([USER, {"type": "mystery"}], "Invalid value: 'mystery'."),
        ([{"role": "robot", "content": "x"}], "Invalid value for 'role': 'robot'."),
    ],
)
async def test_an_inconsistent_history_is_refused(local: Local, items: list[Any], complaint: str) -> None:
    with pytest.raises(openai.BadRequestError) as refused:
        await local.sdk.responses.create(model=MODEL, input=items)
    assert complaint in refused.value.message
    assert refused.value.param == "input"


async def test_a_consistent_history_is_accepted(local: Local) -> None:
    assert (await local.raw(PATH, {"model": MODEL, "input": [USER, CALL, OUTPUT], "tools": TOOLS}))[0] == 200


@pytest.mark.parametrize(
    ("extra", "code"),
    [
        ({"temprature": 1}, "unknown_parameter"),
        ({"temperature": 0.2}, "unsupported_parameter"),
        ({"model": ""}, "missing_required_parameter"),
        ({"max_output_tokens": 3}, "integer_below_min_value"),
        ({"tools": [{**TOOLS[0], "name": "has space"}]}, "invalid_value"),
        ({"tools": [{**TOOLS[2], "strict": True}]}, "invalid_function_parameters"),
        ({"tools": [TOOLS[0]] * 129}, "array_above_max_length"),
        ({"text": {"format": {"type": "json_schema", "schema": {"type": "object"}}}}, "missing_required_parameter"),
        ({"previous_response_id": "resp_unknown"}, "previous_response_not_found"),
    ],
)
async def test_what_azure_refuses_is_refused(local: Local, extra: dict[str, Any], code: str) -> None:
    status, text = await local.raw(PATH, {"model": MODEL, "input": "Hi", **extra})
    assert (status, json.loads(text)["error"]["code"]) == (400, code)


async def test_a_prompt_beyond_the_window_is_refused(local: Local) -> None:
    with pytest.raises(openai.BadRequestError) as refused:
        await local.sdk.responses.create(model=MODEL, input="word " * 250_000)
    assert refused.value.code == "context_length_exceeded"


async def test_without_a_key_nothing_is_answered(local: Local) -> None:
    for headers in ({}, {"authorization": "Bearer "}, {"authorization": "Basic eDp5"}):
        async with local.http.post(f"{local.origin}{PATH}", json={"model": MODEL}, headers=headers) as response:
            assert response.status == 401
    async with local.http.get(f"{local.origin}/v1/models", headers={"api-key": "k"}) as response:
        assert response.status == 200


async def test_unknown_paths_and_bodies_that_are_not_json_get_json_errors(local: Local) -> None:
    headers = {"api-key": "k"}
    async with local.http.get(f"{local.origin}/openai/v1/nothing", headers=headers) as response:
        assert (response.status, (await response.json())["error"]["code"]) == (404, "404")
    async with local.http.post(f"{local.origin}{PATH}", data=b"{", headers=headers) as response:
        assert (response.status, (await response.json())["error"]["code"]) == (400, "invalid_json")
    async with local.http.post(f"{local.origin}{PATH}", data=b"[]", headers=headers) as response:
        assert response.status == 400
