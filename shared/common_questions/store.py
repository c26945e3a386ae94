"""The documents of common questions in the container `insights`."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from shared.common_questions.shapes import (
    CLUSTERS,
    MIN_PEOPLE,
    QUESTION_TTL_S,
    RUNS,
    WINDOW_WEEKS,
    AskedQuestion,
    Cluster,
    Kept,
    asked_part,
    week_of,
)
from shared.containers import INSIGHTS
from shared.cosmos import BatchFailed, Cosmos, Delete, Document, Replace

STATE = "state"
_AT_ONCE = 8
_RETIRED_TTL_S = 180 * 24 * 3600
_MAX_RACES = 10
_OF_WEEK = (
    "SELECT c.id, c.part, c.conversation_id, c.person, c.at, c.text, c.vector, c.up, c.down, c.tool_failures, "
    "c.asked_again, c.unanswered FROM c ORDER BY c.at DESC"
)


class AnalyzerState(Kept):
    """How far the analyzer has read, and what its last run found. `holder` runs until `held_until` (epoch seconds)."""

    continuation: str | None = None
    holder: str = ""
    held_until: float = 0.0
    collected_at: str = ""
    clustered_at: str = ""
    questions: int = 0
    clusters: int = 0


class CommonQuestions:
    """Masked questions, their clusters, and how far the log was read."""

    def __init__(self, cosmos: Cosmos) -> None:
        self._cosmos = cosmos

    async def state(self) -> AnalyzerState:
        document = await self._cosmos.read(INSIGHTS, RUNS, STATE)
        return AnalyzerState() if document is None else AnalyzerState.model_validate(document)

    async def hold(self, holder: str, until: float, now: float) -> bool:
        """Take or keep the analyzer for one run; False while another run has it."""

        def taken(state: AnalyzerState) -> AnalyzerState | None:
            if state.holder not in ("", holder) and state.held_until > now:
                return None
            return state.model_copy(update={"holder": holder, "held_until": until})

        return await self._change(taken)

    async def note(self, holder: str, **found: Any) -> bool:
        """Write down how far the run has come; False when the run no longer holds the analyzer."""

        def noted(state: AnalyzerState) -> AnalyzerState | None:
            return state.model_copy(update=found) if state.holder == holder else None

        return await self._change(noted)

    async def release(self, holder: str) -> None:

        def let_go(state: AnalyzerState) -> AnalyzerState | None:
            free = {"holder": "", "held_until": 0.0}
            return state.model_copy(update=free) if state.holder == holder else None

        await self._change(let_go)

    async def _change(self, change: Callable[[AnalyzerState], AnalyzerState | None]) -> bool:
        for _ in range(_MAX_RACES):
            document = await self._cosmos.read(INSIGHTS, RUNS, STATE)
            state = change(AnalyzerState() if document is None else AnalyzerState.model_validate(document))
            if state is None:
                return False
            fresh: Document = {"id": STATE, "part": RUNS, **state.model_dump()}
            if document is None:
                written = await self._cosmos.create(INSIGHTS, fresh)
            else:
                result = await self._cosmos.batch(INSIGHTS, RUNS, [Replace(document=fresh, etag=document["_etag"])])
                written = not isinstance(result, BatchFailed)
            if written:
                return True
        return False

    async def known(self, keys: Sequence[tuple[str, str]]) -> dict[str, AskedQuestion]:
        """Return those questions of these `(id, part)` that are kept, by id."""

        async def one(document_id: str, part: str) -> Document | None:
            return await self._cosmos.read(INSIGHTS, part, document_id)

        found = await _bounded(one(*key) for key in keys)
        return {row["id"]: AskedQuestion.model_validate(row) for row in found if row is not None}

    async def keep(self, questions: Iterable[AskedQuestion]) -> None:
        documents = (question.model_dump() | {"ttl": QUESTION_TTL_S} for question in questions)
        await _bounded(self._cosmos.upsert(INSIGHTS, document) for document in documents)

    async def drop(self, keys: Iterable[tuple[str, str]]) -> None:
        """Delete questions by `(id, part)`; fine when they are not there."""
        await _bounded(self._cosmos.batch(INSIGHTS, part, [Delete(document_id=one)]) for one, part in keys)

    async def of_week(self, week: str) -> list[AskedQuestion]:
        rows = await self._cosmos.query(
            INSIGHTS,
            _OF_WEEK,
            {},
            asked_part(week),
        )
        return [AskedQuestion.model_validate(row) for row in rows]

    async def clusters(self) -> list[Cluster]:
        """Return all clusters, those that may not be shown too."""
        rows = await self._cosmos.query(INSIGHTS, "SELECT * FROM c", {}, CLUSTERS)
        return [Cluster.model_validate(row) for row in rows]

    async def cluster(self, cluster_id: str) -> Cluster | None:
        row = await self._cosmos.read(INSIGHTS, CLUSTERS, cluster_id)
        return None if row is None else Cluster.model_validate(row)

    async def put_clusters(self, clusters: Iterable[Cluster]) -> None:
        def document(cluster: Cluster) -> Document:
            return cluster.model_dump() | ({"ttl": _RETIRED_TTL_S} if cluster.retired else {})

        await _bounded(self._cosmos.upsert(INSIGHTS, document(cluster)) for cluster in clusters)


async def forget_questions(cosmos: Cosmos, conversation_id: str, first: datetime, last: datetime) -> None:
    """Delete what is kept of a conversation's questions, its examples in clusters and its offers too.

    `first` and `last` span the conversation's life. Doing it again changes nothing. A cluster that lost an example is
    taken to have lost a person until the next run counts again: nothing is shown of it below the floor.

    Raises:
        StoreUnavailable: do it again.

    """
    gone = set[str]()
    named = {"@conversation": conversation_id}
    text = "SELECT c.id, c.part FROM c WHERE c.conversation_id = @conversation"
    for part in _parts(first, last):
        for row in await cosmos.query(INSIGHTS, text, named, part):
            await cosmos.batch(INSIGHTS, part, [Delete(document_id=row["id"])])
            gone.add(row["id"])
    if not gone:
        return
    for row in await cosmos.query(INSIGHTS, "SELECT * FROM c", {}, CLUSTERS):
        cluster = Cluster.model_validate(row)
        kept = tuple(example for example in cluster.examples if example.question_id not in gone)
        if len(kept) < len(cluster.examples):
            people = max(cluster.people - 1, 0)
            changed = {"examples": [example.model_dump() for example in kept], "people": people}
            if people < MIN_PEOPLE:
                changed |= {"examples": [], "label": "", "label_basis": 0}
            plain = {name: value for name, value in row.items() if not name.startswith("_")}
            await cosmos.batch(INSIGHTS, CLUSTERS, [Replace(document=plain | changed, etag=row["_etag"])])


def _parts(first: datetime, last: datetime) -> Iterable[str]:
    """Return where questions and offers of that time can be, no longer ago than they are kept."""
    oldest = last - timedelta(weeks=WINDOW_WEEKS + 1)
    at = max(first, oldest)
    weeks, months = dict[str, None](), dict[str, None]()
    while at < last + timedelta(weeks=1):
        weeks[asked_part(week_of(at))] = None
        at += timedelta(weeks=1)
    month = first.replace(day=1)
    while month <= last:
        months[f"answer-hits.{month:%Y-%m}"] = None
        month = (month + timedelta(days=32)).replace(day=1)
    return (*weeks, *months)


async def _bounded[T](work: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    room = asyncio.Semaphore(_AT_ONCE)

    async def one(task: Coroutine[Any, Any, T]) -> T:
        async with room:
            return await task

    return list(await asyncio.gather(*(one(task) for task in work)))
