"""Carries out a list of commands on the stack and keeps what happened."""

import asyncio
import json
import urllib.error
import urllib.request
import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from shared import ids
from shared.event_log.head import Head
from shared.event_log.log import EventLog
from shared.protocol.events import StoredEvent
from tests.e2e.stack import Stack
from tests.model_based.commands import (
    CLIENTS,
    Ask,
    AskAgain,
    AtOnce,
    Command,
    Edit,
    KillWorker,
    Leave,
    Regenerate,
    Rest,
    Sent,
    Spoil,
    Stop,
    StopNothing,
    Sync,
    WhileBusy,
)
from tests.model_based.outcome import Outcome
from tests.model_based.person import Client, Frame, LostError
from tests.model_based.prediction import Answer, AnsweringAgain, Asking, Meaning, Stopping

REST_S = 45.0
PAUSE_S = 0.03


@dataclass(slots=True)
class Run:
    """One conversation under way. `turns` are the turns talked about, oldest first."""

    stack: Stack
    log: EventLog
    session_id: str
    principal: str
    clients: list[Client]
    outcomes: list[Outcome] = field(default_factory=list[Outcome])
    turns: list[str] = field(default_factory=list[str])
    texts: dict[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])
    killed: bool = False
    head: Head | None = None
    events: tuple[StoredEvent, ...] = ()

    @classmethod
    async def begin(cls, stack: Stack, log: EventLog) -> "Run":
        """Make up a person, connect their clients and open a session that is theirs."""
        oid = str(uuid.uuid4())
        token = await asyncio.to_thread(stack.token, "ada", {"claims": {"oid": oid, "sub": oid}})
        clients = [Client(stack, token, streaming=number != CLIENTS - 1) for number in range(CLIENTS)]
        session_id = str((await clients[0].open(None))["session_id"])
        await asyncio.gather(*(client.open(session_id) for client in clients[1:]))
        owner = (await log.head(session_id)).head.owner
        return cls(stack, log, session_id, owner, clients)

    async def carry_out(self, commands: Sequence[Command]) -> None:
        for command in commands:
            await self._one(command)

    async def _one(self, command: Command) -> None:
        match command:
            case AtOnce(commands=several):
                await self._send(several)
            case Sync(by=by):
                await self._sync(self.clients[by])
            case Leave(by=by):
                await self.clients[by].close()
            case WhileBusy(what=what):
                await asyncio.to_thread(self._patch, what)
            case Spoil(how=how):
                await self._chaos({how: 1, "event": "message"})
            case Rest():
                await self.rest()
            case KillWorker():
                self.killed = True
                for client in self.clients:
                    client.patient = True
                with suppress(ProcessLookupError):  # the one killed before is the one named still
                    await asyncio.to_thread(self.stack.kill_worker)
            case _:
                await self._send((command,))

    async def _send(self, commands: Sequence[Sent]) -> None:
        visits = [await self.clients[command.by].visit(self.session_id) for command in commands]
        sent_at = await self._seq()
        waiting: list[tuple[Outcome, asyncio.Task[Frame]]] = []
        for command, visit in zip(commands, visits, strict=True):
            for meaning, frame in self._said(command):
                outcome = Outcome(meaning=meaning, sent_at=sent_at, killed=self.killed)
                self.outcomes.append(outcome)
                waiting.append((outcome, asyncio.create_task(visit.answer(await visit.send(frame)))))
                if isinstance(command, Ask) and command.hang_up:
                    outcome.hung_up = True
                    await visit.close()
        for outcome, answer in waiting:
            try:
                outcome.answer = Answer.told(await answer)
            except LostError:
                assert outcome.killed or outcome.hung_up, f"the connection was lost at {outcome}"
        answered_at = await self._seq()
        for outcome, _ in waiting:
            outcome.answered_at = answered_at

    async def _sync(self, client: Client) -> None:
        visit = await client.visit(self.session_id)
        ask = {"type": "sync", "conversation_id": self.session_id, "after": client.last_seq()}
        try:
            answer = await visit.answer(await visit.send(ask))
        except LostError:
            assert self.killed, "the connection was lost at a sync"
        else:
            assert answer["type"] == "snapshot" or self.killed, answer

    def _said(self, command: Sent) -> list[tuple[Meaning, Frame]]:
        """Return what is to be sent for a command: nothing, if it needs a turn and there is none yet."""
        match command:
            case Ask(kind=kind, steer=steer):
                return [self._asking(f"c{uuid.uuid4().hex}", self._words(kind), steer=steer)]
            case AskAgain() if self.texts:
                turn = _picked(list(self.texts), command.of)
                key, text = self.texts[turn]
                return [self._asking(key, text + " or not" if command.changed else text, steer=False)]
            case Edit() if self.turns:
                edits = _picked(self.turns, command.of)
                return [self._asking(f"c{uuid.uuid4().hex}", self._words(command.kind), edits=edits)]
            case Regenerate() if self.turns:
                return self._again(_picked(self.turns, command.of), times=2 if command.twice else 1)
            case Stop() if self.turns:
                return [self._stopping(_picked(self.turns, command.of))]
            case StopNothing():
                return [self._stopping(ids.turn_id(self.session_id, self.principal, "never"))]
            case _:
                return []

    def _words(self, kind: str) -> str:
        return f"{kind} w{uuid.uuid4().hex[:12]}"

    def _asking(self, key: str, text: str, *, steer: bool = False, edits: str | None = None) -> tuple[Asking, Frame]:
        turn = ids.turn_id(self.session_id, self.principal, key)
        if turn not in self.texts:
            self.texts[turn] = (key, text)
            self.turns.append(turn)
        meaning = Asking(turn=turn, text=text, steer=steer, edits=edits)
        frame: Frame = {"content": text, "client_message_id": key}
        if edits is None:
            return meaning, {**frame, "type": "query", "session_id": self.session_id, "steer": steer}
        message = ids.question_message(edits)
        return meaning, {
            **frame,
            "type": "message.edit",
            "conversation_id": self.session_id,
            "message_id": message,
        }

    def _again(self, replaced: str, times: int) -> list[tuple[Meaning, Frame]]:
        key = f"r{uuid.uuid4().hex}"
        turn = ids.turn_id(self.session_id, self.principal, key)
        self.turns.append(turn)
        frame: Frame = {"type": "message.regenerate", "conversation_id": self.session_id, "command_id": key}
        frame["message_id"] = ids.step_message(replaced, 0)
        return [(AnsweringAgain(turn=turn, replaces=replaced), frame)] * times

    def _stopping(self, turn: str) -> tuple[Stopping, Frame]:
        return Stopping(turn=turn), {"type": "turn.stop", "conversation_id": self.session_id, "turn_id": turn}

    def _patch(self, what: str) -> None:
        url = f"{self.stack.url('functions_host')}/api/sessions/{self.session_id}"
        headers = {"Authorization": f"Bearer {self.clients[0].token}", "Content-Type": "application/json"}
        body = json.dumps({"while_busy": what}).encode()
        request = urllib.request.Request(url, data=body, method="PATCH", headers=headers)  # noqa: S310 - loopback
        try:
            with urllib.request.urlopen(request, timeout=30) as reply:  # noqa: S310 - loopback
                assert reply.status == 200
        except urllib.error.HTTPError as error:
            with error:
                if not self.killed:
                    raise AssertionError(error.read()) from None

    async def _chaos(self, wish: dict[str, Any]) -> None:
        url = self.stack.admin_url("web_pubsub_admin") + "/chaos"
        await asyncio.to_thread(self.stack.send, "POST", url, wish)

    async def _seq(self) -> int:
        return (await self.log.head(self.session_id)).head.seq

    async def rest(self) -> Head:
        """Wait until the floor is free."""
        try:
            async with asyncio.timeout(REST_S):
                while not _is_free(head := (await self.log.head(self.session_id)).head):  # noqa: ASYNC110 - the store tells nobody
                    await asyncio.sleep(PAUSE_S)
        except TimeoutError:
            raise AssertionError(f"the floor does not get free: {await self.log.head(self.session_id)}") from None
        return head

    async def end(self) -> None:
        """Wait until all is over and every client was told; then read the log."""
        await self._chaos({"reset": True})
        for client in self.clients:
            await client.visit(self.session_id)
        self.head = head = await self.rest()
        for client in self.clients:
            visit = client.visits[-1]
            await visit.until(lambda client=client: client.last_seq() >= head.seq, f"events up to {head.seq}")
            visit.settled = True
        self.events = await self.log.events_after(self.session_id, 0, 10_000)

    async def close(self) -> None:
        await self._chaos({"reset": True})
        for client in self.clients:
            await client.close()


def _is_free(head: Head) -> bool:
    return head.active_turn is None and head.claim is None


def _picked(turns: Sequence[str], of: int) -> str:
    return turns[-1 - of % len(turns)]
