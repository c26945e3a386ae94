"""What a turn is to those who start it: its request, its names, and the engine that runs it.

What crosses a durable boundary is one JSON string of ids and small words, never content: the engine's codec
would otherwise revive objects from data (`docs/architecture.md`, section 3).
"""

import json
from dataclasses import asdict, dataclass
from typing import Literal, Protocol, Self

from shared.event_log.head import Head

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
    """Run this turn for `asker` (a principal), who pays with `team`; its question stands at `question_seq`."""

    conversation_id: str
    turn_id: str
    asker: str
    team: str
    question_seq: int
    manifest_id: str | None


def active_request(conversation_id: str, head: Head) -> TurnRequest | None:
    """Return what runs the turn that holds the floor."""
    active = head.active_turn
    if active is None:
        return None
    return TurnRequest(
        conversation_id=conversation_id,
        turn_id=active.turn_id,
        asker=active.asker,
        team=active.team,
        question_seq=active.question_seq,
        manifest_id=head.manifest_id,
    )


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
