import json
import time
from typing import Any

import openai
import pytest

from local.openai.script import parse
from tests.local.openai.conftest import MODEL, Local

PATH = "/openai/v1/responses"


async def test_the_first_rule_that_matches_decides(local: Local) -> None:
    await local.script(
        {"match": {"text": "^alpha"}, "respond": {"text": "A"}},
        {"match": {"model": "nano$"}, "respond": {"text": "N"}},
        {"match": {"instructions": "pirate"}, "respond": {"text": "P"}},
        {"match": {"api": "chat"}, "respond": {"text": "C"}},
    )

    async def text(model: str, question: str, instructions: str = "") -> str:
        response = await local.sdk.responses.create(model=model, input=question, instructions=instructions)
        return response.output_text

    assert await text("gpt-5.4-nano", "alpha") == "A"
    assert await text("gpt-5.4-nano", "beta") == "N"
    assert await text(MODEL, "beta", "You are a pirate.") == "P"
    assert "sales coach" in await text(MODEL, "What can you do?")


async def test_a_rule_can_depend_on_step_and_attempt_and_be_used_up(local: Local) -> None:
    await local.script(
        {"match": {"step": 0, "attempt": 1}, "respond": {"status": 500}},
        {"match": {"step": 0}, "respond": {"calls": [{"name": "t", "arguments": {}}]}},
        {"match": {"step": 1}, "respond": {"text": "once"}, "times": 1},
        {"match": {"step": 1}, "respond": {"text": "later"}},
    )
    with pytest.raises(openai.InternalServerError):
        await local.sdk.responses.create(model=MODEL, input="go")
    response = await local.sdk.responses.create(model=MODEL, input="go")
    call = response.output[0]
    assert call.type == "function_call"
    history: Any = [
        {"role": "user", "content": "go"},
        call.model_dump(exclude_none=True),
        {"type": "function_call_output", "call_id": call.call_id, "output": "ok"},
    ]
    answers = [(await local.sdk.responses.create(model=MODEL, input=history)).output_text for _ in range(2)]
    assert answers == ["once", "later"]
    assert [(entry["step"], entry["attempt"]) for entry in await local.log()] == [(0, 1), (0, 2), (1, 1), (1, 2)]


async def test_groups_of_the_pattern_fill_the_answer_and_the_arguments(local: Local) -> None:
    await local.script(
        {
            "match": {"text": r"turn=(?P<id>\w+) (.*)"},
            "respond": {"text": "{{id}}!", "calls": [{"name": "t", "arguments": {"turn": "{{1}}", "say": "{{2}}"}}]},
        }
    )
    response = await local.sdk.responses.create(model=MODEL, input='turn=ab12 a "quoted" word')
    assert response.output_text == "ab12!"
    call = response.output[1]
    assert call.type == "function_call"
    assert json.loads(call.arguments) == {"turn": "ab12", "say": 'a "quoted" word'}


async def test_a_rate_limit_carries_every_header(local: Local) -> None:
    await local.script({"respond": {"error": "rate_limit", "retry_after_ms": 1500}, "times": 1})
    with pytest.raises(openai.RateLimitError) as refused:
        await local.sdk.responses.create(model=MODEL, input="go")
    headers = refused.value.response.headers
    assert (headers["retry-after"], headers["retry-after-ms"]) == ("2", "1500")
    for part in ("limit", "remaining", "reset"):
        for unit in ("requests", "tokens"):
            assert headers[f"x-ratelimit-{part}-{unit}"].isdigit()
    assert {"x-request-id", "apim-request-id", "x-ms-region"} <= set(headers)
    assert (await local.sdk.responses.create(model=MODEL, input="go")).status == "completed"


async def test_the_sdk_waits_and_retries_after_a_rate_limit(local: Local) -> None:
    await local.script({"respond": {"status": 429, "retry_after_ms": 50, "headers": {"x-extra": "1"}}, "times": 2})
    response = await local.sdk.with_options(max_retries=2).responses.create(model=MODEL, input="go")
    assert response.status == "completed"
    assert [entry["status"] for entry in await local.log()] == [429, 429, 200]


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        ("content_filter", 400, "content_filter"),
        ("context_length", 400, "context_length_exceeded"),
        ("server", 500, "server_error"),
        ("unavailable", 503, "server_error"),
    ],
)
async def test_named_errors_have_the_codes_of_the_service(local: Local, error: str, status: int, code: str) -> None:
    await local.script({"respond": {"error": error}})
    with pytest.raises(openai.APIStatusError) as refused:
        await local.sdk.responses.create(model=MODEL, input="go")
    assert (refused.value.status_code, refused.value.code) == (status, code)


