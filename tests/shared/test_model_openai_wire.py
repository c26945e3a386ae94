import asyncio
import json
import logging
from dataclasses import dataclass, field
from typing import Any

import httpx2
import pytest
from aiohttp import web

from shared import model_openai
from shared.credential import CredentialUnavailable
from shared.errors import ModelFailed, ModelUnavailable, SettingsInvalid
from shared.model import ModelCompleted, ModelEvent, ModelRequest, ModelTool, TextDelta, UserText
from shared.model_openai import AzureOpenAIModel
from shared.protocol.codes import ErrorCode
from tests.shared.stub_server import stub_server

TOOLS = tuple(ModelTool(name=name, description=name, parameters='{"type":"object"}') for name in ("zebra", "ant"))
HELLO = b'event: response.output_text.delta\ndata: {"type":"response.output_text.delta","delta":"Hello"}\n\n'
DONE = b'event: response.completed\ndata: {"type":"response.completed","response":{"status":"completed"}}\n\n'


def request(tools: tuple[ModelTool, ...] = ()) -> ModelRequest:
    return ModelRequest(
        model="chat-deployment",
        instructions="Coach.",
        items=(UserText("Hi"),),
        tools=tools,
        cache_key="tenant-1",
        max_output_tokens=321,
    )


async def app_token() -> str:
    return "app-token"


@dataclass
class Service:
    """Writes the given chunks as one event stream, then ends, stalls, or resets; keeps what it was sent."""

    chunks: tuple[bytes, ...] = (HELLO, DONE)
    after: str = "end"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict[str, str])
    body: Any = None
    bodies: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    seen: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    peers: set[object] = field(default_factory=set[object])
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    disconnected: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, http: web.Request) -> web.StreamResponse:
        assert http.transport is not None
        self.bodies.append(await http.json())
        self.seen.append((http.path, http.headers["Authorization"]))
        self.arrived.set()
        self.peers.add(http.transport.get_extra_info("peername"))
        if self.status != 200:
            return web.json_response(self.body, status=self.status, headers=self.headers)
        answer = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await answer.prepare(http)
        for chunk in self.chunks:
            await answer.write(chunk)
        if self.after == "stall":
            try:
                await asyncio.Event().wait()
            finally:
                self.disconnected.set()
        if self.after == "reset":
            http.transport.abort()
        return answer


async def collect(url: str, asked: ModelRequest | None = None) -> list[ModelEvent]:
    model = AzureOpenAIModel(url, app_token)
    try:
        return [event async for event in model.stream(asked or request())]
    finally:
        await model.close()


async def test_the_request_says_everything_in_order_and_asks_for_nothing_to_be_stored() -> None:
    service = Service()
    async with stub_server(service) as url:
        await collect(url, request(TOOLS))
    [body] = service.bodies
    assert service.seen == [("/openai/v1/responses", "Bearer app-token")]
    assert [tool["name"] for tool in body.pop("tools")] == ["zebra", "ant"]
    assert body == {
        "model": "chat-deployment",
        "instructions": "Coach.",
        "input": [{"type": "message", "role": "user", "content": "Hi"}],
        "parallel_tool_calls": True,
        "prompt_cache_key": "tenant-1",
        "max_output_tokens": 321,
        "store": False,
        "stream": True,
    }


async def test_without_tools_none_are_mentioned() -> None:
    service = Service()
    async with stub_server(service) as url:
        await collect(url)
    assert not {"tools", "parallel_tool_calls"} & service.bodies[0].keys()


@pytest.mark.parametrize("suffix", ["", "/", "/openai/v1", "/openai/v1/"])
async def test_the_endpoint_may_be_written_in_each_usual_way(suffix: str) -> None:
    service = Service()
    async with stub_server(service) as url:
        await collect(url + suffix)
    assert service.seen[0][0] == "/openai/v1/responses"


async def test_one_connection_serves_one_answer_after_another() -> None:
    service = Service()
    async with stub_server(service) as url:
        model = AzureOpenAIModel(url, app_token)
        for _ in range(3):
            events = [event async for event in model.stream(request())]
            assert isinstance(events[-1], ModelCompleted)
        await model.close()
    assert len(service.peers) == 1


async def test_nothing_after_the_terminal_event_counts() -> None:
    async with stub_server(Service(chunks=(HELLO, DONE, HELLO, b"data: not json\n\n"))) as url:
        events = await collect(url)
    assert events[0] == TextDelta("Hello")
    assert isinstance(events[-1], ModelCompleted)
    assert len(events) == 2


