"""Approved answers: one for each cluster, every version kept, and every offer of one written down."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from shared.clock import iso
from shared.common_questions.shapes import (
    ANSWERS,
    AnswerHit,
    ApprovedAnswer,
    Cluster,
    answer_version,
    current_answer,
    hit_id,
    hits_part,
)
from shared.common_questions.vectors import similarity, unpacked
from shared.containers import INSIGHTS
from shared.cosmos import BatchFailed, Cosmos, Create, Operation, Replace
from shared.errors import CommandRefused
from shared.protocol.codes import ErrorCode

MAX_CHARACTERS = 8_000
USUAL_THRESHOLD = 0.75
KNOWN_FOR = timedelta(seconds=60)
"""How long a process goes by the answers it read."""
_CURRENT = "SELECT * FROM c WHERE c.kind = 'current'"
_HISTORY = "SELECT * FROM c WHERE c.kind = 'version' AND c.cluster_id = @cluster ORDER BY c.version DESC"
_HITS = "SELECT c.cluster_id, c.outcome FROM c"
CHANGED = "Somebody has changed this answer meanwhile. Look at it again, then decide."

_LOG = logging.getLogger("salescoach.approved_answers")


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """What a person decides about a cluster's answer; `version` is the one they saw, 0 when there was none."""

    state: Literal["approved", "withdrawn"]
    text: str
    threshold: float
    version: int
    by: str
    by_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """An approved answer that fits a question, and how similar (cosine) the question is to its cluster."""

    answer: ApprovedAnswer
    similarity: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """An approved answer as it was offered beside a turn, and whether the person took it."""

    match: Match
    taken: bool


