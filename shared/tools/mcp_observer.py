"""Passes on what happens while a call runs: how far it is, and questions of servers of the handshake era."""

import asyncio
import contextlib
import logging
import math

import mcp_types as types

from shared.tools.catalog import ServerSpec
from shared.tools.mcp_input import InputUnusable, elicited, question
from shared.tools.outcome import CallObserver
from shared.tools.text import clean_line

logger = logging.getLogger(__name__)

LONGEST_WAIT_S = 600.0
"""For the answers to all questions of one call together; this time does not count as the call's."""
_MAX_QUESTIONS = 5
_BETWEEN_S = 0.2
_PASS_ON_S = 2.0
_DECLINE = types.ElicitResult(action="decline")


class Watcher:
    """Stands between one call and its observer, who may be absent, slow or broken without harm to the call."""

    def __init__(self, observer: CallObserver | None, limit: asyncio.Timeout, server: ServerSpec) -> None:
        self._observer = observer
        self._limit = limit
        self._server = server
        self._loop = asyncio.get_running_loop()
        self._told_at = -math.inf
        self._furthest = -math.inf
        self._asking = asyncio.Lock()
        self._questions = 0
        self._waited = 0.0

    async def progress(self, progress: float, total: float | None, message: str | None) -> None:
        """Pass it on, but not more often than a person can see, and never backwards."""
        now = self._loop.time()
        known = math.isfinite(progress) and (total is None or math.isfinite(total))
        if self._observer is None or not known or progress <= self._furthest or now - self._told_at < _BETWEEN_S:
            return
        self._told_at, self._furthest = now, progress
        try:
            async with asyncio.timeout(_PASS_ON_S):
                await self._observer.progress(progress, total, clean_line(message) if message else None)
        except Exception:  # the observer is the caller's: whatever breaks in it must not end the call
            logger.warning("progress of a tool call could not be passed on", exc_info=True)

    async def ask(self, key: str, params: types.ElicitRequestParams) -> types.ElicitResult:
        """Put a question to the person while the server waits; the call's clock stands still meanwhile."""
        observer = self._observer
        if observer is None:
            return _DECLINE
        try:
            request = question(key, params, self._server)
        except InputUnusable as error:
            logger.warning("a tool server asked for %s", error)
            return _DECLINE
        async with self._asking:
            self._questions += 1
            left = LONGEST_WAIT_S - self._waited
            if self._questions > _MAX_QUESTIONS or left <= 0:
                return types.ElicitResult(action="cancel")
            started, ends = self._loop.time(), self._limit.when()
            self._move(None if ends is None else ends + left)
            try:
                async with asyncio.timeout(left):
                    return elicited(await observer.ask(request))
            except (TimeoutError, InputUnusable):
                return types.ElicitResult(action="cancel")
            finally:
                waited = self._loop.time() - started
                self._waited += waited
                self._move(None if ends is None else ends + waited)

    def _move(self, ends: float | None) -> None:
        # The call may have ended meanwhile, and its clock with it.
        with contextlib.suppress(RuntimeError):
            self._limit.reschedule(ends)


async def declined(key: str, params: types.ElicitRequestParams) -> types.ElicitResult:
    """Answer a server that asks where nobody can be asked."""
    del key, params
    return _DECLINE
