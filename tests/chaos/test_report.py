"""A chaos run counts as sound only if every turn was completed and what it was to get through did happen."""

from dataclasses import replace

import pytest

from bench.chaos_kills import Kills
from bench.chaos_load import Load, question
from bench.chaos_notes import Asked
from bench.chaos_report import Figures, Wanted, lines
from bench.chaos_run import wanted_of
from shared.protocol.shapes import TurnStatus
from tests.support.violation import Violation


def asked(name: str, status: TurnStatus | None = "completed") -> Asked:
    done = 0.0 if status is None else 2.0
    return Asked(question=question(name, 3), conversation_id="s_1", burst=1, begun=1.0, done=done, status=status)


SOUND = Figures(
    name="chaos",
    wanted=Wanted(turns=2, kills=True, model_faults=2, effects=1),
    asked=(asked("a"), asked("b")),
    seconds=1.0,
    kills=1,
    mischief={"sends twice": 1},
    model_faults=3,
    effects=1,
    heard=2,
    resent=0,
    reconnects=0,
    syncs=0,
    resets=1,
    repeated=1,
    violations=(),
)
CALM = Wanted(turns=2, kills=False, model_faults=0, effects=0)


def test_a_run_is_sound_when_all_turns_were_completed_under_all_that_was_wanted() -> None:
    assert SOUND.sound
    assert not [line for line in lines(SOUND) if "UNSOUND" in line]


def test_a_calm_run_needs_no_trouble() -> None:
    assert replace(SOUND, wanted=CALM, kills=0, mischief={}, model_faults=0, effects=0).sound


@pytest.mark.parametrize("status", ["failed", "stopped", "exhausted", None])
def test_a_turn_that_did_not_complete_spoils_the_run(status: TurnStatus | None) -> None:
    spoiled = replace(SOUND, asked=(asked("a"), asked("b", status)))

    assert not spoiled.sound
    assert "  UNSOUND: not all of 2 turns completed" in lines(spoiled)


def test_a_turn_nobody_asked_for_spoils_the_run() -> None:
    assert not replace(SOUND, asked=SOUND.asked[:1]).sound


@pytest.mark.parametrize(
    ("spoiled", "shortcoming"),
    [
        (replace(SOUND, kills=0), "the worker was never killed"),
        (replace(SOUND, mischief={}), "no delivery was disturbed"),
        (replace(SOUND, model_faults=1), "2 model faults wanted"),
        (replace(SOUND, effects=0), "no effect was made"),
        (replace(SOUND, heard=0), "0 turns heard from begin to end"),
        (replace(SOUND, wanted=CALM, heard=1), "1 turns heard from begin to end"),
    ],
)
def test_trouble_that_was_wanted_and_did_not_happen_spoils_the_run(spoiled: Figures, shortcoming: str) -> None:
    assert not spoiled.sound
    assert f"  UNSOUND: {shortcoming}" in lines(spoiled)


def test_a_violation_spoils_the_run() -> None:
    assert not replace(SOUND, violations=(Violation(name="lost", where="a", detail=""),)).sound


def test_what_is_wanted_follows_from_what_is_asked() -> None:
    load = Load(turns=300, clients=3, tokens=5, seed=4, faults=0.1, effects=0.2)
    questions = [each for sessions in load.plan() for bursts in sessions for burst in bursts for each in burst]

    wanted = wanted_of(load, Kills())

    assert wanted.turns == len(questions)
    assert wanted.kills
    assert wanted.model_faults == sum("fault-" in each.text for each in questions) > 0
    assert wanted.effects == sum("effect" in each.text for each in questions) > 0
    assert wanted_of(load.calm(30), None) == replace(wanted_of(load.calm(30), Kills()), kills=False)
    assert wanted_of(load.calm(30), None).model_faults == 0
