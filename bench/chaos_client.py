"""A client as stubborn as a real one: it asks, folds what it is told, and comes back whatever breaks.

It sends a question again under the same `client_message_id` until somebody accepts it, asks with `sync` for what is
missing, and on a lost connection reconnects and reads on after its last event. All it does and sees is kept.
"""

import asyncio
import json
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from bench.chaos_load import Burst, Question, Session
from bench.chaos_notes import Asked, Notes
from bench.turn_client import PLAIN_CLIENT
from shared.protocol.ephemeral import CommandAccepted, ErrorEvent, SessionCreated
from shared.protocol.server_event import SERVER_EVENT, ServerEvent
from tests.support.fold import begin_recovery, has_gap, receive
from tests.support.folded import Folded
from tests.support.history import ClientHistory

RESEND_S = 4.0
"""How long an unanswered command is left alone."""
GAP_S = 0.3
SYNC_AGAIN_S = 1.0
TICK_S = 0.1
CONNECT_AGAIN_S = 0.3


class GaveUpError(Exception):
    """Something did not happen within the client's patience."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """Where and as whom a client comes in. `negotiate` is the URL that hands out connections."""

    negotiate: str
    token: str
    http: aiohttp.ClientSession


@dataclass(slots=True, kw_only=True)
class ChaosClient:
    """One person at one connection. `patience_s`: how long anything may take; `quiet_s`: before it asks unprompted."""

    name: str
    door: Door
    patience_s: float = 60.0
    quiet_s: float = 15.0
    settle_s: float = 15.0
    shows: tuple[str, ...] = PLAIN_CLIENT
    notes: Notes = field(default_factory=Notes)
    state: Folded = field(default_factory=lambda: Folded(conversation_id=""))
    _socket: aiohttp.ClientWebSocketResponse | None = None
    _sessions: int = 0
    _gap_since: float | None = None
    _synced: float = 0.0
    _opened: float = 0.0
    _heard: float = 0.0

    def history(self) -> ClientHistory:
        return self.notes.history(self.name)

    async def live(self, sessions: list[Session]) -> None:
        """Hold these conversations one after the other; a question that gets no answer is given up in time."""
        try:
            for session in sessions:
                await self.open()
                for burst in session:
                    await self.ask(burst)
                await self.leave()
        finally:
            await self.close()

    async def open(self) -> str:
        """Open a new session and return its id."""
        self._sessions += 1
        self.state = Folded(conversation_id="")
        command = f"{self.name}-{self._sessions}"
        await self._until(lambda: self.state.recovered, lambda: self._open_session(command), RESEND_S)
        return self.state.conversation_id

    async def _open_session(self, command_id: str) -> None:
        self._opened = time.monotonic()
        self.notes.begin_visit(self.state.conversation_id, streaming="streaming" in self.shows)
        self.state = begin_recovery(self.state)
        known = {"session_id": self.state.conversation_id, "after": self.state.last_seq}
        mine = known if self.state.conversation_id else {"command_id": command_id}
        await self.send({"type": "session.update", "capabilities": self.shows} | mine)

    async def ask(self, burst: Burst) -> None:
        """Ask these questions at once and wait until all are accepted and answered."""
        await self.answered(await self.begin(burst))

    async def begin(self, burst: Burst) -> list[Asked]:
        """Send the questions and return without waiting for anything."""
        for asked in (waiting := self.notes.ask(self.state.conversation_id, burst)):
            await self._send_question(asked)
        return waiting

    async def answered(self, waiting: list[Asked]) -> None:
        """Wait until all are accepted and answered, sending again what nobody accepted; give up in time."""
        with suppress(GaveUpError):
            await self._until(lambda: self._over(waiting), lambda: self._resend(waiting), TICK_S)

    def _over(self, waiting: list[Asked]) -> bool:
        for asked in waiting:
            turn = self.state.turn_asked_as(asked.question.name)
            if turn is not None and turn.phase == "ended":
                asked.done, asked.status = asked.done or time.monotonic(), turn.status
        return all(asked.settled for asked in waiting)

    async def _resend(self, waiting: list[Asked]) -> None:
        now = time.monotonic()
        for asked in waiting:
            if asked.outcome == "unknown" and now - asked.tried >= RESEND_S:
                await self._send_question(asked)

    async def _send_question(self, asked: Asked) -> None:
        asked.tried = time.monotonic()
        asked.tries += 1
        await self.send(
            {
                "type": "query",
                "session_id": asked.conversation_id,
                "content": asked.question.text,
                "client_message_id": asked.question.name,
            }
        )

    async def resend(self, question: Question) -> None:
        """Send a question once more as a new command under its old id."""
        await self._send_question(self.notes.of(question))

    async def leave(self) -> None:
        """Wait until everything known was also told live, or patience ends; then this visit is complete."""
        with suppress(GaveUpError):
            await self._until(lambda: self.notes.all_told_live(self.state.last_seq), None, TICK_S, self.settle_s)
        self.notes.end_visit(settled=True)

    async def linger(self, seconds: float) -> None:
        """Keep listening for a while, for what should not come."""
        with suppress(GaveUpError):
            await self._until(lambda: False, None, TICK_S, seconds)

    async def hear(self, wanted: Callable[[ServerEvent], bool], timeout_s: float = 20.0) -> None:
        """Wait until a fitting frame arrives from now on."""
        since = len(self.notes.frames)
        await self._until(lambda: any(wanted(f) for f in self.notes.frames[since:]), None, TICK_S, timeout_s)

    async def drop(self, away_s: float) -> None:
        """Lose the connection and stay away for a while."""
        self.notes.broken()
        await self.close()
        await asyncio.sleep(away_s)

    async def close(self) -> None:
        socket, self._socket = self._socket, None
        if socket is not None:
            await socket.close()

    async def send(self, command: dict[str, Any]) -> None:
        if self._socket is not None:
            with suppress(ConnectionError, aiohttp.ClientError):
                await self._socket.send_str(json.dumps(command))

    async def _until(
        self,
        done: Callable[[], bool],
        again: Callable[[], Coroutine[Any, Any, None]] | None,
        every_s: float,
        patience_s: float | None = None,
    ) -> None:
        """Listen until `done`, doing `again` now and then every so often; GaveUpError when patience ends."""
        ends = time.monotonic() + (self.patience_s if patience_s is None else patience_s)
        due = 0.0
        while not done():
            if time.monotonic() > ends:
                raise GaveUpError(self.name)
            if self._socket is None:
                await self._connect()
                due = 0.0
            elif again is not None and time.monotonic() >= due:
                due = time.monotonic() + every_s
                await again()
            await self._listen()
            await self._ask_for_missing()

    async def _connect(self) -> None:
        headers = {"Authorization": f"Bearer {self.door.token}"}
        try:
            async with self.door.http.post(self.door.negotiate, headers=headers) as reply:
                reply.raise_for_status()
                url = (await reply.json())["url"]
            self._socket = await self.door.http.ws_connect(url)
        except (aiohttp.ClientError, ConnectionError, TimeoutError):
            await asyncio.sleep(CONNECT_AGAIN_S)
            return
        if self.state.conversation_id:
            await self._open_session("")

    async def _listen(self) -> None:
        """Take what has come within a tick."""
        if self._socket is None:
            return
        try:
            message = await self._socket.receive(TICK_S)
        except TimeoutError:
            return
        if message.type is aiohttp.WSMsgType.TEXT:
            self._take(SERVER_EVENT.validate_json(message.data))
            return
        self.notes.broken()
        self._socket = None

    def _take(self, event: ServerEvent) -> None:
        self._heard = time.monotonic()
        match event:
            case CommandAccepted():
                self.notes.answered(event.client_message_id, "ok")
            case ErrorEvent():
                self.notes.refused(event)
            case SessionCreated() if not self.state.conversation_id:
                self.state = begin_recovery(Folded(conversation_id=event.session_id))
                self.notes.opened(event.session_id)
            case _:
                pass
        self.notes.take(event)
        if event.conversation_id == self.state.conversation_id:
            self.state = receive(self.state, event)

    async def _ask_for_missing(self) -> None:
        """Send `sync` after a hole has stayed for a moment, and after too long a silence of an open turn."""
        now = time.monotonic()
        if self.state.conversation_id and not self.state.recovered and now - self._opened > RESEND_S:
            await self._open_session("")
        self._gap_since = (self._gap_since or now) if has_gap(self.state) else None
        open_turn = any(turn.phase != "ended" for turn in self.state.turns)
        hole = self._gap_since is not None and now - self._gap_since > GAP_S and now - self._synced > SYNC_AGAIN_S
        quiet = open_turn and now - max(self._heard, self._synced) > self.quiet_s
        if self._socket is not None and self.state.recovered and (hole or quiet):
            self._synced = now
            self.notes.syncs += 1
            known = {"conversation_id": self.state.conversation_id, "after": self.state.last_seq}
            await self.send({"type": "sync", **known})
