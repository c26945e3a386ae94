"""What follows an answer, off the reply path: its figures are checked, a chart may be made, what to ask next offered.

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

from orchestration.beside_material import Material, material_of
from orchestration.charting import propose_chart, worth_asking
from orchestration.messages import FinishRequest
from orchestration.suggesting import suggest, suggestions_request
from shared.beside import chart_id, checked_id, counted_as
from shared.blob import BlobStore
from shared.charts.figures import KnownValues, check_figures
from shared.errors import PublishFailed, SalesCoachError
from shared.event_log.head import Head
from shared.event_log.log import EventLog
from shared.event_log.shapes import AlreadyHappened, Appended, Draft, NewEvent
from shared.model import Model
from shared.model_text import WholeText
from shared.model_tokens import text_tokens
from shared.people import People
from shared.protocol.insights import AnswerChecked, ChartCreated, SuggestionsOffered
from shared.protocol.shapes import SYSTEM, Usage
from shared.publisher import Publisher
from shared.usage.ledger import Spender
from shared.usage.side_work import SideWork

_MOST_OUTPUT_TOKENS = 1_000
_PROMPT_TOKENS = 2_500
_ENDINGS = frozenset({"completed", "exhausted"})

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class BesideDependencies:
    """What it works with; the deployment for side products works on the account of who asked."""

    log: EventLog
    publisher: Publisher
    blobs: BlobStore
    people: People
    model: Model
    work: SideWork
    now: Callable[[], datetime]


async def beside_answer(deps: BesideDependencies, request: FinishRequest) -> None:
    """Check the answer's figures, make a chart of what its tools returned, offer what to ask next. Raises nothing."""
    if request.status not in _ENDINGS:
        return
    try:
        record = await deps.log.record(request.conversation_id, after=max(0, request.question_seq - 1))
        if record.head.head.temporary and record.head.head.is_gone(deps.now().timestamp()):
            return
        material = await material_of(record, deps.blobs, request.turn_id, request.asker)
        if material is None:
            return
        await _check(deps, request, material)
        await _on_account(deps, request, material)
    except SalesCoachError as error:
        _log.warning("nothing more is made of turn %s: %s", request.turn_id, error.message)
    except Exception:  # noqa: BLE001 - the boundary: a defect met in whatever servers say must not end the turn again
        _log.exception("making something of turn %s failed unexpectedly", request.turn_id)


async def _check(deps: BesideDependencies, request: FinishRequest, material: Material) -> None:
    """Hold the figures of an answer made of tables against them; tell where some stand on nothing."""
    if not any(table.has_numbers for _, table in material.tables) or material.is_checked:
        return
    tables = [table for _, table in material.tables]
    known = KnownValues([result.document for result in material.results], tables, [material.question])
    checked = check_figures(material.words, known)
    if checked.unmatched:
        found = AnswerChecked(
            actor=SYSTEM,
            turn_id=request.turn_id,
            message_id=material.answer.message_id,
            figures=checked.figures,
            unmatched=checked.unmatched,
            **material.narrow,
        )
        await _tell(deps, request, NewEvent(id=checked_id(material.answer.message_id), event=found))


async def _on_account(deps: BesideDependencies, request: FinishRequest, material: Material) -> None:
    """Ask the utility model as far as the asker's budgets allow, and count what that took."""
    read = 2 * (text_tokens(material.question) + text_tokens(material.words)) + _PROMPT_TOKENS

    async def ask() -> Usage:
        used = await asyncio.gather(_chart(deps, request, material), _suggest(deps, request, material))
        return sum(used, start=Usage())

    spender = Spender(principal=request.asker, team=request.team)
    most = (read, _MOST_OUTPUT_TOKENS)
    await deps.work.on_account(spender, counted_as(request.turn_id), request.conversation_id, most, ask)


async def _chart(deps: BesideDependencies, request: FinishRequest, material: Material) -> Usage:
    if not worth_asking(material):
        return Usage()
    try:
        charted = await propose_chart(deps.model, deps.work.model, material, request.turn_id)
    except SalesCoachError as error:
        _log.warning("turn %s gets no chart: %s", request.turn_id, error.message)
        return Usage()
    if charted.event is not None:
        await _tell(deps, request, NewEvent(id=chart_id(request.turn_id), event=charted.event))
    return charted.usage


async def _suggest(deps: BesideDependencies, request: FinishRequest, material: Material) -> Usage:
    answer = WholeText()
    try:
        grant = await deps.people.grant(request.asker, deps.now())
        asked = suggestions_request(material, grant.roles, deps.work.model)
        found = await suggest(deps.model, asked, material.question, answer)
        offered = SuggestionsOffered(
            conversation_id=request.conversation_id, turn_id=request.turn_id, suggestions=found
        )
        await deps.log.texts.suggestions.keep(request.conversation_id, request.turn_id, request.asker, found)
        await deps.publisher.to_readers(request.conversation_id, offered, (request.asker,))
    except SalesCoachError as error:
        _log.warning("turn %s gets no suggestions: %s", request.turn_id, error.message)
    return answer.usage


async def _tell(deps: BesideDependencies, request: FinishRequest, new: NewEvent) -> None:
    """Store the event, once, and tell it. Who does not hear it finds it by the gap in `seq`."""

    def decide(head: Head) -> Draft:
        return Draft(events=(new,), head=head)

    match await deps.log.append(request.conversation_id, decide):
        case Appended(events=events):
            pass
        case AlreadyHappened(event=ChartCreated() | AnswerChecked() as event):
            events = (event,)
        case _:
            return
    with suppress(PublishFailed):
        await deps.publisher.to_conversation(request.conversation_id, events)
