"""A person's client: opens a session over a plain WebSocket, asks, and notes when each frame arrives.

The same client asks SalesCoach and the plain server.
"""

import json
import re
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

import aiohttp

type Variant = Literal["bare", "tool", "five", "eight"]
"""A turn without a tool, with one call, and with five and eight calls side by side."""
type Subject = Literal["product", "plain", "null"]
"""SalesCoach, the plain server beside it, and nothing: the client itself asks the model (`bench.turn_null`)."""
type Frame = dict[str, Any]
ANSWER_TIMEOUT_S = 60
PLAIN_CLIENT = ("streaming",)
WEB_CLIENT = ("streaming", "suggestions")
"""What a client tells that it shows: after each answer the product thinks of what to ask next, for who shows it."""
_STAMP = re.compile(r"@(\d+) ")


@dataclass(slots=True, kw_only=True)
class Asked:
    """One turn as its asker saw it; times are CLOCK_MONOTONIC seconds, `ages` seconds from a token to its arrival.

    `bytes` are those of the frames it got, `sent_bytes` those of the question. `status` is the turn's, or tells how it
    was refused or lost.
    """

    name: str
    variant: Variant
    session_id: str
    sent: float
    sent_bytes: int
    turn_id: str = ""
    first_delta: float = 0.0
    done: float = 0.0
    status: str = ""
    deltas: int = 0
    frames: int = 0
    bytes: int = 0
    ages: list[float] = field(default_factory=list[float])

    def take(self, text: str, arrived: float) -> bool:
        """Count and note a frame; True when it ends the turn."""
        self.frames += 1
        self.bytes += len(text.encode())
        return self.note(json.loads(text), arrived)

    def note(self, frame: Frame, arrived: float) -> bool:
        """Note what a frame tells; True when it ends the turn."""
        match frame["type"]:
            case "message.delta":
                self.first_delta = self.first_delta or arrived
                self.deltas += 1
                self.ages += [arrived - int(stamp) / 1e6 for stamp in _STAMP.findall(frame["text"])]
            case "chat_response":
                self.done = arrived
                self.turn_id, self.status = str(frame["turn_id"]), str(frame["status"])
            case "error":
                self.done, self.status = arrived, f"refused: {frame['message']}"
            case _:
                pass
        return bool(self.done)

    @property
    def failed(self) -> bool:
        return self.status != "completed"

    @property
    def length(self) -> float:
        return self.done - self.sent

    def share_within(self, begin: float, end: float) -> float:
        """Return which part of the turn, 0 to 1, lies between two moments."""
        return max(0.0, min(self.done, end) - max(self.sent, begin)) / self.length


@dataclass(slots=True, kw_only=True)
class Asker:
    """One connection with one open session; `shows` are its capabilities."""

    socket: aiohttp.ClientWebSocketResponse
    shows: tuple[str, ...]
    session_id: str = ""

    @property
    def gone(self) -> bool:
        return self.socket.closed

    async def _next(self) -> str:
        message = await self.socket.receive(ANSWER_TIMEOUT_S)
        if message.type is not aiohttp.WSMsgType.TEXT:
            raise ConnectionError(f"the connection ended: {message.type.name}")
        return str(message.data)

    async def open_session(self) -> None:
        await self.socket.send_json({"type": "session.update", "capabilities": self.shows})
        while (frame := json.loads(await self._next()))["type"] != "session.created":
            if frame["type"] == "error":
                raise RuntimeError(f"no session was opened: {frame}")
        self.session_id = str(frame["session_id"])

    async def ask(self, name: str, variant: Variant, question: str = "") -> Asked:
        """Ask and wait for the whole answer and for the frames that belong to it, or for the end of the connection.

        Without a `question` of its own it is one the scripted model answers by `name`.
        """
        content = question or f"{name} How are we doing?"
        text = json.dumps({"type": "query", "content": content, "client_message_id": name})
        sent = time.monotonic()
        asked = Asked(name=name, variant=variant, session_id=self.session_id, sent=sent, sent_bytes=len(text))
        try:
            await self.socket.send_str(text)
            over = False
            while not over:
                frame = await self._next()
                over = asked.take(frame, time.monotonic())
        except (ConnectionError, TimeoutError) as error:
            asked.done, asked.status = time.monotonic(), f"lost: {error or 'no answer in time'}"
        return asked


class Asking(Protocol):
    """Whoever asks one question after the other; `gone` when no more can be asked."""

    @property
    def gone(self) -> bool: ...

    async def ask(self, name: str, variant: Variant) -> Asked: ...


@asynccontextmanager
async def connected(
    url: str, http: aiohttp.ClientSession, shows: tuple[str, ...] = PLAIN_CLIENT
) -> AsyncGenerator[Asker]:
    """Connect and open a session."""
    async with http.ws_connect(url) as socket:
        asker = Asker(socket=socket, shows=shows)
        await asker.open_session()
        yield asker
