"""What a turn is to those who start it: its request, its names, and the engine that runs it.

What crosses a durable boundary is one JSON string of ids and small words, never content: the engine's codec
would otherwise revive objects from data (`docs/architecture.md`, section 3).
"""

import json
from dataclasses import asdict, dataclass, fields
from typing import Literal, Protocol, Self

from shared.event_log.head import Head, Waiting

TURN = "turn"
STOP_EVENT = "stop"

type EngineState = Literal["absent", "running", "ended"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Base of what crosses: frozen, flat (a tuple at most), JSON text on the way."""

    def text(self) -> str:
        return json.dumps(asdict(self), separators=(",", ":"))

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Return what was sent; a field of a newer version, which was rolled back since, is read over."""
        sent = json.loads(text)
        known = {field.name: sent[field.name] for field in fields(cls) if field.name in sent}
        return cls(**{name: tuple(value) if isinstance(value, list) else value for name, value in known.items()})


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnRequest(Message):
    """Run this turn for `asker` (a principal), who pays with `team`; its question stands at `question_seq`.

    `trace` is the trace context (a `traceparent`) the question came in. `suggests`: its asker is shown what to ask
    next.
    """

    conversation_id: str
    turn_id: str
    asker: str
    team: str
    question_seq: int
    manifest_id: str | None
    trace: str | None = None
    suggests: bool = False


def active_request(conversation_id: str, head: Head) -> TurnRequest | None:
    """Return what runs the turn that holds the floor."""
    return None if head.active_turn is None else request_of(conversation_id, head, head.active_turn)


def request_of(conversation_id: str, head: Head, turn: Waiting) -> TurnRequest:
    """Return what runs a turn of the conversation."""
    return TurnRequest(
        conversation_id=conversation_id,
        turn_id=turn.turn_id,
        asker=turn.asker,
        team=turn.team,
        question_seq=turn.question_seq,
        manifest_id=turn.manifest_id or head.manifest_id,
        trace=turn.trace,
        suggests=turn.suggests,
    )


def floor_event(parking: int) -> str:
    """Return the name of the event that gives a parked turn the floor again; each parking has its own."""
    return f"floor.{parking}"


async def set_going(engine: "TurnEngine", conversation_id: str, head: Head, *, only: str | None) -> None:
    """Start the turn that holds the floor, or let it go on if it was parked; `only` if it is that turn.

    Raises:
        StoreUnavailable: the engine could not be reached.

    """
    active, request = head.active_turn, active_request(conversation_id, head)
    if active is None or request is None or only != active.turn_id:
        return
    if active.parkings:
        await engine.resume(active.turn_id, active.parkings)
    else:
        await engine.start(request)


class TurnEngine(Protocol):
    """Starts, resumes and stops turns. `DurableTurnEngine` is the product's; tests drive a recording one."""

    async def start(self, request: TurnRequest) -> None:
        """Start the turn unless it runs already.

        Raises:
            StoreUnavailable: the engine could not be reached.

        """
        ...

    async def stop(self, turn_id: str) -> None:
        """Tell a running turn that it was asked to stop; nothing happens when it does not run."""
        ...

    async def resume(self, turn_id: str, parking: int) -> None:
        """Tell a parked turn that it has the floor again; telling it twice, or when it does not run, is harmless.

        Raises:
            StoreUnavailable: the engine could not be reached.

        """
        ...

    async def state(self, turn_id: str) -> EngineState: ...