class ApprovedAnswers:
    """The approved answers, and the log of their offers."""

    def __init__(self, cosmos: Cosmos, now: Callable[[], datetime]) -> None:
        self._cosmos = cosmos
        self._now = now
        self._known: tuple[ApprovedAnswer, ...] = ()
        self._known_until: datetime | None = None

    async def all(self) -> tuple[ApprovedAnswer, ...]:
        """Return the newest version of each answer, withdrawn ones too."""
        rows = await self._cosmos.query(INSIGHTS, _CURRENT, {}, ANSWERS)
        return tuple(ApprovedAnswer.model_validate(row) for row in rows)

    async def one(self, cluster_id: str) -> ApprovedAnswer | None:
        row = await self._cosmos.read(INSIGHTS, ANSWERS, current_answer(cluster_id))
        return None if row is None else ApprovedAnswer.model_validate(row)

    async def history(self, cluster_id: str) -> tuple[ApprovedAnswer, ...]:
        """Return every version, the newest first."""
        rows = await self._cosmos.query(INSIGHTS, _HISTORY, {"@cluster": cluster_id}, ANSWERS)
        return tuple(ApprovedAnswer.model_validate(row) for row in rows)

    async def decide(self, cluster: Cluster, approval: Approval) -> ApprovedAnswer:
        """Store the next version.

        Raises:
            CommandRefused: with `approved_answer_changed`: it is not the version that was seen.

        """
        row = await self._cosmos.read(INSIGHTS, ANSWERS, current_answer(cluster.id))
        known = 0 if row is None else ApprovedAnswer.model_validate(row).version
        if known != approval.version:
            raise CommandRefused(CHANGED, code=ErrorCode.APPROVED_ANSWER_CHANGED)
        answer = ApprovedAnswer(
            id=current_answer(cluster.id),
            cluster_id=cluster.id,
            version=known + 1,
            state=approval.state,
            text=approval.text,
            threshold=approval.threshold,
            centroid=cluster.centroid,
            by=approval.by,
            by_name=approval.by_name,
            at=iso(self._now()),
        )
        body = answer.model_dump()
        kept = body | {"id": answer_version(cluster.id, answer.version), "kind": "version"}
        current = body | {"kind": "current"}
        change: Operation = Create(document=current) if row is None else Replace(document=current, etag=row["_etag"])
        result = await self._cosmos.batch(INSIGHTS, ANSWERS, [Create(document=kept), change])
        if isinstance(result, BatchFailed):
            raise CommandRefused(CHANGED, code=ErrorCode.APPROVED_ANSWER_CHANGED)
        self._known_until = None
        _LOG.info("answer %s version %d: %s", cluster.id, answer.version, answer.state)
        return answer

    async def offered(self) -> tuple[ApprovedAnswer, ...]:
        """Return the answers that may be offered, at most `KNOWN_FOR` old."""
        now = self._now()
        if self._known_until is None or now >= self._known_until:
            self._known = tuple(answer for answer in await self.all() if answer.state == "approved")
            self._known_until = now + KNOWN_FOR
        return self._known

    async def record(self, match: Match, conversation_id: str, turn_id: str) -> AnswerHit:
        """Log that the answer was offered beside a turn; the first offer of a turn counts, however often it is made."""
        at = self._now()
        answer = match.answer
        hit = AnswerHit(
            id=hit_id(conversation_id, turn_id),
            part=hits_part(at),
            cluster_id=answer.cluster_id,
            version=answer.version,
            conversation_id=conversation_id,
            turn_id=turn_id,
            similarity=round(match.similarity, 4),
            at=iso(at),
        )
        await self._cosmos.create(INSIGHTS, hit.model_dump())
        _LOG.info("answer %s version %d offered, similarity %.3f", hit.cluster_id, hit.version, hit.similarity)
        return hit

    async def taken(self, conversation_id: str, turn_id: str) -> AnswerHit | None:
        """Log that the person took the answer offered beside a turn; None when none was, this month or the last."""
        hit = await self._hit(conversation_id, turn_id)
        if hit is None:
            return None
        hit = hit.model_copy(update={"outcome": "taken"})
        await self._cosmos.upsert(INSIGHTS, hit.model_dump())
        return hit

    async def offered_beside(self, conversation_id: str, turn_id: str) -> Offered | None:
        """Return what was offered beside a turn, this month or the last, while that wording is approved."""
        answers = await self.offered()
        hit = await self._hit(conversation_id, turn_id) if answers else None
        if hit is None:
            return None
        for answer in answers:
            if (answer.cluster_id, answer.version) == (hit.cluster_id, hit.version):
                return Offered(match=Match(answer=answer, similarity=hit.similarity), taken=hit.outcome == "taken")
        return None

    async def _hit(self, conversation_id: str, turn_id: str) -> AnswerHit | None:
        now = self._now()
        for at in (now, now.replace(day=1) - timedelta(days=1)):
            row = await self._cosmos.read(INSIGHTS, hits_part(at), hit_id(conversation_id, turn_id))
            if row is not None:
                return AnswerHit.model_validate(row)
        return None

    async def hits(self) -> dict[str, tuple[int, int]]:
        """Return for each cluster how often its answer was offered and taken, this month and the last."""
        now = self._now()
        counts: dict[str, tuple[int, int]] = {}
        for at in (now, now.replace(day=1) - timedelta(days=1)):
            for row in await self._cosmos.query(INSIGHTS, _HITS, {}, hits_part(at)):
                offered, taken = counts.get(row["cluster_id"], (0, 0))
                counts[row["cluster_id"]] = (offered + 1, taken + (row["outcome"] == "taken"))
        return counts


def best_match(vector: Sequence[float], answers: tuple[ApprovedAnswer, ...]) -> Match | None:
    """Return the answer whose cluster a question (a unit vector) is most similar to, above that answer's threshold."""
    found = (Match(answer=answer, similarity=similarity(vector, unpacked(answer.centroid))) for answer in answers)
    fitting = [match for match in found if match.similarity >= match.answer.threshold]
    return max(fitting, key=lambda match: match.similarity, default=None)
