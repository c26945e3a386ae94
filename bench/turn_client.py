"""A person's client: opens sessions over a plain WebSocket, asks, and notes when each frame arrives."""

import asyncio
import json
import re
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

import aiohttp

from tests.e2e.client import negotiate
from tests.e2e.stack import Stack

type Variant = Literal["plain", "tool"]
type Frame = dict[str, Any]
ANSWER_TIMEOUT_S = 60
_STAMP = re.compile(r"@(\d+) ")


@dataclass(slots=True, kw_only=True)
class Asked:
    """One turn as its asker saw it; times are CLOCK_MONOTONIC seconds, `ages` seconds from a token to its arrival."""

    name: str
    variant: Variant
    session_id: str
    sent: float
    turn_id: str = ""
    first_delta: float = 0.0
    done: float = 0.0
    status: str = ""
    deltas: int = 0
    frames: int = 0
    bytes: int = 0
    ages: list[float] = field(default_factory=list[float])

    def take(self, text: str, arrived: float) -> bool:
        """Note a frame; True when it ends the turn."""
        frame: Frame = json.loads(text)
        self.frames += 1
        self.bytes += len(text.encode())
        match frame["type"]:
            case "message.delta":
                self.first_delta = self.first_delta or arrived
                self.deltas += 1
                self.ages += [arrived - int(stamp) / 1e6 for stamp in _STAMP.findall(frame["text"])]
            case "chat_response":
                self.done = arrived
                self.turn_id, self.status = str(frame["turn_id"]), str(frame["status"])
            case "error":
                raise RuntimeError(f"the question was refused: {frame}")
            case _:
                pass
        return bool(self.done)


@dataclass(slots=True, kw_only=True)
class Asker:
    """One connection with one open session."""

    socket: aiohttp.ClientWebSocketResponse
    session_id: str = ""

    async def _next(self) -> str:
        message = await self.socket.receive(ANSWER_TIMEOUT_S)
        if message.type is not aiohttp.WSMsgType.TEXT:
            raise RuntimeError(f"the connection ended: {message}")
        return str(message.data)

    async def open_session(self) -> None:
        await self.socket.send_json({"type": "session.update", "capabilities": ["streaming"]})
        while (frame := json.loads(await self._next()))["type"] != "session.created":
            if frame["type"] == "error":
                raise RuntimeError(f"no session was opened: {frame}")
        self.session_id = str(frame["session_id"])

    async def ask(self, name: str, variant: Variant) -> Asked:
        """Ask and wait for the whole answer and for the frames that belong to it."""
        text = json.dumps({"type": "query", "content": f"{name} How are we doing?", "client_message_id": name})
        asked = Asked(name=name, variant=variant, session_id=self.session_id, sent=time.monotonic())
        await self.socket.send_str(text)
        over = False
        while not over:
            frame = await self._next()
            over = asked.take(frame, time.monotonic())
        return asked


@asynccontextmanager
async def connected(stack: Stack, http: aiohttp.ClientSession) -> AsyncGenerator[Asker]:
    """Sign in and connect, as the browser does."""
    status, body = await asyncio.to_thread(lambda: negotiate(stack, stack.token("ada")))
    assert status == 200, body
    async with http.ws_connect(body["url"]) as socket:
        yield Asker(socket=socket)
