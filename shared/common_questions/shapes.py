"""What is kept in the container `insights` of questions, clusters and approved answers.

A question's document tells neither who asked nor what stood in it before masking. Its partition is the ISO week it was
asked in, so that a run reads weeks, newest first, and the trend needs no other index.
"""

from datetime import datetime, timedelta
from typing import Literal

from pydantic import BaseModel, ConfigDict

from shared import ids
from shared.clock import iso

WINDOW_WEEKS = 26
QUESTION_TTL_S = (WINDOW_WEEKS + 1) * 7 * 24 * 3600
CLUSTERS = "question-clusters"
ANSWERS = "approved-answers"
RUNS = "question-runs"
MIN_PEOPLE = 3
"""Fewer different people than that, and nothing is told of a cluster."""
MIN_QUESTIONS = 5


class Kept(BaseModel):
    """A stored shape."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class AskedQuestion(Kept):
    """A masked question and what became of it. `person` stands for who asked and tells it to nobody."""

    id: str
    part: str
    conversation_id: str
    person: str
    at: str
    text: str
    vector: str
    up: int = 0
    down: int = 0
    tool_failures: int = 0
    asked_again: int = 0
    """How often its answer was asked for anew."""
    unanswered: bool = False


class Example(Kept):
    """How somebody asked; words that few people use are left out. `question_id` lets erasure find it."""

    question_id: str
    text: str


class Signals(Kept):
    """How it went when people asked, summed over the questions of the window."""

    up: int = 0
    down: int = 0
    tool_failures: int = 0
    repeats: int = 0
    """Asked again by the same person within a day, or answered anew."""
    unanswered: int = 0


class Week(Kept):
    """How often it was asked in one ISO week, such as `2026-W09`."""

    week: str
    count: int


class Cluster(Kept):
    """A common question. `people` counts different ones; `retired`: nobody has asked it lately, or too few people."""

    id: str
    part: str = CLUSTERS
    label: str = ""
    label_basis: int = 0
    """How many questions it had when it was labelled."""
    size: int
    people: int
    centroid: str
    weeks: tuple[Week, ...] = ()
    trend: Literal["growing", "steady", "falling"] = "steady"
    signals: Signals = Signals()
    examples: tuple[Example, ...] = ()
    first_seen: str
    updated_at: str
    split_from: str | None = None
    merged: tuple[str, ...] = ()
    retired: bool = False

    @property
    def may_be_shown(self) -> bool:
        return not self.retired and self.people >= MIN_PEOPLE and self.size >= MIN_QUESTIONS


class ApprovedAnswer(Kept):
    """The answer somebody approved for a cluster; each change is a new `version`, and all of them are kept."""

    id: str
    part: str = ANSWERS
    cluster_id: str
    version: int
    state: Literal["approved", "withdrawn"]
    text: str
    threshold: float
    """How similar (cosine) a new question has to be."""
    centroid: str
    by: str
    by_name: str
    at: str


class AnswerHit(Kept):
    """An approved answer was offered beside a turn; `outcome` says whether the person took it."""

    id: str
    part: str
    cluster_id: str
    version: int
    conversation_id: str
    turn_id: str
    similarity: float
    at: str
    outcome: Literal["offered", "taken"] = "offered"
    ttl: int = 400 * 24 * 3600


def week_of(at: datetime) -> str:
    """Return the ISO week, such as `2026-W09`."""
    year, week, _ = at.isocalendar()
    return f"{year}-W{week:02}"


def asked_part(week: str) -> str:
    return f"asked.{week}"


def last_weeks(now: datetime, count: int) -> tuple[str, ...]:
    """Return the latest weeks, newest first."""
    return tuple(week_of(now - timedelta(weeks=back)) for back in range(count))


def question_id(conversation_id: str, turn_id: str) -> str:
    return f"asked.{ids.pseudonym(conversation_id, turn_id)}"


def current_answer(cluster_id: str) -> str:
    return f"answer.{cluster_id}"


def answer_version(cluster_id: str, version: int) -> str:
    return f"answer.{cluster_id}.{version}"


def hits_part(at: datetime) -> str:
    return f"answer-hits.{iso(at)[:7]}"


def hit_id(conversation_id: str, turn_id: str) -> str:
    return f"hit.{ids.pseudonym(conversation_id, turn_id)}"
