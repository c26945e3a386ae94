"""What follows an answer, off the reply path: it is checked, a chart may be made, what to ask next offered.

It runs behind a turn's end like titles do, which is published by then and whose floor is free. Nobody waits for it, and
nothing is lost without it: whatever fails here is left at that. What is stored was decided once (its id says so), so
running it again changes nothing.
"""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from orchestration.beside_material import Material, material_of
from orchestration.charting import propose_chart, worth_asking
from orchestration.checking import checked_answer
from orchestration.messages import FinishRequest
from orchestration.patience import patiently
from orchestration.suggesting import suggest, suggestions_request
from shared import ids
from shared.blob import BlobStore
from shared.errors import PublishFailed, SalesCoachError
from shared.event_log.head import Head
from shared.event_log.log import EventLog
from shared.event_log.shapes import AlreadyHappened, Appended, Draft, NewEvent, Record
from shared.people import People
from shared.protocol.beside import AnswerChecked, ChartCreated, SuggestionsOffered
from shared.protocol.durable import ChatResponse
from shared.publisher import Publisher
from shared.usage.ledger import Spender
from shared.usage.side_calls import Bill, SideCalls

_ENDINGS = frozenset({"completed", "exhausted"})

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class BesideDependencies:
    """What it works with; `calls` are on the account of who asked."""

    log: EventLog
    publisher: Publisher
    blobs: BlobStore
    people: People
    calls: SideCalls
    now: Callable[[], datetime]


async def beside_answer(deps: BesideDependencies, request: FinishRequest) -> None:
    """Check the answer, make a chart of what its tools returned, offer what to ask next. Raises nothing."""
    if request.status not in _ENDINGS:
        return
    try:
        record = await _record(deps, request)
        if record.head.head.temporary and record.head.head.is_gone(deps.now().timestamp()):
            return
        material = await material_of(record, deps.blobs, request.turn_id, request.asker)
        if material is None:
            return
        await _check(deps, request, material)
        asker = Spender(principal=request.asker, team=request.team)
        bill = Bill(spender=asker, conversation_id=request.conversation_id, unasked=True)
        await asyncio.gather(_chart(deps, bill, request, material), _suggest(deps, bill, request, material))
    except SalesCoachError as error:
        _log.warning("nothing more is made of turn %s: %s", request.turn_id, error.message)
    except Exception:  # noqa: BLE001 - the boundary: a defect met in whatever servers say must not end the turn again
        _log.exception("making something of turn %s failed unexpectedly", request.turn_id)


async def _record(deps: BesideDependencies, request: FinishRequest) -> Record:
    """Return the turn's events, as last seen if that holds its end: what is made of them is in the log before it."""
    after = max(0, request.question_seq - 1)
    known = deps.log.memory.record(request.conversation_id, after, None)
    if known is not None and any(isinstance(e, ChatResponse) and e.turn_id == request.turn_id for e in known.events):
        return known
    return await deps.log.record(request.conversation_id, after=after)


async def _check(deps: BesideDependencies, request: FinishRequest, material: Material) -> None:
    """Hold the answer's figures and links against what its tools returned; tell what was found."""
    found = None if material.is_checked else checked_answer(material, request.turn_id)
    if found is not None:
        await _tell(deps, request, NewEvent(id=ids.checked(material.answer.message_id), event=found))


async def _chart(deps: BesideDependencies, bill: Bill, request: FinishRequest, material: Material) -> None:
    if not worth_asking(material):
        return
    try:
        event = await propose_chart(deps.calls, bill, material, request.turn_id)
    except SalesCoachError as error:
        _log.warning("turn %s gets no chart: %s", request.turn_id, error.message)
        return
    if event is not None:
        await _tell(deps, request, NewEvent(id=event.chart_id, event=event))


async def _suggest(deps: BesideDependencies, bill: Bill, request: FinishRequest, material: Material) -> None:
    if not request.suggests:
        return
    try:
        grant = await deps.people.grant(request.asker, deps.now())
        asked = suggestions_request(material, grant.roles, deps.calls.deployment)
        found = await suggest(deps.calls, bill, asked, material.question)
        offered = SuggestionsOffered(
            conversation_id=request.conversation_id, turn_id=request.turn_id, suggestions=found
        )
        await deps.log.texts.suggestions.keep(request.conversation_id, request.turn_id, request.asker, found)
        await deps.publisher.to_readers(request.conversation_id, offered, (request.asker,))
    except SalesCoachError as error:
        _log.warning("turn %s gets no suggestions: %s", request.turn_id, error.message)


async def _tell(deps: BesideDependencies, request: FinishRequest, new: NewEvent) -> None:
    """Store the event, once, and tell it. Who does not hear it finds it by the gap in `seq`."""

    def decide(head: Head) -> Draft:
        return Draft(events=(new,), head=head)

    match await patiently(partial(deps.log.append, request.conversation_id, decide)):
        case Appended(events=events):
            pass
        case AlreadyHappened(event=ChartCreated() | AnswerChecked() as event):
            events = (event,)
        case _:
            return
    with suppress(PublishFailed):
        await deps.publisher.to_conversation(request.conversation_id, events)
