"""A person of a random conversation: several plain clients, each with everything it was told."""

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.e2e.client import negotiate
from tests.e2e.stack import Stack

type Frame = dict[str, Any]
PATIENCE_S = 40.0
_AGAIN_S = 0.3
_SERVER_ERROR = 500
_ANSWERS = frozenset({"command.accepted", "error", "snapshot", "session.created"})


class LostError(Exception):
    """The connection ended before the answer came."""


@dataclass(slots=True)
class Visit:
    """One connection: every frame in the order it came. `settled`: it held until all was over."""

    socket: ClientConnection
    frames: list[Frame] = field(default_factory=list[Frame])
    settled: bool = False
    _sent: int = 0
    _answers: list[Frame] = field(default_factory=list[Frame])
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    _reader: asyncio.Task[None] | None = None
    _gone: bool = False

    def start(self) -> None:
        self._reader = asyncio.create_task(self._read())

    async def _read(self) -> None:
        with suppress(ConnectionClosed):
            async for text in self.socket:
                frame: Frame = json.loads(text)
                async with self._changed:
                    self.frames.append(frame)
                    if frame["type"] in _ANSWERS:
                        self._answers.append(frame)
                    self._changed.notify_all()
        async with self._changed:
            self._gone = True
            self._changed.notify_all()

    async def send(self, command: Frame) -> int:
        """Send one command and return its number; answers come in the order of the commands."""
        self._sent += 1
        number = self._sent
        with suppress(ConnectionClosed):  # whoever waits for the answer is told
            await self.socket.send(json.dumps(command))
        return number

    async def answer(self, number: int) -> Frame:
        """Return the answer to the command with this number.

        Raises:
            LostError: the connection ended first.

        """
        await self.until(lambda: len(self._answers) >= number or self._gone, "an answer")
        if len(self._answers) < number:
            raise LostError
        return self._answers[number - 1]

    async def until(self, done: Callable[[], bool], what: str) -> None:
        try:
            async with asyncio.timeout(PATIENCE_S), self._changed:
                await self._changed.wait_for(done)
        except TimeoutError:
            told = [(frame["type"], frame.get("seq")) for frame in self.frames]
            raise AssertionError(f"waited in vain for {what}; told {told}") from None

    @property
    def usable(self) -> bool:
        return not self._gone

    async def close(self) -> None:
        await self.socket.close()
        if self._reader is not None:
            await self._reader


@dataclass(slots=True)
class Client:
    """One of the person's windows: its visits, one after another. A `patient` one tries again what did not work."""

    stack: Stack
    token: str
    streaming: bool
    patient: bool = False
    visits: list[Visit] = field(default_factory=list[Visit])

    async def open(self, session_id: str | None) -> Frame:
        """Connect and open the session, asking for what was not told yet; return `session.created`."""
        while True:
            try:
                return await self._open(session_id)
            except (LostError, json.JSONDecodeError):
                # Only a worker that was just killed may be away; pytest's timeout bounds how long.
                if not self.patient:
                    raise
                await asyncio.sleep(_AGAIN_S)

    async def _open(self, session_id: str | None) -> Frame:
        status, body = await asyncio.to_thread(negotiate, self.stack, self.token)
        if status >= _SERVER_ERROR:
            raise LostError(body)
        assert status == 200, body
        visit = Visit(await connect(body["url"], open_timeout=20))
        visit.start()
        after = self.last_seq()
        self.visits.append(visit)
        capabilities = ["streaming"] if self.streaming else []
        opening = {"type": "session.update", "session_id": session_id, "after": after, "capabilities": capabilities}
        created = await visit.answer(await visit.send(opening))
        if created["type"] == "error" and created["retryable"]:
            await visit.close()
            raise LostError(created)
        assert created["type"] == "session.created", created
        return created

    async def visit(self, session_id: str) -> Visit:
        """Return the open connection, or a new one."""
        if not self.visits or not self.visits[-1].usable:
            await self.open(session_id)
        return self.visits[-1]

    def last_seq(self) -> int:
        """Return up to where everything was told, live or in a snapshot."""
        known = self.told()
        seq = 0
        while seq + 1 in known:
            seq += 1
        return seq

    def told(self) -> set[int]:
        return {seq for visit in self.visits for frame in visit.frames for seq in _seqs(frame)}

    async def close(self) -> None:
        for visit in self.visits:
            await visit.close()


def events_in(frame: Frame) -> list[Frame]:
    """Return the durable events a frame holds: itself, or those of a snapshot."""
    if frame["type"] in {"snapshot", "session.created"}:
        return list(frame["events"])
    return [frame] if "seq" in frame and frame["type"] not in _ANSWERS else []


def _seqs(frame: Frame) -> list[int]:
    return [int(event["seq"]) for event in events_in(frame)]
