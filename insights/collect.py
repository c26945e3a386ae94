"""Reading on in the log: one page of the change feed, the questions it touches masked and embedded, the place kept.

Every question a page touches is read anew from its conversation's log, so a page may be read again, or in any order,
and leaves the same behind. Nothing is embedded twice: a question keeps its vector as long as it reads the same.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Literal

from insights.dependencies import AnalyzerDependencies
from insights.reading import Reading, may_count, read_turns, touched_turn
from shared import ids
from shared.clock import iso
from shared.common_questions.masking import embeddable
from shared.common_questions.runs import RunRequest
from shared.common_questions.shapes import WINDOW_WEEKS, AskedQuestion
from shared.common_questions.vectors import DIMENSIONS, packed
from shared.containers import SESSIONS
from shared.errors import SalesCoachError
from shared.event_log.documents import head_from
from shared.usage.side_calls import FOR_THE_APP

PAGE = 500
HOLD_S = 900
"""How long a run has the analyzer after each of its pages."""
_AT_ONCE = 8
_EMBED_AT_ONCE = 100
_EVENTS_QUERY = (
    "SELECT c.kind, c.type, c.turn_id, c.at, c.actor, c.data FROM c WHERE c.kind = 'event' AND c.type IN "
    "('message.created', 'tool_call.completed', 'chat_response', 'feedback.recorded', 'turn.started') ORDER BY c.seq"
)
_ROLES_QUERY = "SELECT c.roles FROM c WHERE c.kind = 'manifest'"

type Outcome = Literal["more", "done", "busy", "off"]

_LOG = logging.getLogger(__name__)


async def collect(deps: AnalyzerDependencies, request: RunRequest) -> Outcome:
    """Read one page; `more` when others may follow, `busy` when another run has the analyzer.

    Raises:
        Transient: nothing was moved on; do it again.

    """
    if not deps.embedding_model:
        return "off"
    now = deps.now()
    if not await deps.questions.hold(request.holder, now.timestamp() + HOLD_S, now.timestamp()):
        return "busy"
    state = await deps.questions.state()
    page = await deps.cosmos.changes(SESSIONS, state.continuation, PAGE)
    touched: defaultdict[str, set[str]] = defaultdict(set)
    for row in page.documents:
        turn = touched_turn(row)
        if turn:
            touched[row["conversation_id"]].add(turn)
    await _take_up(deps, touched)
    await deps.questions.note(request.holder, continuation=page.continuation, collected_at=iso(deps.now()))
    return "more" if page.documents else "done"


async def _take_up(deps: AnalyzerDependencies, touched: Mapping[str, set[str]]) -> None:
    room = asyncio.Semaphore(_AT_ONCE)

    async def one(conversation_id: str, turns: set[str]) -> Reading:
        async with room:
            try:
                return await _read(deps, conversation_id, turns)
            except SalesCoachError:
                raise
            except Exception:  # noqa: BLE001 - the boundary: one conversation nobody can read must not stop all others
                _LOG.exception("the questions of %s cannot be read", conversation_id)
                return Reading(questions=(), gone=())

    readings = await asyncio.gather(*(one(conversation, turns) for conversation, turns in touched.items()))
    oldest = iso(deps.now() - timedelta(weeks=WINDOW_WEEKS))
    fresh = [question for reading in readings for question in reading.questions if question.at >= oldest]
    await deps.questions.drop([key for reading in readings for key in reading.gone])
    await deps.questions.keep(await _embedded(deps, fresh))


async def _read(deps: AnalyzerDependencies, conversation_id: str, turns: set[str]) -> Reading:
    document = await deps.cosmos.read(SESSIONS, conversation_id, ids.HEAD)
    manifests = await deps.cosmos.query(SESSIONS, _ROLES_QUERY, {}, conversation_id)
    roles = {role for manifest in manifests for role in manifest["roles"]}
    if document is None or not may_count(head_from(document).head, roles):
        return Reading(questions=(), gone=())
    rows = await deps.cosmos.query(SESSIONS, _EVENTS_QUERY, {}, conversation_id)
    return read_turns(conversation_id, rows, turns)


async def _embedded(deps: AnalyzerDependencies, questions: Iterable[AskedQuestion]) -> list[AskedQuestion]:
    """Return the questions with their vectors: the known one where the text is the same, else a new one."""
    questions = list(questions)
    known = await deps.questions.known([(question.id, question.part) for question in questions])
    vectors = {one.id: one.vector for one in known.values()}
    new = [one for one in questions if one.id not in known or known[one.id].text != one.text]
    for begin in range(0, len(new), _EMBED_AT_ONCE):
        some = new[begin : begin + _EMBED_AT_ONCE]
        texts = [embeddable(one.text) for one in some]
        made = await deps.calls.embed(FOR_THE_APP, deps.embedding_model, texts, DIMENSIONS)
        vectors |= {question.id: packed(vector) for question, vector in zip(some, made, strict=True)}
    if new:
        _LOG.info("%d new questions embedded", len(new))
    return [question.model_copy(update={"vector": vectors[question.id]}) for question in questions]
