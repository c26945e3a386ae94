"""How well like questions are found, measured on a committed set by embeddings that know nothing of its families."""

import pytest

from bench.common_questions import measured_quality, measured_stability
from bench.labelled_questions import COMMITTED, committed, lines

ENOUGH = 0.8
KEPT = 0.95


def test_the_committed_questions_are_those_of_the_families() -> None:
    assert COMMITTED.read_text(encoding="utf-8") == lines()
    assert 950 <= len(committed()) <= 1_100
    assert len({(one.split, one.family) for one in committed()}) == 78


def test_ordinary_paraphrases_are_found() -> None:
    quality = measured_quality("A")
    assert quality.adjusted_rand >= ENOUGH, quality


def test_ids_are_kept_when_a_tenth_is_new() -> None:
    stability = measured_stability()
    assert stability.before > 40
    assert stability.share >= KEPT, stability


@pytest.mark.parametrize("split", ["A", "B"])
def test_no_question_is_lost_or_counted_twice(split: str) -> None:
    quality = measured_quality("A" if split == "A" else "B")
    assert quality.questions == sum(one.split == split for one in committed())
    assert quality.grouped <= quality.questions
