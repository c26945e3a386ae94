"""What a reliable client has been sent but has not acknowledged."""

from collections import deque
from time import monotonic

from local.web_pubsub import messages
from local.web_pubsub.outbox import Outgoing


class UnackedFullError(Exception):
    """More is unacknowledged than a session may hold; it cannot be recovered."""


class Unacked:
    """Numbers messages from 1 and keeps them until a cumulative acknowledgement covers them."""

    __slots__ = ("_bytes", "_items", "_last", "_max_bytes", "_max_messages")

    def __init__(self, max_messages: int, max_bytes: int) -> None:
        self._max_messages = max_messages
        self._max_bytes = max_bytes
        self._items: deque[tuple[int, Outgoing]] | None = None
        self._bytes = 0
        self._last = 0

    def __len__(self) -> int:
        return len(self._items or ())

    def add(self, frame: bytes, expires_at: float | None) -> Outgoing:
        """Return the frame with the next sequence id, kept until acknowledged.

        Raises:
            UnackedFullError: the message does not fit any more.

        """
        item = Outgoing(messages.with_sequence(frame, self._last + 1), False, expires_at)
        if len(self) >= self._max_messages or self._bytes + len(item.data) > self._max_bytes:
            self._drop_expired()
        if len(self) >= self._max_messages or self._bytes + len(item.data) > self._max_bytes:
            raise UnackedFullError
        self._last += 1
        if self._items is None:
            self._items = deque()
        self._items.append((self._last, item))
        self._bytes += len(item.data)
        return item

    def acknowledge(self, sequence_id: int) -> None:
        """Forget every message up to and including `sequence_id`."""
        while self._items and self._items[0][0] <= sequence_id:
            self._bytes -= len(self._items.popleft()[1].data)
        if not self._items:
            self._items = None

    def replay(self) -> list[Outgoing]:
        """Return what is unacknowledged and not expired, in order."""
        self._drop_expired()
        return [item for _, item in self._items or ()]

    def _drop_expired(self) -> None:
        now = monotonic()
        kept = deque((number, item) for number, item in self._items or () if not item.expired(now))
        self._items = kept or None
        self._bytes = sum(len(item.data) for _, item in kept)
