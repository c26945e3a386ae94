"""What tools were called, for tests that must count effects and compare times."""

import itertools
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

KEPT_CALLS = 10_000

Outcome = Literal["running", "ok", "tool_error", "protocol_error", "cancelled"]


@dataclass(slots=True, kw_only=True)
class Call:
    """One `tools/call` that reached a server; `start` and `end` are CLOCK_MONOTONIC seconds.

    `executed` says whether the tool itself was entered: a call refused by an injected fault was not. Calls
    that a transport fault stops before the tool are not logged at all.
    """

    number: int
    server: str
    tool: str
    arguments: dict[str, Any]
    start: float = field(default_factory=time.monotonic)
    end: float | None = None
    executed: bool = False
    outcome: Outcome = "running"

    def finish(self, outcome: Outcome) -> None:
        self.end = time.monotonic()
        self.outcome = outcome


class CallLog:
    """The latest calls, oldest first."""

    def __init__(self) -> None:
        self._calls: deque[Call] = deque(maxlen=KEPT_CALLS)
        self._numbers = itertools.count(1)

    def begin(self, server: str, tool: str, arguments: Mapping[str, Any]) -> Call:
        call = Call(number=next(self._numbers), server=server, tool=tool, arguments=dict(arguments))
        self._calls.append(call)
        return call

    def clear(self) -> None:
        self._calls.clear()

    def as_json(self) -> list[dict[str, Any]]:
        return [asdict(call) for call in self._calls]
