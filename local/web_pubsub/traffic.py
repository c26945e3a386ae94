"""The latest happenings, for the status page: kinds, names and sizes, never content."""

from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import UTC, datetime

_KEPT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """`size` in bytes; `outcome` is a status code or a short word."""

    kind: str
    hub: str
    target: str
    size: int
    outcome: str
    at: datetime = field(default_factory=lambda: datetime.now(UTC))


class Traffic:
    """A ring of recent entries and totals by kind."""

    def __init__(self) -> None:
        self.recent: deque[Entry] = deque(maxlen=_KEPT)
        self.totals: Counter[str] = Counter()

    def note(self, kind: str, hub: str, target: str, size: int, outcome: str) -> None:
        self.recent.append(Entry(kind=kind, hub=hub, target=target, size=size, outcome=outcome))
        self.totals[kind] += 1
