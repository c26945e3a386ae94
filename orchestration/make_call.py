"""Making a call that may be made: its record, what comes of it, and what it asks for on the way."""

import asyncio
import math
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from orchestration.asking import Approval, NotAsked, input_asks, sign_in_ask
from orchestration.call_cards import Card, answered_before, approval_in, cards_of, round_of, waited_for
from orchestration.call_record import Begun, Result, begin, complete, keep_state, record_of, told_again
from orchestration.call_watch import Observer, unless_stopped
from orchestration.dependencies import TurnDependencies
from orchestration.messages import CallRequest, CallWaits, waiting
from orchestration.narrowing import of_call, step_of_call
from orchestration.open_cards import Ask, open_cards, tell_again
from orchestration.patience import patiently
from orchestration.telling import tool_call
from shared import ids
from shared.event_log import parking
from shared.event_log.shapes import Record
from shared.people import Grant
from shared.protocol.durable import ToolCallCompleted, ToolCallStarted
from shared.protocol.shapes import ToolCallPart
from shared.tools.catalog import Catalog, ServerSpec
from shared.tools.outcome import (
    Caller,
    CallOutcome,
    Continuation,
    InputNeeded,
    NotExecuted,
    SignInNeeded,
    ToolOutcome,
)
from shared.turns import TurnEngine
from shared.whispers import Narrow

MAX_ROUNDS = 10
"""How often one call may come back for more before it is given up."""
NOT_READY_S = 2
"""How long to leave a server alone that is not ready; twice as long each time."""
_LONGEST_NOT_READY_S = 15

