"""One request for one tool call, and what came of it.

What negotiation and listing told us is handed to the SDK client, so that a call is one request: the protocol version
is pinned, and so is the called tool's listing, which the client would otherwise fetch *after* the call. Results are
checked here, by schemas compiled once.
"""

import asyncio
import logging
from collections.abc import Awaitable
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any

import mcp_types as types

from shared.tools.breaker import Breaker
from shared.tools.catalog import ServerSpec
from shared.tools.credential_tries import Header
from shared.tools.failures import UNUSABLE, Judgement, Meaning, judge, unwell
from shared.tools.mcp_guard import CallGuard
from shared.tools.mcp_input import InputUnusable, pages_needed, responses
from shared.tools.mcp_kept import KeptClient, KeptClients
from shared.tools.mcp_listings import KnownServer
from shared.tools.mcp_observer import LONGEST_WAIT_S, Watcher
from shared.tools.mcp_results import CallResult
from shared.tools.mcp_transport import failure_of, given_up, leaf_of, pages_to_open
from shared.tools.outcome import Caller, CallObserver, Continuation
from shared.tools.result_schema import ResultSchema
from shared.tools.text import clean_line

logger = logging.getLogger(__name__)

# The SDK's own timeout comes first, so that it can end the request in an orderly way.
_GRACE_S = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRequest:
    """A call as it is to be made. `ends` is on the event loop's clock."""

    server: ServerSpec
    tool: str
    fields: dict[str, Any]
    caller: Caller
    ends: float
    continuation: Continuation | None
    observer: CallObserver | None
    answers: types.InputResponses | None = None
    """The continuation's, as the protocol has them."""


async def attempt(
    clients: KeptClients, breaker: Breaker, known: KnownServer, call: CallRequest, header: Header
) -> CallResult:
    """Send the call once; again only where the session it was sent in turns out to be over."""
    try:
        call = replace(call, answers=_answers(known, call))
    except InputUnusable as error:
        return Judgement(meaning=Meaning.FAILED, text=f"The tool was not called: {error}.")
    kept = clients.take(call.server, call.caller.principal, header, known.discovered)
    result = await _sent(clients, kept, known, call)
    if isinstance(result, BaseException) and _is_over(kept, known):
        kept = clients.take(call.server, call.caller.principal, header, known.discovered)
        result = await _sent(clients, kept, known, call)
    if isinstance(result, BaseException):
        return _failed(call, breaker, kept.guard, result)
    breaker.answered()
    if _broken_promise(result, known.listed[call.tool].result_schema):
        logger.warning("tool server %s: %s breaks its own output schema", call.server.name, clean_line(call.tool))
        return Judgement(meaning=Meaning.FAILED, text=UNUSABLE)
    return result


def _is_over(kept: KeptClient, known: KnownServer) -> bool:
    """Tell whether a call failed only because the kept client's session has ended: then the tool did not run."""
    gone = known.handshake and kept.guard.status == HTTPStatus.NOT_FOUND
    return kept.calls > 1 and (gone or not kept.guard.sent)


def _answers(known: KnownServer, call: CallRequest) -> types.InputResponses | None:
    """Return a person's answers as they are sent on.

    Raises:
        InputUnusable: there is no use in making the call with them.

    """
    if call.continuation is None:
        return None
    if known.handshake:
        # There only a page that was opened is worth another call; the server is told nothing.
        if any(answer.action != "accept" for answer in call.continuation.answers):
            raise InputUnusable("the person did not agree to what it needs")
        return None
    return responses(call.continuation)


async def _sent(
    clients: KeptClients, kept: KeptClient, known: KnownServer, call: CallRequest
) -> types.CallToolResult | types.InputRequiredResult | BaseException:
    """Return the answer, or what kept it from coming."""
    left = max(0.0, call.ends - asyncio.get_running_loop().time())
    # Only in the handshake era may a server ask while it works; the watcher adds that time as it passes.
    silence_s = left + LONGEST_WAIT_S if known.handshake and call.observer is not None else left
    state = call.continuation.state if call.continuation is not None and not known.handshake else None
    result = None
    try:
        async with asyncio.timeout(left + _GRACE_S) as limit:
            watcher = Watcher(call.observer, limit, call.server)
            async with clients.serving(kept, known.listed[call.tool].tool, silence_s, watcher.ask) as session:
                calling = session.call_tool(
                    call.tool,
                    call.fields,
                    read_timeout_seconds=silence_s,
                    progress_callback=watcher.progress if call.observer is not None else None,
                    input_responses=call.answers,
                    request_state=state,
                    allow_input_required=True,
                )
                result = await _or_told(calling, kept.guard, handshake=known.handshake)
    except Exception as error:
        if result is None:
            return leaf_of(error)
        logger.warning("tool server %s: the call was answered, then its end failed", call.server.name, exc_info=True)
    return result


async def _or_told[T](calling: Awaitable[T], guard: CallGuard, *, handshake: bool) -> T:
    """Await the answer. A call given up in the handshake era is ended by a message; elsewhere by its closed stream."""
    try:
        return await calling
    except BaseException as error:
        if handshake and given_up(error):
            await guard.cancellation()
        raise


def _failed(call: CallRequest, breaker: Breaker, guard: CallGuard, leaf: BaseException) -> CallResult:
    failure = failure_of(leaf, guard)
    match unwell(failure):
        case True:
            breaker.failed()
        case False:
            breaker.answered()
        case None:
            pass
    # Neither the error's text nor its trace: the SDK quotes results in them, and those are a customer's data.
    why = f"{type(leaf).__name__}, HTTP status {failure.http_status}"
    logger.warning("tool call failed server=%s tool=%s: %s", call.server.name, clean_line(call.tool), why)
    try:
        pages = pages_to_open(leaf)
    except ValueError:
        return Judgement(meaning=Meaning.FAILED, text=UNUSABLE)
    return pages_needed(pages, call.server) if pages else judge(failure)


def _broken_promise(result: CallResult, schema: ResultSchema | None) -> bool:
    return (
        schema is not None
        and isinstance(result, types.CallToolResult)
        and not result.is_error
        and not schema.accepts(result.structured_content)
    )
