import time

import aiohttp
import openai
import pytest

from tests.local.openai.conftest import MODEL, Local
from tests.local.openai.sse import frames


@pytest.mark.parametrize("after", [0, 3, 100])
async def test_a_truncated_stream_ends_cleanly_without_a_terminal_event(local: Local, after: int) -> None:
    await local.script({"respond": {"tokens": 10, "truncate_after": after}})
    types = await local.stream_types()
    assert types.count("response.output_text.delta") == min(after, 10)
    assert not {"response.completed", "response.incomplete", "response.failed"} & set(types)
    await local.ended("truncate")


async def test_a_reset_breaks_the_connection_in_the_middle(local: Local) -> None:
    await local.script({"respond": {"tokens": 10, "reset_after": 4, "token_ms": 5}})
    with pytest.raises((openai.APIConnectionError, openai.APIError)):
        await local.stream_types()
    entry = await local.ended("reset")
    assert entry["tokens"] == 4


async def test_a_stall_goes_silent_until_the_client_gives_up(local: Local) -> None:
    await local.script({"respond": {"tokens": 10, "stall_after": 2}})
    impatient = local.sdk.with_options(timeout=0.3)
    stream = await impatient.responses.create(model=MODEL, input="go", stream=True)
    with pytest.raises(openai.APITimeoutError):
        _ = [event.type async for event in stream]
    assert (await local.log())[-1]["tokens"] == 2
    await local.ended("cancelled")


async def test_closing_the_connection_stops_the_generation(local: Local) -> None:
    await local.script({"respond": {"tokens": 5000, "token_ms": 10}})
    stream = await local.sdk.responses.create(model=MODEL, input="go", stream=True)
    async for event in stream:
        if event.type == "response.output_text.delta":
            break
    closed = time.monotonic()
    await stream.close()
    entry = await local.ended("cancelled")
    assert entry["end"] - closed < 2
    assert 0 < entry["tokens"] < 300


async def test_a_failed_stream_ends_with_the_failed_response(local: Local) -> None:
    await local.script({"respond": {"tokens": 10, "failed_after": 1}})
    types = await local.stream_types()
    assert types[-1] == "response.failed"
    response = await local.sdk.responses.create(model=MODEL, input="go")
    assert (response.status, response.error and response.error.code) == ("failed", "server_error")


async def test_an_error_frame_breaks_off_a_stream(local: Local) -> None:
    await local.script({"respond": {"tokens": 10, "error_frame_after": 1}})
    assert (await local.stream_types())[-1] == "error"


async def test_an_unknown_event_can_be_mixed_in(local: Local) -> None:
    await local.script({"respond": {"text": "Fine.", "unknown_event": True}})
    types = await local.stream_types()
    assert "response.local_unknown.delta" in types
    assert types[-1] == "response.completed"


async def test_a_rule_without_content_puts_faults_on_the_brain(local: Local) -> None:
    await local.script({"respond": {"truncate_after": 5}})
    types = await local.stream_types("What can you do?")
    assert types.count("response.output_text.delta") == 5


async def test_a_chat_stream_can_break_in_the_same_ways(local: Local) -> None:
    body = {"model": MODEL, "stream": True, "messages": [{"role": "user", "content": "go"}]}
    await local.script({"respond": {"tokens": 10, "error_frame_after": 2}})
    _, text = await local.raw("/v1/chat/completions", body)
    assert frames(text)[-1][1]["error"]["code"] == "server_error"
    await local.script({"respond": {"tokens": 10, "truncate_after": 2}})
    _, text = await local.raw("/v1/chat/completions", body)
    assert "[DONE]" not in text
    await local.script({"respond": {"tokens": 10, "reset_after": 2}})
    with pytest.raises(aiohttp.ClientError):
        await local.raw("/v1/chat/completions", body)
