"""A server in the test's own loop, and the real SDK pointed at it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from openai import AsyncOpenAI, DefaultAsyncHttpxClient

from local.openai.chat_chunks import ChatChunks
from local.openai.reply import Pace
from local.openai.response_events import ResponseEvents
from local.openai.server import build_app
from local.openai.service import Service, Settings
from local.service import bind, port_of
from tests.local.openai.validation import checked_frame, checked_steps

MODEL = "gpt-5.4-mini"


@dataclass(frozen=True, slots=True, kw_only=True)
class Local:
    """A running service: its origin, the SDK client, and plain HTTP for what the SDK hides."""

    origin: str
    service: Service
    sdk: AsyncOpenAI
    http: aiohttp.ClientSession

    async def script(self, *rules: dict[str, Any]) -> None:
        async with self.http.put(f"{self.origin}/_scenario", json=list(rules)) as response:
            assert response.status == 200, await response.text()

    async def log(self) -> list[dict[str, Any]]:
        async with self.http.get(f"{self.origin}/_log") as response:
            return await response.json()

    async def ended(self, outcome: str) -> dict[str, Any]:
        """Wait until the last request has ended, as it should, and return its entry."""
        async with asyncio.timeout(5):
            while True:
                entry = (await self.log())[-1]
                if entry["end"] is not None:
                    assert entry["outcome"] == outcome
                    return entry

    async def stream_types(self, text: str = "go") -> list[str]:
        """Return the types of the events with which a question is answered."""
        stream = await self.sdk.responses.create(model=MODEL, input=text, stream=True)
        return [event.type async for event in stream]

    async def raw(self, path: str, body: dict[str, Any]) -> tuple[int, str]:
        headers = {"authorization": "Bearer test"}
        async with self.http.post(f"{self.origin}{path}", json=body, headers=headers) as response:
            return response.status, await response.text()


@pytest.fixture(autouse=True)
def every_frame_is_valid(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hold whatever is sent in any test against the SDK's own types."""
    for made in (ResponseEvents, ChatChunks):
        monkeypatch.setattr(made, "steps", checked_steps(made.steps))
        for name in ("failed", "error_frame"):
            monkeypatch.setattr(made, name, checked_frame(getattr(made, name)))


@pytest.fixture
def settings() -> Settings:
    return Settings(pace=Pace(first_token_ms=0, token_ms=0))


@pytest.fixture
async def local(settings: Settings) -> AsyncIterator[Local]:
    service = Service(settings=settings)
    sock = bind(0)
    runner = web.AppRunner(build_app(service), handler_cancellation=True, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    await web.SockSite(runner, sock).start()
    origin = f"http://127.0.0.1:{port_of(sock)}"
    plain = DefaultAsyncHttpxClient(verify=False)  # loading the trust store would take most of a test's time
    sdk = AsyncOpenAI(base_url=f"{origin}/openai/v1/", api_key="test", max_retries=0, timeout=10, http_client=plain)
    async with aiohttp.ClientSession() as http, sdk:
        yield Local(origin=origin, service=service, sdk=sdk, http=http)
    await runner.cleanup()
