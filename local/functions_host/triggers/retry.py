"""Retry policies of functions (`@app.retry`), carried out where production does: timers and Cosmos DB."""

import asyncio
import logging
from dataclasses import replace

from local.functions_host.functions import Function, RetryOptions
from local.functions_host.invoker import Failure, Invoker, Outcome, Payload, RetryState

_log = logging.getLogger("functions_host.retry")
WITH_RETRY = frozenset({"timertrigger", "cosmosdbtrigger"})


def pause_before(options: RetryOptions, attempt: int) -> float:
    """Return seconds to wait before retry number `attempt` (from 1)."""
    if options.strategy == "fixed_delay":
        return options.delay
    return min(options.shortest * 2 ** (attempt - 1), options.longest)


async def call_with_retry(invoker: Invoker, function: Function, payload: Payload) -> Outcome:
    """Run the function until it succeeds or its retries are used up; a negative count means without end.

    Raises:
        WorkerLostError: the worker ended before it answered.

    """
    outcome = await invoker.call(function, payload)
    options, attempt = function.retry, 0
    while isinstance(outcome, Failure) and options is not None and attempt != options.count:
        attempt += 1
        pause = pause_before(options, attempt)
        _log.warning("function %s failed; retry %d of %d in %g s", function.name, attempt, options.count, pause)
        await asyncio.sleep(pause)
        again = replace(payload, retry=RetryState(attempt, options.count, outcome.message))
        outcome = await invoker.call(function, again)
    return outcome