UNKNOWN = "The call was interrupted and may or may not have taken effect. Say so; do not call it again."
TOO_MANY_QUESTIONS = "Not made: too many questions wait for the person already. Ask them to answer those first."
TOO_MANY_ROUNDS = "The tool asked for more again and again without coming to an end, and was given up."


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One execution: what is to be called, and what the log and the catalog say of it now."""

    deps: TurnDependencies
    engine: TurnEngine
    request: CallRequest
    part: ToolCallPart
    record: Record
    cards: tuple[Card, ...]
    catalog: Catalog
    grant: Grant | None

    @property
    def narrow(self) -> Narrow:
        """Return who sees the call whole, if not everyone."""
        return of_call(self.record, self.request.call_id, self.request.asker)

    @property
    def round(self) -> int:
        return max(round_of(self.cards), self.request.round)

    @property
    def turn_id(self) -> str:
        return ids.parse_call(self.request.call_id).turn_id


type Work = Callable[[Call], Coroutine[Any, Any, CallOutcome]]
"""What a built-in tool does where others are called at their server."""


async def make(
    call: Call, server: ServerSpec, number: int, continuation: Continuation | None, work: Work | None = None
) -> str:
    """Make the call as its round `number`, and record or ask what came of it; a built-in tool brings its `work`."""
    match await begin(call.deps, call.request, call.part, server, number, call.narrow):
        case "over":
            return "cancelled"
        case "lost":
            return await refuse(call, Result(status="unknown", text=UNKNOWN))
        case ToolCallCompleted() as done:
            return await told_again(call.deps, call.request, done)
        case Begun(started=started, first=first):
            asked = None if first else await _asked_before(call)
            if asked is not None:
                return asked
    making = work(call) if work else _server_call(call, server, continuation)
    telling = tool_call(server.name, call.part, call.request.call_id, making, content=call.deps.tells_content)
    outcome, untold = await _outcome(call, started, telling)
    if outcome is None:
        return "cancelled"
    if isinstance(outcome, ToolOutcome):
        return await patiently(partial(end, call, _result(call, server, outcome), untold))
    if number + 1 >= MAX_ROUNDS:
        return await end(call, Result(status="failed", text=TOO_MANY_ROUNDS), untold)
    await call.deps.publisher.to_conversation(call.request.conversation_id, untold)
    if isinstance(outcome, SignInNeeded):
        url = call.deps.sign_in_url(outcome.server, _next_card(call), call.request.asker, call.request.conversation_id)
        return await open_and_wait(call, [sign_in_ask(outcome, _next_card(call), number, url)])
    return await _needs(call, server, number, outcome)


async def _needs(call: Call, server: ServerSpec, number: int, needed: InputNeeded) -> str:
    """Wait until the server is ready, answer it from what was answered before, or ask the person."""
    if not needed.requests:
        await keep_state(call.deps, call.request, number + 1, needed.state)
        pause = min(NOT_READY_S * 2**number, _LONGEST_NOT_READY_S)
        return waiting(CallWaits(questions=(), seconds=pause, parking=0, round=number + 1))
    known = answered_before(call.cards, needed.requests)
    if known is not None:
        return await make(call, server, number + 1, Continuation(answers=known, state=needed.state))
    try:
        asks = input_asks(call.request, needed, len(call.cards), number)
    except NotAsked as error:
        return await end(call, Result(status="failed", text=str(error)))
    return await open_and_wait(call, asks)


def _server_call(call: Call, server: ServerSpec, continuation: Continuation | None) -> Coroutine[Any, Any, CallOutcome]:
    return call.deps.tools.call(
        server,
        call.part.tool,
        call.part.arguments,
        Caller(principal=call.request.asker, name=call.grant.name if call.grant else ""),
        server.timeout_s,
        continuation=continuation,
        observer=Observer(call.deps, call.engine, call.request, call.part),
    )


async def _outcome(
    call: Call, started: ToolCallStarted, calling: Coroutine[Any, Any, CallOutcome]
) -> tuple[CallOutcome | None, tuple[ToolCallStarted, ...]]:
    """Return what came of the call while its beginning is told; the beginning too if it could not be."""
    telling = asyncio.create_task(call.deps.publisher.to_conversation(call.request.conversation_id, [started]))
    try:
        outcome = await unless_stopped(call.deps, call.request, calling)
    except NotExecuted as error:
        text = f"The tool server could not be reached: {error.message}"
        outcome = ToolOutcome(status="failed", text=text, is_error=False, ms=0)
    finally:
        (failure,) = await asyncio.gather(telling, return_exceptions=True)
    return outcome, (started,) if failure is not None else ()


def _result(call: Call, server: ServerSpec, outcome: ToolOutcome) -> Result:
    approval = approval_in(call.cards)
    text = Approval.of(approval).told(outcome.text) if approval is not None else outcome.text
    result = Result(status=outcome.status, text=text, ms=outcome.ms)
    if outcome.status != "completed" and not outcome.is_error:
        return result
    return replace(result, labels=server.labels(call.part.tool))


async def open_and_wait(call: Call, asks: list[Ask]) -> str:
    """Open the cards; returns what the call waits for."""
    opening = await open_cards(call.deps, call.engine, call.request, call.part, asks, call.narrow)
    if opening == "no_room":
        return await refuse(call, Result(status="failed", text=TOO_MANY_QUESTIONS))
    asked = await _asked_before(call) if opening == "not_now" else None
    return asked or await waits(call, await record_of(call.deps, call.request, fresh=True))


async def refuse(call: Call, result: Result) -> str:
    """End a call without making it, unless another execution has asked a person about it since this one looked."""
    return await _asked_before(call) or await end(call, result)


async def _asked_before(call: Call) -> str | None:
    """Tell again the cards this execution does not know of, and return what the call waits for; None without any.

    Who opened them may have died before telling, or never have heard that they are stored.
    """
    record = await record_of(call.deps, call.request, fresh=True)
    known = {card.number for card in call.cards}
    cards = [card for card in cards_of(record, call.request.call_id) if not card.kept.live]
    unknown = [card for card in cards if card.number not in known]
    if not unknown:
        return None
    await tell_again(call.deps, call.engine, call.request, record, unknown[0].opened)
    return await waits(call, record)


async def waits(call: Call, record: Record) -> str:
    """Return what the orchestrator waits for; a call whose turn is over waits for nothing any more."""
    head = record.head.head
    turn, step = parking.parked_turn(head, call.turn_id), step_of_call(record, call.request.call_id)
    if turn is not None and step is not None and step.usage is not None:
        # Nothing else would for as long as the person takes: what is held would stay in the way, and then be forgotten.
        await call.deps.spending.count_parked(turn, step.step, step.usage)
    parked = parking.times_parked(head, call.turn_id)
    if not parked or parking.standing(head, call.turn_id) != "runs":
        return "cancelled"
    questions = [card.opened.question_id for card in waited_for(cards_of(record, call.request.call_id))]
    expires = [card.expires for card in head.cards if card.question_id in questions]
    seconds = max(0, math.ceil(min(expires, default=0.0) - call.deps.now().timestamp()))
    return waiting(CallWaits(questions=tuple(questions), seconds=seconds, parking=parked, round=call.request.round))


async def end(call: Call, result: Result, untold: tuple[ToolCallStarted, ...] = ()) -> str:
    return await complete(call.deps, call.request, call.part, result, call.narrow, untold)


def _next_card(call: Call) -> str:
    return ids.card(call.request.call_id, len(call.cards) + 1)
