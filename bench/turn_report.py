"""The printed account of many turns beside the goals.

The 10th percentile stands beside median and 95th: on a machine with other work it is the least disturbed figure.
"""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench.counted_cosmos import READS, WRITES, Kind
from bench.turn_account import Account
from bench.turn_client import Variant
from bench.turn_cpu import Cpu
from bench.turn_durable import Durable

ADDED_FIRST_MS: dict[Variant, tuple[float, float]] = {"plain": (15, 25), "tool": (25, 40)}
"""Goals for p50 and p95, one person asking."""
REQUESTS_PER_STEP = 3
HISTORY_BYTES = 4096
UNIT_BYTES = 2048
QUIET_SHARE = 0.1
"""Above this share of the machine used by other programs, times say little."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One figure over all turns; goals for p50 and p95 where there are any."""

    name: str
    values: Sequence[float]
    unit: str
    goals: tuple[float, float] | None = None

    @property
    def p50(self) -> float:
        return statistics.median(self.values)

    @property
    def p95(self) -> float:
        return self._nearest(95)

    def _nearest(self, percent: int) -> float:
        return sorted(self.values)[max(0, -(-len(self.values) * percent // 100) - 1)]

    @property
    def met(self) -> bool:
        return self.goals is None or (self.p50 <= self.goals[0] and self.p95 <= self.goals[1])

    def __str__(self) -> str:
        goal = "" if self.goals is None else f"  goal {self.goals[0]:g} / {self.goals[1]:g}"
        verdict = "" if self.goals is None else "  ok" if self.met else "  MISSED"
        shown = f"{self._nearest(10):9.1f} {self.p50:9.1f} {self.p95:9.1f} {self.unit:3}"
        return f"  {self.name:44} {shown}{goal}{verdict}".rstrip()


def report(variant: Variant, found: list[Account], durable: dict[str, Durable], *, alone: bool) -> None:
    """Print one variant's figures beside their goals (times only when one person asks)."""
    title = {"plain": "No tool", "tool": "One tool"}[variant]
    print(f"\n{title + f' ({len(found)} turns)':46} {'p10':>9} {'p50':>9} {'p95':>9}")
    goals = ADDED_FIRST_MS[variant] if alone else None
    lines = [*_times(found, goals), *(_requests(found) if alone else []), *_sizes(found), *_durable(found, durable)]
    for line in lines:
        print(line)


def _times(found: list[Account], goals: tuple[float, float] | None) -> list[Line]:
    def milliseconds(name: str, value: Callable[[Account], float | None]) -> Line | None:
        values = [seconds * 1000 for each in found if (seconds := value(each)) is not None]
        return Line(name=name, values=values, unit="ms") if values else None

    first = [each.added_first * 1000 for each in found]
    parts = [
        milliseconds("added to the whole turn", lambda each: each.added_total),
        milliseconds("  question sent -> model asked", lambda each: each.ingress),
        milliseconds("  model done -> tool called", lambda each: each.to_tool),
        milliseconds("  tool done -> model asked", lambda each: each.from_tool),
        milliseconds("  first token -> first delta", lambda each: each.delta_out),
        milliseconds("  model done -> chat_response", lambda each: each.done_out),
    ]
    ages = [age * 1000 for each in found for age in each.asked.ages]
    return [
        Line(name="added before the first delta", values=first, unit="ms", goals=goals),
        *(part for part in parts if part is not None),
        Line(name="age of a token when it arrives", values=ages, unit="ms"),
    ]


def _requests(found: list[Account]) -> list[Line]:
    def requests(kinds: frozenset[Kind]) -> list[float]:
        return [sum(each.kinds[kind] for kind in kinds) for each in found]

    per_step = [each.step_requests for each in found]
    return [
        Line(name="log writes", values=requests(WRITES - {"checkpoint"}), unit=""),
        Line(name="log checkpoints", values=requests(frozenset({"checkpoint"})), unit=""),
        Line(name="log reads and queries", values=requests(READS), unit=""),
        Line(
            name="log requests per model step, no checkpoints",
            values=per_step,
            unit="",
            goals=(REQUESTS_PER_STEP, REQUESTS_PER_STEP),
        ),
    ]


def _sizes(found: list[Account]) -> list[Line]:
    return [
        Line(name="model calls", values=[len(each.models) for each in found], unit=""),
        Line(name="delta frames per answer", values=[each.asked.deltas for each in found], unit=""),
        Line(name="frames to the client", values=[each.asked.frames for each in found], unit=""),
        Line(name="bytes to the client", values=[each.asked.bytes for each in found], unit="B"),
        Line(name="2 kB units to the client", values=[each.asked.bytes / UNIT_BYTES for each in found], unit=""),
    ]


def _durable(found: list[Account], durable: dict[str, Durable]) -> list[Line]:
    mine = [durable[each.asked.turn_id] for each in found]
    goals = (HISTORY_BYTES, HISTORY_BYTES)
    return [
        Line(name="durable history", values=[each.bytes for each in mine], unit="B", goals=goals),
        Line(name="durable actions", values=[each.actions for each in mine], unit=""),
        Line(name="activities", values=[each.activities for each in mine], unit=""),
        Line(name="orchestrator episodes", values=[each.episodes for each in mine], unit=""),
    ]


def processor(used: Cpu, turns: int) -> None:
    """Print the processor time of each program per turn, warm-up included, and how disturbed the run was."""
    print(f"  processor time per turn, over {turns} turns:")
    for name, seconds in sorted(used.programs.items(), key=lambda item: -item[1]):
        print(f"    {name:42} {seconds * 1000 / turns:9.1f} ms")
    disturbed = "  (DISTURBED: times are too high)" if used.foreign > QUIET_SHARE else ""
    print(f"    other programs' share of the machine       {used.foreign:9.0%}{disturbed}")


def timeline(found: list[Account]) -> None:
    """Print the turn whose added time is the median, moment by moment (ms since the question was sent)."""
    account = sorted(found, key=lambda each: each.added_total)[len(found) // 2]
    moments: list[tuple[float, str]] = [(account.asked.first_delta, "first delta arrives"), (account.asked.done, "end")]
    for call in account.models:
        moments += [(call.span.start, f"model asked, step {call.step}"), (call.first, "  first token")]
        moments.append((call.span.end, f"model done, step {call.step}"))
    for span in account.tools:
        moments += [(span.start, "tool called"), (span.end, "tool done")]
    for note in account.requests:
        moments.append((note.start, f"store: {note.kind} {note.what} ({(note.end - note.start) * 1000:.1f} ms)"))
    print(f"\n  {account.asked.name}, moment by moment")
    for at, what in sorted(moments):
        print(f"  {(at - account.asked.sent) * 1000:9.1f}  {what}")
