"""Stand-ins for clock, hub, turn engine and model: they record what they are told and do what a test says."""

import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.errors import PublishFailed, StoreUnavailable
from shared.model import ModelCompleted, ModelEvent, ModelRequest, TextDelta, ToolRequested
from shared.protocol.shapes import Usage
from shared.settings import ServiceAddress
from shared.turns import EngineState, TurnRequest
from shared.web_pubsub import WebPubSub

ACCESS_KEY = "an-access-key-of-a-service-that-is-not-there"
_NOWHERE = ServiceAddress(connection_string=f"Endpoint=http://127.0.0.1:9;AccessKey={ACCESS_KEY};Version=1.0;")


@dataclass(slots=True)
class Clock:
    """A clock that moves when it is told to."""

    time: datetime = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def advance(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One event that left for a group or a connection."""

    target: str
    event: dict[str, Any]
    only: str | None = None
    """The filter over the connections of a group."""

    @property
    def type(self) -> str:
        return self.event["type"]


class RecordingHub(WebPubSub):
    """Keeps what would be sent and who is in which group; `refuse` says which sends fail."""

    def __init__(self, hub: str = "chat") -> None:
        super().__init__(_NOWHERE, None, hub)
        self.sent: list[Sent] = []
        self.groups: dict[str, set[str]] = {}
        self.dismissed: list[tuple[str, str]] = []
        self.refuse: Callable[[Sent], bool] = lambda _: False

    async def send_to_group(self, group: str, payload: bytes, only: str | None = None) -> None:
        self._record(group, payload, only)

    async def send_to_connection(self, connection_id: str, payload: bytes) -> None:
        self._record(connection_id, payload)

    async def send_to_user(self, user_id: str, payload: bytes) -> None:
        self._record(user_id, payload)

    async def admit(self, connection_id: str, group: str) -> None:
        self.groups.setdefault(group, set()).add(connection_id)

    async def dismiss(self, connection_id: str, group: str) -> None:
        self.groups.setdefault(group, set()).discard(connection_id)

    async def dismiss_user(self, principal: str, group: str) -> None:
        self.dismissed.append((principal, group))

    def _record(self, target: str, payload: bytes, only: str | None = None) -> None:
        sent = Sent(target=target, event=json.loads(payload), only=only)
        if self.refuse(sent):
            raise PublishFailed("The service does not answer.")
        self.sent.append(sent)

    def to(self, target: str) -> list[dict[str, Any]]:
        return [sent.event for sent in self.sent if sent.target == target]

    def types(self, target: str) -> list[str]:
        return [event["type"] for event in self.to(target)]


@dataclass(slots=True)
class RecordingEngine:
    """A turn engine that starts nothing; `states` is what it claims of turns it is asked about."""

    started: list[TurnRequest] = field(default_factory=list[TurnRequest])
    stopped: list[str] = field(default_factory=list[str])
    resumed: list[tuple[str, int]] = field(default_factory=list[tuple[str, int]])
    states: dict[str, EngineState] = field(default_factory=dict[str, EngineState])
    down: bool = False

    async def start(self, request: TurnRequest) -> None:
        self._check()
        self.started.append(request)

    async def stop(self, turn_id: str) -> None:
        self._check()
        self.stopped.append(turn_id)

    async def resume(self, turn_id: str, parking: int) -> None:
        self._check()
        self.resumed.append((turn_id, parking))

    async def state(self, turn_id: str) -> EngineState:
        self._check()
        return self.states.get(turn_id, "absent")

    def _check(self) -> None:
        if self.down:
            raise StoreUnavailable("The engine does not answer.")

    @property
    def started_ids(self) -> list[str]:
        return [request.turn_id for request in self.started]


type Happening = ModelEvent | Exception | Callable[[], Awaitable[None]]


def answer(text: str) -> list[Happening]:
    """Return a plain answer, in two pieces."""
    half = len(text) // 2
    usage = Usage(input_tokens=10, output_tokens=len(text))
    pieces: list[Happening] = [TextDelta(piece) for piece in (text[:half], text[half:]) if piece]
    return [*pieces, ModelCompleted(finish="stop", usage=usage)]


def asks(*calls: tuple[str, str]) -> list[Happening]:
    """Return a step that asks for tools: pairs of model name and arguments."""
    asked: list[Happening] = [ToolRequested(name=name, arguments=arguments) for name, arguments in calls]
    return [*asked, ModelCompleted(finish="tools", usage=Usage(input_tokens=5, output_tokens=2))]


@dataclass(slots=True)
class ScriptedModel:
    """Plays one script per request: events are yielded, exceptions raised, functions awaited in between."""

    scripts: list[list[Happening]] = field(default_factory=list[list[Happening]])
    requests: list[ModelRequest] = field(default_factory=list[ModelRequest])
    closed: int = 0

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent]:
        self.requests.append(request)
        assert self.scripts, "the model was asked more often than the test foresaw"
        try:
            for happening in self.scripts.pop(0):
                if isinstance(happening, Exception):
                    raise happening
                if isinstance(happening, TextDelta | ToolRequested | ModelCompleted):
                    yield happening
                else:
                    await happening()
        finally:
            self.closed += 1
