"""What the HTTP API tells of common questions and their approved answers."""

from typing import Annotated, Literal

from pydantic import Field

from api.endpoint import Output
from api.inputs import Input, Legible
from shared.common_questions.approved import MAX_CHARACTERS, USUAL_THRESHOLD
from shared.common_questions.shapes import ApprovedAnswer, Cluster


class AnswerBody(Input):
    """What people are to be offered, and how similar (cosine) a question has to be."""

    text: Annotated[Legible, Field(min_length=1, max_length=MAX_CHARACTERS)]
    threshold: Annotated[float, Field(ge=0.3, le=1)] = USUAL_THRESHOLD


class SignalsReply(Output):
    """How it went when people asked, summed. `repeats`: asked again by the same person within a day."""

    up: int
    down: int
    tool_failures: int
    repeats: int
    unanswered: int


class WeekReply(Output):
    """How often it was asked in an ISO week, such as `2026-W09`."""

    week: str
    count: int


class AnswerReply(Output):
    """A version of an approved answer, who made it and when (ISO UTC)."""

    version: int
    state: Literal["approved", "withdrawn"]
    text: str
    threshold: float
    by: str
    at: str


class ClusterReply(Output):
    """A common question. `examples` are masked; `split_from` and `merged` name clusters it came from.

    `offered` and `taken` count this month and the last.
    """

    cluster_id: str
    label: str
    size: int
    people: int
    trend: Literal["growing", "steady", "falling"]
    weeks: tuple[WeekReply, ...]
    signals: SignalsReply
    examples: tuple[str, ...]
    first_seen: str
    split_from: str | None
    merged: tuple[str, ...]
    answer: AnswerReply | None
    offered: int
    taken: int


class CommonQuestionsReply(Output):
    """The common questions, those asked most first, and when (ISO UTC; empty: never) the analyzer last ran."""

    analyzed_at: str
    questions: int
    running: bool
    available: bool
    clusters: tuple[ClusterReply, ...]


class AnswerHistory(Output):
    """Every version of an approved answer, the newest first."""

    versions: tuple[AnswerReply, ...]


class RunReply(Output):
    """The run that was begun."""

    run: str


class TakenReply(Output):
    """The approved answer a person took."""

    cluster_id: str
    version: int


def answer_reply(answer: ApprovedAnswer) -> AnswerReply:
    return AnswerReply(
        version=answer.version,
        state=answer.state,
        text=answer.text,
        threshold=answer.threshold,
        by=answer.by_name,
        at=answer.at,
    )


def cluster_reply(cluster: Cluster, answer: ApprovedAnswer | None, hits: tuple[int, int]) -> ClusterReply:
    return ClusterReply(
        cluster_id=cluster.id,
        label=cluster.label,
        size=cluster.size,
        people=cluster.people,
        trend=cluster.trend,
        weeks=tuple(WeekReply(week=one.week, count=one.count) for one in cluster.weeks),
        signals=SignalsReply(**cluster.signals.model_dump()),
        examples=tuple(example.text for example in cluster.examples),
        first_seen=cluster.first_seen,
        split_from=cluster.split_from,
        merged=cluster.merged,
        answer=None if answer is None else answer_reply(answer),
        offered=hits[0],
        taken=hits[1],
    )
