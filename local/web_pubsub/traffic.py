"""The latest happenings, for the status page: kinds, names and sizes; content only when asked for."""

from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import UTC, datetime

_KEPT = 200
_SHOWN_BYTES = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """`size` in bytes; `outcome` is a status code or a short word; `content` is a payload's beginning, or empty."""

    kind: str
    hub: str
    target: str
    size: int
    outcome: str
    content: str = ""
    at: datetime = field(default_factory=lambda: datetime.now(UTC))


class Traffic:
    """A ring of recent entries and totals by kind; payloads are kept only with `show_payloads`."""

    def __init__(self, *, show_payloads: bool = False) -> None:
        self.show_payloads = show_payloads
        self.recent: deque[Entry] = deque(maxlen=_KEPT)
        self.totals: Counter[str] = Counter()

    def note(self, kind: str, hub: str, target: str, outcome: str, payload: bytes = b"") -> None:
        content = payload[:_SHOWN_BYTES].decode(errors="replace") if self.show_payloads else ""
        size = len(payload)
        self.recent.append(Entry(kind=kind, hub=hub, target=target, size=size, outcome=outcome, content=content))
        self.totals[kind] += 1
