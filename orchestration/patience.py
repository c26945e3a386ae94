"""Keeping at it where giving up would cost more than waiting: what was just done exists only in this process."""

import asyncio
from collections.abc import Awaitable, Callable

from shared.errors import StoreUnavailable

PAUSES_S = (0.2, 1.0, 3.0)
_LONGEST_HINT_S = 5.0


async def patiently[T](store: Callable[[], Awaitable[T]]) -> T:
    """Run `store`, which may be repeated, and again after a pause while the store does not take it.

    Raises:
        StoreUnavailable: not taken after all pauses; the engine runs the whole activity again.

    """
    for pause in PAUSES_S:
        try:
            return await store()
        except StoreUnavailable as error:
            hint = (error.after_ms or 0) / 1000
            await asyncio.sleep(max(pause, min(hint, _LONGEST_HINT_S)))
    return await store()
