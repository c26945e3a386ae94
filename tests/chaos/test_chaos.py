"""People ask while the worker is killed, the model fails and deliveries go wrong: nobody loses or sees anything wrong.

`python -m bench.chaos` is the same at length.
"""

import asyncio

import pytest

from bench.chaos_kills import Kills
from bench.chaos_load import FAULTS, Load
from bench.chaos_report import lines
from bench.chaos_run import run
from bench.chaos_stack import ChaosStack

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("chaos"), pytest.mark.timeout(400)]

LOAD = Load(turns=150, clients=10, tokens=10, seed=30, effects=0.1)
KILLS = Kills(mean_s=2.0, most=4)
"""No more, so that the run ends soon on a machine where a restart takes long."""


def test_nothing_is_lost_doubled_reordered_or_cut_short_under_kills_and_faults(chaos: ChaosStack) -> None:
    with chaos.hosting():
        figures = asyncio.run(run(chaos, "short", LOAD, kills=KILLS))

    report = "\n".join(lines(figures))
    assert figures.violations == (), report
    assert figures.sound, report
    assert figures.kills == KILLS.most, report
    assert figures.wanted.model_faults > 0, report
    assert figures.effects > figures.wanted.effects / 2 > 0, report
    assert figures.resets > 0, report
    assert len(figures.mischief) > 1, report


def test_a_plan_is_the_same_for_the_same_seed_only() -> None:
    assert LOAD.plan() == LOAD.plan()
    assert LOAD.plan() != Load(turns=150, clients=10, tokens=10, seed=31).plan()


def test_a_plan_asks_as_much_as_it_should_with_its_share_of_faults() -> None:
    load = Load(turns=4000, clients=7, tokens=5, seed=1, faults=0.07)

    questions = [question for sessions in load.plan() for bursts in sessions for burst in bursts for question in burst]

    assert len({question.name for question in questions}) == load.turns
    faulty = [question for question in questions if "fault-" in question.text]
    assert {question.text.rpartition("fault-")[2] for question in faulty} == set(FAULTS)
    assert 0.05 < len(faulty) / load.turns < 0.09
    assert all(len(question.answer.split()) == load.tokens for question in questions)
