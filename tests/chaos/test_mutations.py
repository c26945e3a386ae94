"""The checker bites: each defect is caught, by the violation it has to cause, and a sound app is not blamed.

Here is the quick selection; `python -m bench.chaos --mutations` runs all.
"""

from pathlib import Path

import pytest

from bench.chaos_stack import ChaosStack
from tests.chaos.mutations.copies import AnchorMovedError, Replacement, copy_of_the_app
from tests.chaos.mutations.judging import judge, judge_sound, provocations_of
from tests.chaos.mutations.mutation import Mutation
from tests.chaos.mutations.table import MUTATIONS

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("chaos"), pytest.mark.timeout(240)]

QUICK = [mutation for mutation in MUTATIONS if mutation.quick]


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name)
def test_every_defect_still_fits_the_code(mutation: Mutation, tmp_path: Path) -> None:
    app = copy_of_the_app(tmp_path, mutation.replacements)

    for replacement in mutation.replacements:
        text = (app / replacement.file).read_text(encoding="utf-8")
        assert replacement.new in text
        compile(text, replacement.file, "exec")


def test_a_defect_whose_anchor_moved_fails_loudly(tmp_path: Path) -> None:
    gone = Replacement(file="shared/ids.py", old="this text is not there", new="")
    often = Replacement(file="shared/ids.py", old="return", new="")

    with pytest.raises(AnchorMovedError, match="0 times"):
        copy_of_the_app(tmp_path, [gone])
    with pytest.raises(AnchorMovedError, match="has to be there once"):
        copy_of_the_app(tmp_path, [often])


def test_a_sound_app_survives_everything_that_provokes_these_defects(chaos: ChaosStack, folder: Path) -> None:
    with chaos.hosting(copy_of_the_app(folder)):
        verdicts = [judge_sound(chaos, provocation) for provocation in provocations_of(QUICK)]

    wrong = [(verdict.name, *map(str, verdict.found)) for verdict in verdicts if not verdict.as_expected]
    assert wrong == []
    assert len(verdicts) > 1


@pytest.mark.parametrize("mutation", QUICK, ids=lambda mutation: mutation.name)
def test_a_defect_is_caught(mutation: Mutation, chaos: ChaosStack, folder: Path) -> None:
    verdict = judge(chaos, folder, mutation)

    assert verdict.as_expected, f"expected {mutation.expected}: {verdict}"
