"""What a new instance loads and fetches before its first message, so that nobody waits for it.

The platform asks for it when it adds an instance to a running app (`warmup` in `api/functions.py`). One that starts
otherwise does the same with its first message. All of it is what a message would do anyhow and may fail: then the
message does it.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping

from shared.collecting import spare_what_is_there
from shared.errors import SalesCoachError
from shared.runtime import Runtime

PATIENCE_S = 20.0
_NOBODY = "s_warm_up"
_LOG = logging.getLogger(__name__)

type Step = Callable[[], Awaitable[object]]


async def warm_up(runtime: Runtime) -> Mapping[str, float | None]:
    """Do every step, side by side; return how many seconds each took, None for one that failed."""
    steps = _steps(runtime)
    took = await asyncio.gather(*(_timed(name, step) for name, step in steps.items()))
    found = dict(zip(steps, took, strict=True))
    # What is loaded by now, loads once: the collector's longest looks would be at that.
    spare_what_is_there()
    _LOG.info("warmed up: %s", ", ".join(f"{n} {'failed' if s is None else f'{s:.2f} s'}" for n, s in found.items()))
    return found


def _steps(runtime: Runtime) -> Mapping[str, Step]:
    async def tools() -> None:
        # Loads the SDK of tool servers, and what shows them who asks.
        _ = runtime.tools.list_tools, runtime.credentials.authorization

    return {
        "prompt": lambda: runtime.prompts.template(frozenset()),
        "catalog": runtime.catalogs.current,
        "keys": runtime.validator.prepare,
        "model": runtime.model.prepare,
        "sockets": lambda: runtime.chat_hub.client_url(_NOBODY, 1),
        "store": lambda: runtime.log.event(_NOBODY, "none"),
        "tools": tools,
    }


async def _timed(name: str, step: Step) -> float | None:
    began = time.perf_counter()
    try:
        async with asyncio.timeout(PATIENCE_S):
            await step()
    except (SalesCoachError, TimeoutError) as error:
        _LOG.warning("warming up, %s: %s", name, error if str(error) else type(error).__name__)
        return None
    except Exception:  # noqa: BLE001 - the boundary: a new instance must not be given up because one step has a defect
        _LOG.exception("warming up, %s failed unexpectedly", name)
        return None
    return time.perf_counter() - began