async def test_the_prompt_filter_looks_different_in_the_two_apis(local: Local) -> None:
    await local.script({"respond": {"error": "content_filter"}})
    _, text = await local.raw(PATH, {"model": MODEL, "input": "go"})
    assert json.loads(text)["error"]["content_filters"][0]["blocked"] is True
    body = {"model": MODEL, "messages": [{"role": "user", "content": "go"}]}
    _, text = await local.raw("/openai/v1/chat/completions", body)
    error = json.loads(text)["error"]
    assert error["type"] is None
    assert error["innererror"]["code"] == "ResponsibleAIPolicyViolation"


async def test_any_status_and_body_can_be_sent(local: Local) -> None:
    await local.script({"respond": {"status": 200, "body": "<html>Gateway</html>"}})
    assert await local.raw(PATH, {"model": MODEL, "input": "go"}) == (200, "<html>Gateway</html>")
    await local.script({"respond": {"status": 418, "body": {"error": {"code": "teapot", "message": "no"}}}})
    with pytest.raises(openai.APIStatusError) as refused:
        await local.sdk.responses.create(model=MODEL, input="go")
    assert (refused.value.status_code, refused.value.code) == (418, "teapot")


async def test_calls_can_be_malformed_unknown_and_many(local: Local) -> None:
    await local.script(
        {
            "match": {"text": "malformed"},
            "respond": {"calls": [{"name": "t", "arguments": {"q": 1}}], "malformed_arguments": True},
        },
        {"match": {"text": "text"}, "respond": {"calls": [{"name": "t", "arguments": "not json"}]}},
        {"match": {"text": "null"}, "respond": {"calls": [{"name": "t", "arguments": None}]}},
        {"match": {"text": "many"}, "respond": {"calls": [{"name": "ghost", "arguments": [], "repeat": 100}]}},
    )

    async def arguments(text: str) -> list[tuple[str, str]]:
        response = await local.sdk.responses.create(model=MODEL, input=text)
        return [(item.name, item.arguments) for item in response.output if item.type == "function_call"]

    assert await arguments("malformed") == [("t", '{"q": 1')]
    assert await arguments("text") == [("t", "not json")]
    assert await arguments("null") == [("t", "null")]
    many = await arguments("many")
    assert many == [("ghost", "[]")] * 100


async def test_stamped_tokens_tell_when_they_were_sent(local: Local) -> None:
    await local.script({"respond": {"tokens": 20, "stamp": True, "token_ms": 5}})
    stream = await local.sdk.responses.create(model=MODEL, input="go", stream=True)
    ages: list[float] = []
    names: list[str] = []
    async for event in stream:
        if event.type == "response.output_text.delta":
            name, _, stamp = event.delta.strip().partition("@")
            names.append(name)
            ages.append(time.monotonic_ns() / 1000 - int(stamp))
    assert names == [f"t{index:04d}" for index in range(20)]
    assert min(ages) >= 0
    assert sorted(ages)[10] < 100_000


async def test_the_pace_keeps_to_its_schedule(local: Local) -> None:
    await local.script({"respond": {"tokens": 50, "first_token_ms": 100, "token_ms": 10}})
    await local.stream_types()
    entry = await local.ended("completed")
    assert entry["tokens"] == 50
    assert 0.1 <= entry["first"] - entry["recv"] < 1
    assert 0.59 <= entry["end"] - entry["recv"] < 2


async def test_the_log_names_rule_text_and_outcome_and_can_be_cleared(local: Local) -> None:
    await local.script({"name": "mine", "match": {"text": "go"}, "respond": {"text": "ok"}})
    before = time.monotonic()
    await local.sdk.responses.create(model=MODEL, input="go on")
    entry = (await local.log())[0]
    assert (entry["rule"], entry["text"], entry["outcome"], entry["stream"]) == ("mine", "go on", "completed", False)
    assert before <= entry["recv"] <= entry["first"] <= entry["end"] <= time.monotonic()
    await local.http.delete(f"{local.origin}/_log")
    assert await local.log() == []


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b'[{"match": {"texts": "x"}}]',
        b'[{"match": {"text": "("}}]',
        b'[{"match": {"anywhere": "("}}]',
        b'[{"respond": {"status": 9}}]',
        b'[{"respond": {"error": "nonsense"}}]',
    ],
)
async def test_a_script_with_a_mistake_is_refused_and_changes_nothing(local: Local, body: bytes) -> None:
    await local.script({"respond": {"text": "kept"}})
    async with local.http.put(f"{local.origin}/_scenario", data=body) as response:
        assert response.status == 400
        assert "Not a scenario" in (await response.json())["error"]["message"]
    assert (await local.sdk.responses.create(model=MODEL, input="go")).output_text == "kept"


async def test_a_script_can_be_read_back_and_removed(local: Local) -> None:
    await local.script({"respond": {"text": "scripted"}})
    async with local.http.get(f"{local.origin}/_scenario") as response:
        assert parse(await response.read()) == local.service.scenario.script
    await local.http.delete(f"{local.origin}/_scenario")
    assert "sales coach" in (await local.sdk.responses.create(model=MODEL, input="What can you do?")).output_text
