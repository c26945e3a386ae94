"""Beside a turn's first model step somebody's approved answer may be offered; the step does not depend on it."""

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from orchestration.messages import StepRequest
from shared.common_questions.offering import OfferDependencies, offer_answer

_LOG = logging.getLogger(__name__)


@asynccontextmanager
async def offered_beside(deps: OfferDependencies, request: StepRequest) -> AsyncGenerator[None]:
    """Look for an approved answer while the step runs: a step that fails ends the search, a failed search nothing."""
    if request.step:
        yield
        return
    search = asyncio.create_task(offer_answer(deps, request.conversation_id, request.turn_id))
    try:
        yield
    except BaseException:
        search.cancel()
        raise
    finally:
        await asyncio.wait({search})
        if not search.cancelled() and (error := search.exception()):
            _LOG.error("looking for an approved answer beside %s failed", request.turn_id, exc_info=error)
