"""One clustering run: the questions of the window, grouped, matched with what was known, and written down.

Imports numpy, as `insights/grouping.py` does. Memory: a matrix of `MAX_QUESTIONS` vectors, the masked texts, and one
week's documents at a time.
"""

import asyncio
import logging
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from insights.dependencies import AnalyzerDependencies
from insights.grouping import USUAL, Grouping, Groups, Matrix, Pairing, grouped, paired, unit
from insights.privacy import CommonWords, examples, people_of
from insights.signals import summed
from insights.trend import direction, per_week
from shared import ids
from shared.clock import iso
from shared.common_questions.runs import RunRequest
from shared.common_questions.shapes import MIN_PEOPLE, WINDOW_WEEKS, AskedQuestion, Cluster, last_weeks
from shared.common_questions.vectors import DIMENSIONS, packed, unpacked

MAX_QUESTIONS = 50_000
"""The newest of the window; what is older does not count."""
SAME_CLUSTER = 0.7
"""How similar centres of two runs have to be to be the same cluster's."""
MAX_CLUSTERS = 400
_NEAREST = 40

_LOG = logging.getLogger(__name__)


@dataclass(slots=True)
class Window:
    """The questions of the window, newest week first; `weeks` and `vectors` go with `questions` (without vectors)."""

    questions: list[AskedQuestion] = field(default_factory=list[AskedQuestion])
    weeks: list[str] = field(default_factory=list[str])
    vectors: Matrix = field(default_factory=lambda: np.empty((0, DIMENSIONS), np.float32))
    words: CommonWords = field(default_factory=CommonWords)

    def add(self, week: str, questions: list[AskedQuestion]) -> None:
        """Take up a week's questions; those without a usable vector, and those beyond the bound, do not count."""
        usable = [one for one in questions if len(unpacked(one.vector)) == DIMENSIONS]
        usable = usable[: MAX_QUESTIONS - len(self.questions)]
        if not usable:
            return
        made = np.array([unpacked(one.vector) for one in usable], np.float32)
        self.vectors = np.concatenate([self.vectors, made])
        for question in usable:
            self.words.add(question)
            self.questions.append(question.model_copy(update={"vector": ""}))
            self.weeks.append(week)


async def cluster(deps: AnalyzerDependencies, request: RunRequest, how: Grouping = USUAL) -> Literal["done", "busy"]:
    """Cluster the window and write the clusters down.

    Raises:
        Transient: do it again; what was written is written again.

    """
    now = deps.now()
    weeks = last_weeks(now, WINDOW_WEEKS)
    window = Window()
    for week in weeks:
        window.add(week, await deps.questions.of_week(week))
    known = await deps.questions.clusters()
    # Seconds of arithmetic: what else this process does goes on meanwhile.
    made = await asyncio.to_thread(assembled, window, known, weeks, iso(now), how)
    alive = sum(one.may_be_shown for one in made)
    if not await deps.questions.note(
        request.holder, clustered_at=iso(now), questions=len(window.questions), clusters=alive
    ):
        return "busy"
    await deps.questions.put_clusters(made)
    _LOG.info("%d questions, %d clusters of %d may be shown", len(window.questions), alive, len(made))
    return "done"


def assembled(
    window: Window, known: list[Cluster], weeks: tuple[str, ...], at: str, how: Grouping = USUAL
) -> list[Cluster]:
    """Return all clusters there are now: those of the window, and, retired, those nobody asks any more."""
    # Another embedding model makes vectors that cannot be compared: its clusters begin anew.
    known = [one for one in known if len(unpacked(one.centroid)) == DIMENSIONS]
    old = unit(np.array([unpacked(one.centroid) for one in known], np.float32).reshape(len(known), DIMENSIONS))
    groups = grouped(window.vectors, old, how)
    pairing = paired(groups.centres, old, SAME_CLUSTER)
    made = [_cluster(window, groups, pairing, known, label, (weeks, at)) for label in range(len(groups.centres))]
    made.sort(key=lambda one: one.size, reverse=True)
    there = {one.id for one in made}
    empty: dict[str, object] = {"retired": True, "size": 0, "people": 0, "examples": (), "weeks": ()}
    retired = [one.model_copy(update=empty | {"updated_at": at}) for one in known if one.id not in there]
    return made[:MAX_CLUSTERS] + retired


def _cluster(
    window: Window,
    groups: Groups,
    pairing: Pairing,
    known: list[Cluster],
    label: int,
    when: tuple[tuple[str, ...], str],
) -> Cluster:
    weeks, at = when
    members = np.flatnonzero(groups.labels == label)
    nearest = members[np.argsort(-(window.vectors[members] @ groups.centres[label]))]
    questions = [window.questions[place] for place in nearest]
    same, split = pairing.same_as[label], pairing.split_from[label]
    before = None if same is None else known[same]
    counted = per_week((window.weeks[place] for place in members), weeks)
    people = people_of(questions)
    return Cluster(
        id=before.id if before else f"cl_{ids.pseudonym(questions[0].id, at)}",
        label=before.label if before else "",
        label_basis=before.label_basis if before else 0,
        size=len(questions),
        people=people,
        centroid=packed(groups.centres[label].tolist()),
        weeks=counted,
        trend=direction(counted),
        signals=summed(questions),
        examples=examples(questions[:_NEAREST], window.words) if people >= MIN_PEOPLE else (),
        first_seen=before.first_seen if before else at,
        updated_at=at,
        split_from=known[split].id if split is not None else (before.split_from if before else None),
        merged=tuple(known[place].id for place in pairing.merged[label]) or (before.merged if before else ()),
    )