async def test_a_service_that_keeps_talking_after_the_end_does_not_delay_the_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(model_openai, "_DRAIN_S", 0.1)
    service = Service(after="stall")
    async with stub_server(service) as url, asyncio.timeout(5):
        assert isinstance((await collect(url))[-1], ModelCompleted)
        await service.disconnected.wait()


@pytest.mark.parametrize("after", ["end", "reset"])
@pytest.mark.parametrize("chunks", [(), (HELLO,), (HELLO, DONE[:-1]), (b"<html>",)])
async def test_a_stream_without_its_terminal_event_is_unavailable(chunks: tuple[bytes, ...], after: str) -> None:
    async with stub_server(Service(chunks=chunks, after=after)) as url:
        with pytest.raises(ModelUnavailable):
            await collect(url)


async def test_a_stream_that_stalls_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_openai, "_TIMEOUT", httpx2.Timeout(0.2))
    service = Service(chunks=(HELLO,), after="stall")
    async with stub_server(service) as url:
        with pytest.raises(ModelUnavailable):
            await collect(url)
        await asyncio.wait_for(service.disconnected.wait(), 5)


async def test_closing_the_generator_drops_the_connection() -> None:
    service = Service(chunks=(HELLO,), after="stall")
    async with stub_server(service) as url:
        model = AzureOpenAIModel(url, app_token)
        stream = model.stream(request())
        assert await anext(stream) == TextDelta("Hello")
        await stream.aclose()
        await asyncio.wait_for(service.disconnected.wait(), 5)
        await model.close()


async def test_a_cancelled_reader_drops_the_connection() -> None:
    service = Service(chunks=(HELLO,), after="stall")
    async with stub_server(service) as url:
        reader = asyncio.create_task(collect(url))
        await asyncio.wait_for(service.arrived.wait(), 5)
        reader.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reader
        await asyncio.wait_for(service.disconnected.wait(), 5)


@pytest.mark.parametrize(
    ("status", "headers", "after_ms"),
    [(429, {"retry-after-ms": "250"}, 250), (429, {"Retry-After": "3"}, 3000), (503, {"Retry-After": "1"}, 1000)],
)
async def test_the_services_own_wait_is_handed_on_and_not_waited(
    status: int, headers: dict[str, str], after_ms: int
) -> None:
    service = Service(status=status, headers=headers, body={"error": {"code": "x", "message": "m"}})
    async with stub_server(service) as url:
        with pytest.raises(ModelUnavailable) as raised:
            await collect(url)
    assert raised.value.after_ms == after_ms
    assert len(service.bodies) == 1


async def test_what_the_service_says_reaches_neither_people_nor_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "shared")
    secret = "subscription 1234 at internal-host"
    service = Service(status=400, headers={"apim-request-id": "req-7"}, body={"error": {"message": secret}})
    async with stub_server(service) as url:
        with pytest.raises(ModelFailed) as raised:
            await collect(url)
    ours = "".join(record.getMessage() for record in caplog.records if record.name.startswith("shared"))
    assert secret not in raised.value.message + ours
    assert "req-7" in ours
    assert "app-token" not in ours


async def test_a_service_that_is_away_is_unavailable(unused_tcp_port: int) -> None:
    with pytest.raises(ModelUnavailable) as raised:
        await collect(f"http://127.0.0.1:{unused_tcp_port}")
    assert raised.value.code == ErrorCode.MODEL_UNAVAILABLE


async def test_an_app_without_a_token_finds_the_model_unavailable() -> None:
    async def no_token() -> str:
        raise CredentialUnavailable("no identity")

    model = AzureOpenAIModel("http://127.0.0.1:9", no_token)
    with pytest.raises(ModelUnavailable):
        [event async for event in model.stream(request())]
    await model.close()


@pytest.mark.parametrize("endpoint", ["http://example.com", "example.com", "ftp://localhost"])
def test_a_token_is_never_sent_in_the_clear(endpoint: str) -> None:
    with pytest.raises(SettingsInvalid):
        AzureOpenAIModel(endpoint, app_token)


async def test_text_in_any_language_survives_cuts_inside_characters() -> None:
    delta = json.dumps({"type": "response.output_text.delta", "delta": "é漢🙂"}, ensure_ascii=False).encode()
    whole = b": hi\r\nevent: response.output_text.delta\r\ndata: " + delta + b"\r\n\r\n" + DONE
    pieces = tuple(whole[i : i + 3] for i in range(0, len(whole), 3))
    async with stub_server(Service(chunks=pieces)) as url:
        assert (await collect(url))[0] == TextDelta("é漢🙂")
