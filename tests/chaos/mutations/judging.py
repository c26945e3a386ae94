"""Runs the defects one after the other and says which were caught."""

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.chaos_stack import ChaosStack
from tests.chaos.mutations.arena import Provocation, provoke
from tests.chaos.mutations.copies import copy_of_the_app
from tests.chaos.mutations.mutation import Mutation
from tests.chaos.mutations.table import MUTATIONS
from tests.support.violation import Violation

SOUND_PATIENCE_S = 60.0
"""A sound app may take this long: the machine may be busy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What one defect, or none, led to."""

    name: str
    found: tuple[Violation, ...]
    as_expected: bool
    seconds: float

    def __str__(self) -> str:
        names = ", ".join(sorted({violation.name for violation in self.found})) or "nothing wrong"
        return f"{'ok    ' if self.as_expected else 'MISSED'} {self.name:32} {self.seconds:5.1f} s  {names}"


def judge(chaos: ChaosStack, folder: Path, mutation: Mutation) -> Verdict:
    """Run the app with one defect under what provokes it."""
    began = time.monotonic()
    with chaos.hosting(copy_of_the_app(folder, mutation.replacements)):
        tag = "m" + mutation.name.replace("-", "")
        found = asyncio.run(provoke(chaos, mutation.provocation, tag, mutation.patience_s)).found
    caught = any(violation.name == mutation.expected for violation in found)
    return Verdict(name=mutation.name, found=found, as_expected=caught, seconds=time.monotonic() - began)


def judge_sound(chaos: ChaosStack, provocation: Provocation) -> Verdict:
    """Run a provocation against the app that is served now, which has no defect."""
    began = time.monotonic()
    name = getattr(provocation, "__name__", "provocation")
    outcome = asyncio.run(provoke(chaos, provocation, "s" + name.replace("_", ""), SOUND_PATIENCE_S))
    sound = not outcome.found and not outcome.gave_up
    seconds = time.monotonic() - began
    return Verdict(name=f"(none) {name}", found=outcome.found, as_expected=sound, seconds=seconds)


def provocations_of(mutations: Iterable[Mutation]) -> list[Provocation]:
    """Return each provocation once."""
    return list(dict.fromkeys(mutation.provocation for mutation in mutations))


def judge_all(chaos: ChaosStack, folder: Path, names: Sequence[str], say: Callable[[str], None] = print) -> bool:
    """Run the named defects (all without names), the sound app first; returns whether each verdict was as expected."""
    chosen = [mutation for mutation in MUTATIONS if not names or mutation.name in names]
    verdicts: list[Verdict] = []
    with chaos.hosting(copy_of_the_app(folder)):
        for provocation in provocations_of(chosen):
            verdicts.append(judge_sound(chaos, provocation))
            say(str(verdicts[-1]))
            for violation in verdicts[-1].found:
                say(f"       {violation}")
    for mutation in chosen:
        verdicts.append(judge(chaos, folder, mutation))
        say(str(verdicts[-1]))
    return bool(chosen) and all(verdict.as_expected for verdict in verdicts)
