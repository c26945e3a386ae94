"""What waits for the same place is done together: whoever comes first does it for all who came meanwhile.

Writes to one document can only follow each other. Where several wait for their turn, one request may carry them all.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol
from weakref import WeakValueDictionary


class Wish(Protocol):
    """Something to be done. Doing it twice does no more than doing it once."""

    @property
    def is_done(self) -> bool: ...


@dataclass(slots=True, weakref_slot=True)
class _Line[W]:
    """The line of one place: `turn` is held by whoever is at it."""

    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: list[W] = field(default_factory=list[W])


class Together[W: Wish]:
    """A line for each place (a key). `do` has to do the first wish it is given or raise, and may do the others too."""

    def __init__(self, do: Callable[[str, list[W]], Awaitable[None]], most: int) -> None:
        self._do = do
        self._most = most
        self._lines: WeakValueDictionary[str, _Line[W]] = WeakValueDictionary()

    async def done(self, key: str, wish: W) -> None:
        """Wait for the turn at the place, and come back when the wish is done, by whomever.

        Raises:
            Exception: what `do` raised for this wish as the first.

        """
        line = self._lines.get(key)
        if line is None:
            line = self._lines[key] = _Line[W]()
        line.waiting.append(wish)
        try:
            async with line.turn:
                if not wish.is_done:
                    await self._lead(key, line, wish)
        finally:
            line.waiting = [other for other in line.waiting if other is not wish]

    async def _lead(self, key: str, line: _Line[W], first: W) -> None:
        others = [wish for wish in line.waiting if wish is not first][: self._most - 1]
        line.waiting = [wish for wish in line.waiting if all(wish is not other for other in others)]
        try:
            await self._do(key, [first, *others])
        finally:
            # Also those of a leader that was cancelled or failed: each gets its own turn.
            line.waiting = [*(wish for wish in others if not wish.is_done), *line.waiting]
