"""`python -m bench.common_questions [--questions N]`: how well and how cheaply common questions are found.

Quality on the committed set (`bench/labelled_questions.py`) with embeddings that hash words and trigrams (those of the
development cloud), which know nothing of its families: adjusted Rand of the clusters against the families, where what
is in no cluster stands alone. Stability: of the clusters of nine tenths, how many keep their id when the rest is added.
Size: time and memory of one clustering run over N questions made of the families.
"""

import argparse
import random
import resource
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from sklearn.metrics import adjusted_rand_score

from bench.labelled_questions import Labelled, Split, committed, families, spoken
from insights.clusters import MAX_QUESTIONS, Window, assembled
from insights.grouping import NONE, Labels, Matrix, grouped, unit
from local.openai.embeddings import vector
from shared.clock import iso
from shared.common_questions.masking import embeddable, masked
from shared.common_questions.shapes import WINDOW_WEEKS, AskedQuestion, Cluster, asked_part, last_weeks
from shared.common_questions.vectors import DIMENSIONS, packed

SEED = 7
NEW_SHARE = 0.1
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PEOPLE = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """How well the families of a split were found."""

    questions: int
    families: int
    clusters: int
    grouped: int
    adjusted_rand: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Stability:
    """How many of the clusters there were `before` kept their ids."""

    before: int
    kept: int

    @property
    def share(self) -> float:
        return self.kept / self.before


def embedded(texts: list[str]) -> Matrix:
    """Return the vectors of questions as the app would make them, but by hashing."""
    return unit(np.array([vector(embeddable(masked(text)) or text, DIMENSIONS) for text in texts], np.float32))


def _alone(labels: Labels) -> list[int]:
    """Give each question that is in no cluster a label of its own."""
    return [int(label) if label != NONE else len(labels) + place for place, label in enumerate(labels)]


def measured_quality(split: Split) -> Quality:
    """Cluster one split and compare with its families."""
    questions = [one for one in committed() if one.split == split]
    groups = grouped(embedded([one.text for one in questions]))
    truth = [one.family for one in questions]
    return Quality(
        questions=len(questions),
        families=len(set(truth)),
        clusters=len(groups.centres),
        grouped=int((groups.labels != NONE).sum()),
        adjusted_rand=float(adjusted_rand_score(truth, _alone(groups.labels))),
    )


def _window(asked: list[Labelled], vectors: Matrix) -> Window:
    """Return the questions as the analyzer would have read them, over half a year and from `PEOPLE` people."""
    weeks = last_weeks(NOW, WINDOW_WEEKS)
    window = Window()
    for place, week in enumerate(weeks):
        rows = range(place, len(asked), len(weeks))
        at = iso(NOW - timedelta(weeks=place))
        window.add(
            week,
            [
                AskedQuestion(
                    id=f"q{row}",
                    part=asked_part(week),
                    conversation_id=f"s_{row}",
                    person=f"p{row % PEOPLE}",
                    at=at,
                    text=masked(asked[row].text),
                    vector=packed(vectors[row].tolist()),
                )
                for row in rows
            ],
        )
    return window


def _run(asked: list[Labelled], vectors: Matrix, known: list[Cluster]) -> list[Cluster]:
    return assembled(_window(asked, vectors), known, last_weeks(NOW, WINDOW_WEEKS), iso(NOW))


def measured_stability() -> Stability:
    """Cluster nine tenths of split A, then all of it, as two runs of the analyzer."""
    questions = [one for one in committed() if one.split == "A"]
    random.Random(SEED).shuffle(questions)  # noqa: S311 - an order to repeat, not a secret
    vectors = embedded([one.text for one in questions])
    old = len(questions) - round(len(questions) * NEW_SHARE / (1 + NEW_SHARE))
    before = _run(questions[:old], vectors[:old], [])
    after = _run(questions, vectors, before)
    live = {one.id for one in after if not one.retired}
    return Stability(before=len(before), kept=sum(one.id in live for one in before))


def many(count: int) -> tuple[list[Labelled], Matrix]:
    """Return `count` questions spoken from the families, a tenth of them of no family: words in no order."""
    chance = random.Random(SEED)  # noqa: S311 - a draw to repeat, not a secret
    frames = [(family, frame) for family, found in families("A") for frame in found]
    words = sorted({word for _, frame in frames for word in frame.replace("{", " ").replace("|", " ").split()})
    asked: list[Labelled] = []
    vectors = np.empty((count, DIMENSIONS), np.float32)
    for place in range(count):
        if place % 10:
            family, frame = chance.choice(frames)
            text = spoken(frame, chance)
        else:
            family, text = f"none{place}", " ".join(chance.sample(words, 9)).lower()
        asked.append(Labelled(split="A", family=family, text=text))
        vectors[place] = vector(embeddable(masked(text)) or text, DIMENSIONS)
    return asked, unit(vectors)


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--questions", type=int, default=MAX_QUESTIONS)
    count = parser.parse_args().questions
    for split in ("A", "B"):
        print(split, measured_quality(split))
    print(measured_stability())
    asked, vectors = many(count)
    window = _window(asked, vectors)
    del vectors
    base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun, used = time.perf_counter(), time.process_time()
    made = assembled(window, [], last_weeks(NOW, WINDOW_WEEKS), iso(NOW))
    first = time.perf_counter() - begun
    begun = time.perf_counter()
    again = assembled(window, made, last_weeks(NOW, WINDOW_WEEKS), iso(NOW))
    second = time.perf_counter() - begun
    kept = {one.id for one in made} & {one.id for one in again if not one.retired}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"{len(window.questions)} questions: {len(made)} clusters in {first:.1f} s, again {second:.1f} s")
    print(f"processor {time.process_time() - used:.1f} s; ids kept {len(kept)} of {len(made)}")
    print(f"memory {base / 1000:.0f} MB before clustering, {peak / 1000:.0f} MB at most")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
