"""Time for work that is under way when its trigger stops."""

import asyncio
from collections.abc import Coroutine

GRACE_SECONDS = 1.0


async def with_grace[T](work: Coroutine[None, None, T]) -> T:
    """Await `work`; when cancelled, give it a moment to end by itself before it is cancelled too."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task], timeout=GRACE_SECONDS)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        raise
