"""What the model is going to answer: decided by the brain or a scenario, before a byte is sent."""

import re
import time
from dataclasses import dataclass, replace
from typing import Literal

Finish = Literal["stop", "length", "content_filter"]
FaultKind = Literal["truncate", "reset", "stall", "error_frame", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A function call; `arguments` is sent as it is, valid JSON or not."""

    name: str
    arguments: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Milliseconds to the first token and between tokens."""

    first_token_ms: float
    token_ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What goes wrong once `after` tokens are out, at the latest before the terminal event."""

    kind: FaultKind
    after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """`pieces` are the tokens of the text; with `stamped` each gets `@<CLOCK_MONOTONIC µs> ` when it is sent."""

    pieces: tuple[str, ...] = ()
    stamped: bool = False
    calls: tuple[Call, ...] = ()
    reasoning: str = ""
    finish: Finish = "stop"
    pace: Pace
    fault: Fault | None = None
    unknown_event: bool = False

    def token(self, index: int) -> str:
        """Return a token of the text as it goes out now."""
        piece = self.pieces[index]
        return f"{piece}@{time.monotonic_ns() // 1000} " if self.stamped else piece

    def capped(self, limit: int | None) -> "Reply":
        """Return the reply as a model with this output limit would give it."""
        if limit is None or len(self.pieces) <= limit:
            return self
        return replace(self, pieces=self.pieces[:limit], calls=(), finish="length")


def pieces_of(text: str) -> tuple[str, ...]:
    """Split a text into word-sized tokens that join back to it."""
    return tuple(re.findall(r"\s*\S+|\s+$", text))


def numbered(count: int, *, stamped: bool) -> tuple[str, ...]:
    """Return the tokens `t0000 `, `t0001 ` ...; those to be stamped come without the blank."""
    return tuple(f"t{index:04d}" if stamped else f"t{index:04d} " for index in range(count))
