"""The client with nothing in between: what every added time bears that neither SalesCoach nor the plain server adds.

Here the asking client itself streams from the scripted model and calls the tool, over kept connections and with no more
parsing than it must. What is added then is the client's own and what the emulators spend outside the time they log.
"""

import json
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp

from bench.turn_client import Asked, Frame, Variant

_KEEP_S = 2
"""Shorter than the tool servers keep an idle connection: one they are about to close must not be used."""
_MODEL_HEADERS = {"Authorization": "Bearer local"}
_TOOL_HEADERS = {"Accept": "application/json, text/event-stream"}
_DATA = b"data: "


@dataclass(frozen=True, slots=True, kw_only=True)
class NullPeer:
    """Asks the model at one URL and the tool's server at another; people share it, for it remembers nothing."""

    http: aiohttp.ClientSession
    model_url: str
    tool_url: str
    tool: str

    @property
    def gone(self) -> bool:
        return False

    async def ask(self, name: str, variant: Variant) -> Asked:
        """Do the turn the script has for `name`: model steps and the calls between them, one after the other."""
        items: list[Frame] = [{"role": "user", "content": f"{name} How are we doing?"}]
        asked = Asked(name=name, variant=variant, session_id="", sent=time.monotonic(), sent_bytes=0)
        status = "completed"
        try:
            while call := await self._step(items, asked):
                items += [call, await self._result(call)]
        except (aiohttp.ClientError, TimeoutError) as error:
            status = f"lost: {error or 'no answer in time'}"
        asked.note({"type": "chat_response", "turn_id": "", "status": status}, time.monotonic())
        return asked

    async def _step(self, items: list[Frame], asked: Asked) -> Frame | None:
        """Stream one model step; return the call it wants."""
        body = {"model": "scripted-coach", "input": items, "stream": True, "store": False}
        wanted: Frame | None = None
        async with self.http.post(self.model_url, json=body, headers=_MODEL_HEADERS) as response:
            response.raise_for_status()
            async for line in response.content:
                if not line.startswith(_DATA):
                    continue
                arrived, event = time.monotonic(), json.loads(line.removeprefix(_DATA))
                if event["type"] == "response.output_text.delta":
                    asked.note({"type": "message.delta", "text": event["delta"]}, arrived)
                elif event["type"] == "response.output_item.done" and event["item"]["type"] == "function_call":
                    wanted = {key: event["item"][key] for key in ("type", "call_id", "name", "arguments")}
        return wanted

    async def _result(self, call: Frame) -> Frame:
        params = {"name": self.tool, "arguments": json.loads(call["arguments"])}
        body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
        async with self.http.post(self.tool_url, json=body, headers=_TOOL_HEADERS) as response:
            answer: dict[str, Any] = await response.json()
        text = str(answer["result"]["content"][0]["text"])
        return {"type": "function_call_output", "call_id": call["call_id"], "output": text}


@asynccontextmanager
async def null_peer(model: str, tools: str, server: str, tool: str) -> AsyncGenerator[NullPeer]:
    """Keep connections of its own to the emulators at these base URLs."""
    connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=_KEEP_S)
    async with aiohttp.ClientSession(connector=connector) as http:
        yield NullPeer(http=http, model_url=f"{model}/openai/v1/responses", tool_url=f"{tools}/{server}/mcp", tool=tool)
