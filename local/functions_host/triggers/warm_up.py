"""The warm-up function: called once when the host starts, before it serves anybody.

As in production, where the platform calls it in an instance it adds to a running app and waits before it sends traffic;
after a restart of the worker it is not called.
"""

import asyncio
import logging

from local.functions_host.functions import FunctionTable
from local.functions_host.invoker import Invoker, Payload
from local.functions_host.settings import SettingsError
from local.functions_host.worker.process import WorkerLostError

NAME = "warmup"
PATIENCE_S = 10.0
_log = logging.getLogger("functions_host.warm_up")


def check(table: FunctionTable) -> None:
    """Raise SettingsError unless there is at most one warm-up function, of the name the platform looks for."""
    names = [each.name for each in table.of_type("warmuptrigger")]
    if len(names) > 1 or any(name.lower() != NAME for name in names):
        raise SettingsError(f"A warm-up function has to be the only one and be named {NAME}: {', '.join(names)}.")


async def warm_up(table: FunctionTable, invoker: Invoker) -> None:
    """Call it and wait for it, within bounds; a failure is logged by the invoker and changes nothing."""
    for function in table.of_type("warmuptrigger"):
        try:
            async with asyncio.timeout(PATIENCE_S):
                await invoker.call(function, Payload("string", b"{}"))
        except (WorkerLostError, TimeoutError) as error:
            _log.warning("the warm-up did not end: %s", type(error).__name__)
