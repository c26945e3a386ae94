"""What a checker judges: what clients did and saw, and what the system kept when all was over."""

from dataclasses import dataclass
from typing import Literal

from shared.event_log.head import Head
from shared.protocol.ephemeral import SessionCreated, Snapshot
from shared.protocol.events import StoredEvent
from shared.protocol.server_event import ServerEvent

type SendOutcome = Literal["ok", "fail", "unknown"]
"""`ok`: answered `command.accepted`; `fail`: refused for good, nothing changed; `unknown`: no answer was seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    """One question as its sender knows it.

    All sends of one `burst` were accepted before the next burst began. `answer` is the whole text a whole model
    answer has, None when the question has no certain one.
    """

    conversation_id: str
    client_message_id: str
    text: str
    burst: int
    answer: str | None
    outcome: SendOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One conversation open on one connection: every frame in the order it arrived.

    `settled`: the connection held all along, and before leaving the client waited until everything it knew of was
    also told live, or for its whole patience. `streaming`: it asked to be told text while it is written.
    """

    conversation_id: str
    frames: tuple[ServerEvent, ...]
    settled: bool
    streaming: bool

    @property
    def opened(self) -> SessionCreated | None:
        """Return the word that the conversation is open; everything from there on has to be told live."""
        return next((frame for frame in self.frames if isinstance(frame, SessionCreated)), None)

    @property
    def snapshots(self) -> tuple[Snapshot | SessionCreated, ...]:
        return tuple(frame for frame in self.frames if isinstance(frame, (Snapshot, SessionCreated)))


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientHistory:
    """Everything one client did and saw. `created`: the conversations its person made and may see."""

    name: str
    created: frozenset[str]
    sends: tuple[Send, ...]
    visits: tuple[Visit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredDocument:
    """An event as stored, with the document id it is under."""

    id: str
    event: StoredEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredConversation:
    """Head and event documents of one conversation, by `seq`."""

    conversation_id: str
    head: Head
    documents: tuple[StoredDocument, ...]

    @property
    def events(self) -> tuple[StoredEvent, ...]:
        return tuple(document.event for document in self.documents)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCall:
    """One request the model got: the question it was about, its place in the turn, and whether the answer was whole."""

    question: str
    step: int
    whole: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """One execution of a tool; `arguments` is JSON text with sorted keys."""

    server: str
    tool: str
    arguments: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dump:
    """What the system kept. `effects` holds only executions of tools that must not run twice for one call."""

    conversations: tuple[StoredConversation, ...]
    model_calls: tuple[ModelCall, ...] = ()
    effects: tuple[Effect, ...] = ()
