"""Stand-ins for what the spine talks to beside the store: they record what they are told and do what a test says."""

import hashlib
import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.blob import BlobChanged, BlobContent, BlobNotFound, BlobStore, NotModified
from shared.errors import PublishFailed, StoreUnavailable
from shared.model import ModelCompleted, ModelEvent, ModelRequest, TextDelta, ToolRequested
from shared.prompts.store import Label
from shared.prompts.template import version_of
from shared.protocol.shapes import Usage
from shared.settings import ServiceAddress
from shared.tools.catalog import ServerSpec
from shared.tools.catalogs import Catalogs
from shared.tools.descriptions import ToolDescription
from shared.tools.mcp_client import McpTools
from shared.tools.names import model_name
from shared.tools.outcome import (
    Caller,
    CallObserver,
    CallOutcome,
    Continuation,
    ToolOutcome,
    ToolServerUnavailable,
)
from shared.turns import EngineState, TurnRequest
from shared.web_pubsub import WebPubSub

ACCESS_KEY = "an-access-key-of-a-service-that-is-not-there"
_NOWHERE = ServiceAddress(connection_string=f"Endpoint=http://127.0.0.1:9;AccessKey={ACCESS_KEY};Version=1.0;")
_NO_BLOBS = ServiceAddress(
    connection_string="DefaultEndpointsProtocol=http;AccountName=none;AccountKey=bm9uZQ==;"
    "BlobEndpoint=http://127.0.0.1:9/none;"
)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolUse:
    server: str
    tool: str
    arguments: str
    caller: Caller
    continuation: Continuation | None


class ScriptedTools(McpTools):
    """Lists what the catalog names and answers calls with `outcomes`, by tool.

    An exception is raised; of a list, each call gets the next.
    """

    def __init__(self, catalogs: Catalogs, clock: Clock) -> None:
        super().__init__(catalogs, clock)
        self.calls: list[ToolUse] = []
        self.outcomes: dict[str, CallOutcome | Exception | list[CallOutcome]] = {}
        self.schemas: dict[str, str] = {}
        self.observer: CallObserver | None = None
        self.away: set[str] = set()
        self.during: Callable[[], Awaitable[None]] | None = None

    async def list_tools(self, server: ServerSpec, principal: str) -> tuple[ToolDescription, ...]:
        if server.name in self.away:
            raise ToolServerUnavailable("The tool server does not answer.")
        return tuple(
            ToolDescription(
                server=server.name,
                tool=tool,
                description=f"Does {tool}.\nIn detail.",
                schema=self.schemas.get(tool, '{"type":"object"}'),
                model_name=model_name(server.name, tool),
            )
            for tool in sorted(server.tools)
        )

    async def call(
        self,
        server: ServerSpec,
        tool: str,
        arguments: str,
        caller: Caller,
        deadline_s: float,
        *,
        continuation: Continuation | None = None,
        observer: CallObserver | None = None,
    ) -> CallOutcome:
        use = ToolUse(server=server.name, tool=tool, arguments=arguments, caller=caller, continuation=continuation)
        self.calls.append(use)
        self.observer = observer
        if self.during is not None:
            await self.during()
        outcome = self.outcomes.get(tool, ToolOutcome(status="completed", text=f"{tool} says hi", is_error=False, ms=7))
        if isinstance(outcome, Exception):
            raise outcome
        return outcome.pop(0) if isinstance(outcome, list) else outcome


class MemoryBlobs(BlobStore):
    """Blobs in a dictionary, by container and name."""

    def __init__(self) -> None:
        super().__init__(_NO_BLOBS, None)
        self.blobs: dict[tuple[str, str], bytes] = {}
        self.label("coach", "You coach {{person_name}}. Today is {{today}}.\n{{tools}}")

    def label(self, name: str, text: str, label: str = "production") -> str:
        """Put a prompt version there and point the label to it; returns the version."""
        version = version_of(text)
        pointer = Label(version=version, moved_by="test", moved_at="2026-03-02T09:00:00.000Z")
        self.blobs["prompts", f"versions/{name}/{version}.md"] = text.encode()
        self.blobs["prompts", f"labels/{name}/{label}.json"] = pointer.model_dump_json().encode()
        return version

    async def read(self, container: str, name: str, *, etag: str | None = None) -> BlobContent | NotModified:
        data = self.blobs.get((container, name))
        if data is None:
            raise BlobNotFound("The file does not exist.")
        now = hashlib.sha256(data).hexdigest()
        return NotModified() if etag == now else BlobContent(data=data, etag=now)

    async def write(self, container: str, name: str, data: bytes, content_type: str) -> None:
        self.blobs[container, name] = data

    async def replace(self, container: str, name: str, data: bytes, content_type: str, *, etag: str | None) -> None:
        held = self.blobs.get((container, name))
        if etag != (None if held is None else hashlib.sha256(held).hexdigest()):
            raise BlobChanged("Somebody else changed this at the same time.")
        self.blobs[container, name] = data

    async def names(self, container: str, prefix: str) -> list[str]:
        return sorted(name for held, name in self.blobs if held == container and name.startswith(prefix))

    async def delete_all(self, container: str, prefix: str) -> None:
        for key in [key for key in self.blobs if key[0] == container and key[1].startswith(prefix)]:
            del self.blobs[key]
