"""What a client knows of a conversation after folding its events, and what of that two readers must agree on."""

from dataclasses import dataclass, field, replace
from typing import Literal

from shared.protocol.events import VisibleEvent
from shared.protocol.server_event import ServerEvent
from shared.protocol.shapes import TurnStatus

type Phase = Literal["waiting", "queued", "running", "parked", "stopping", "ended"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Text of one delta; `offset` counts characters."""

    offset: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A tool call; `status` is `requested`, `running` or a `ToolStatus`."""

    call_id: str
    server: str
    tool: str
    arguments: str
    status: str = "requested"
    preview: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One model step: its text so far, the attempt it is of, and the pieces behind a hole."""

    message_id: str
    step: int
    attempt: int = 0
    text: str = ""
    complete: bool = False
    finish: str | None = None
    calls: tuple[Call, ...] = ()
    ahead: tuple[Piece, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a person asked; `seq` is its place in the log."""

    message_id: str
    client_message_id: str | None
    author: str
    text: str
    seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A question and everything that came of it. `position` is its place in the queue, 0 when it is not queued."""

    turn_id: str
    question: Question | None = None
    phase: Phase = "waiting"
    position: int = 0
    steps: tuple[Step, ...] = ()
    cards: tuple[str, ...] = ()
    """The questions it waits for a person to answer."""
    status: TurnStatus | None = None
    response: str = ""
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Folded:
    """A conversation as folded through `last_seq`; `early` and `parked` wait for what comes before them."""

    conversation_id: str
    title: str = ""
    turns: tuple[Turn, ...] = ()
    last_seq: int = 0
    early: tuple[VisibleEvent, ...] = ()
    recovered: bool = False
    parked: tuple[ServerEvent, ...] = ()

    def turn_asked_as(self, client_message_id: str) -> Turn | None:
        """Return the turn of the question that was sent under this id, if it is known."""
        for turn in self.turns:
            if turn.question is not None and turn.question.client_message_id == client_message_id:
                return turn
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """What two readers of one conversation must agree on, whichever way the events came to them."""

    title: str
    turns: tuple[Turn, ...] = field(default=())


def picture(state: Folded) -> Picture:
    """Return the conversation without what depends on the way: attempts, pieces that wait."""
    return Picture(title=state.title, turns=tuple(_plain(turn) for turn in state.turns))


def _plain(turn: Turn) -> Turn:
    return replace(turn, steps=tuple(replace(step, attempt=0, ahead=()) for step in turn.steps))
