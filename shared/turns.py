"""What a turn is to those who start it: its request, its names, and the engine that runs it.

What crosses a durable boundary is one JSON string of ids and small words, never content: the engine's codec
would otherwise revive objects from data (`docs/architecture.md`, section 3).
"""

import json
from dataclasses import asdict, dataclass
from typing import Literal, Protocol, Self

TURN = "turn"
STOP_EVENT = "stop"

type EngineState = Literal["absent", "running", "ended"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Base of what crosses: frozen, flat, JSON text on the way."""

    def text(self) -> str:
        return json.dumps(asdict(self), separators=(",", ":"))

    @classmethod
    def from_text(cls, text: str) -> Self:
        return cls(**json.loads(text))


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnRequest(Message):
    """Run this turn for `asker` (a principal); `question_seq` is where its question stands in the log."""

    conversation_id: str
    turn_id: str
    asker: str
    question_seq: int
    manifest_id: str | None


class TurnEngine(Protocol):
    """Starts and stops turns. `DurableTurnEngine` is the product's; tests drive a recording one."""

    async def start(self, request: TurnRequest) -> None:
        """Start the turn unless it runs already.

        Raises:
            StoreUnavailable: the engine could not be reached.

        """
        ...

    async def stop(self, turn_id: str) -> None:
        """Tell a running turn that it was asked to stop; nothing happens when it does not run."""
        ...

    async def state(self, turn_id: str) -> EngineState: ...
