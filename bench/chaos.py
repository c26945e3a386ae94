"""Turns under kills and faults: `python -m bench.chaos [--turns N] [--clients N] [--tokens N] [--seed N] ...`.

Starts every emulator and the app with new state on free ports. A fault-free control run comes first, then the same
questions while the worker is killed at random, the model fails 7 % of them and deliveries are duplicated, reordered
and lost. What clients saw and what was stored is judged by `tests/support/checker.py`. Without `--turns` it is the
long run: 10,000 turns of 10 tokens, then 1,000 of 50. Exits 1 when anything is wrong.

`--mutations` runs the app with one defect at a time instead; each has to be caught, with the violation it must cause.
"""

import argparse
import asyncio
import random
import signal
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from bench.chaos_kills import Kills, measured_restarts
from bench.chaos_load import Load
from bench.chaos_report import Figures, lines
from bench.chaos_run import run
from bench.chaos_stack import ChaosStack, chaos_stack
from tests.chaos.mutations import judging

_LONG = ((10_000, 10), (1_000, 50))
_CONTROL_SHARE = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the command line asked for; `mean_kill_s` None follows the rule: four restarts, at least two seconds."""

    loads: tuple[Load, ...]
    mean_kill_s: float | None
    control: bool


def _flags() -> argparse.Namespace:
    flags = argparse.ArgumentParser(
        prog="python -m bench.chaos", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    flags.add_argument("--turns", type=int, help="turns of one run, instead of the long run")
    flags.add_argument("--tokens", type=int, default=10, help="tokens of an answer, with --turns")
    flags.add_argument("--clients", type=int, default=40)
    flags.add_argument("--faults", type=float, default=0.07, help="share of questions at which the model fails first")
    flags.add_argument("--tools", type=float, default=0.1, help="share of questions that call a reading tool")
    flags.add_argument("--effects", type=float, default=0.01, help="share of questions that call a writing tool")
    flags.add_argument("--mean-kill", type=float, help="mean seconds between kills, instead of the measured rule")
    flags.add_argument("--seed", type=int, help="draws questions, faults, kills and disturbances")
    flags.add_argument("--no-control", action="store_true", help="leave out the fault-free run")
    flags.add_argument("--mutations", nargs="*", metavar="NAME", help="run mutated copies of the app (all, or these)")
    return flags.parse_args()


def _wishes(flags: argparse.Namespace) -> Wishes:
    seed = random.SystemRandom().randrange(1_000_000) if flags.seed is None else flags.seed
    sizes = _LONG if flags.turns is None else ((flags.turns, flags.tokens),)
    loads = tuple(
        Load(
            turns=turns,
            clients=flags.clients,
            tokens=tokens,
            seed=seed,
            faults=flags.faults,
            tools=flags.tools,
            effects=flags.effects,
        )
        for turns, tokens in sizes
    )
    return Wishes(loads=loads, mean_kill_s=flags.mean_kill, control=not flags.no_control)


def _say(figures: Figures) -> Figures:
    for line in lines(figures):
        print(line, flush=True)
    return figures


def _strike(chaos: ChaosStack, wishes: Wishes) -> bool:
    """Run every load, calm first if wished; returns whether each was sound."""
    done: list[Figures] = []
    with chaos.hosting():
        kills = Kills(mean_s=wishes.mean_kill_s, restarts=measured_restarts(chaos))
        shown = ", ".join(f"{seconds:.2f}" for seconds in kills.restarts)
        print(f"seed {wishes.loads[0].seed}; restarts {shown} s", flush=True)
        for load in wishes.loads:
            if wishes.control:
                calm = load.calm(max(load.clients, load.turns // _CONTROL_SHARE))
                done.append(_say(asyncio.run(run(chaos, f"control-{load.tokens}", calm, kills=None))))
            done.append(_say(asyncio.run(run(chaos, f"chaos-{load.tokens}", load, kills=kills))))
            if wishes.control:
                print(f"  p95 is {done[-1].p95_ms / done[-2].p95_ms:.1f} times that of the control run", flush=True)
    return all(figures.sound for figures in done)


def _leave(number: int, _frame: FrameType | None) -> None:
    sys.exit(128 + number)


def main() -> int:
    flags = _flags()
    # An end from outside, too, stops what was started.
    signal.signal(signal.SIGTERM, _leave)
    with tempfile.TemporaryDirectory(prefix="bench-chaos-", ignore_cleanup_errors=True) as folder:
        state = Path(folder)
        with chaos_stack(state / "stack") as chaos:
            mutated = flags.mutations is not None
            sound = judging.judge_all(chaos, state, flags.mutations) if mutated else _strike(chaos, _wishes(flags))
    return 0 if sound else 1


if __name__ == "__main__":
    sys.exit(main())
