"""The figures of a chaos run, printed."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bench.chaos_notes import Asked
from shared.protocol.ephemeral import MessageStarted
from tests.support.history import ClientHistory
from tests.support.violation import Violation

_SHOWN = 20
HEARD = 0.95
"""So many of the turns have to be heard from begin to end, or too little of what is streamed was judged."""
HEARD_UNDER_KILLS = 0.5
"""Less, where sockets are cut: a visit that is cut off anywhere counts for nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What had to happen in a run: all of its turns, and the trouble they were to get through.

    `model_faults` and `effects`: questions at which the model fails first, and that call a writing tool.
    """

    turns: int
    kills: bool
    model_faults: int
    effects: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """One run. `resent`: questions sent more than once; `repeated`: model calls after a step's first.

    `resets`: attempts a client saw begin after a step's first; `effects`: executions of a tool that must not run twice.
    `heard`: turns whose text, as it was written, somebody heard from begin to end and the checker judged.
    """

    name: str
    wanted: Wanted
    asked: tuple[Asked, ...]
    seconds: float
    kills: int
    mischief: dict[str, int]
    model_faults: int
    effects: int
    heard: int
    resent: int
    reconnects: int
    syncs: int
    resets: int
    repeated: int
    violations: tuple[Violation, ...]

    @property
    def milliseconds(self) -> list[float]:
        """Return the turns' times from the first send to the end told, sorted."""
        return sorted((asked.done - asked.begun) * 1000 for asked in self.asked if asked.done)

    @property
    def p95_ms(self) -> float:
        return percentile(self.milliseconds, 95)

    @property
    def sound(self) -> bool:
        """Nothing was wrong, every turn was completed, and what it was to get through did happen."""
        return not self.violations and not self.shortcomings

    @property
    def shortcomings(self) -> list[str]:
        """Tell why the run proves nothing, or not all: no fault here is one that a turn does not outlast."""
        wanted = self.wanted
        found = {
            f"not all of {wanted.turns} turns completed": self.endings != {"completed": wanted.turns},
            "the worker was never killed": wanted.kills and not self.kills,
            "no delivery was disturbed": wanted.kills and not self.mischief,
            f"{wanted.model_faults} model faults wanted": self.model_faults < wanted.model_faults,
            "no effect was made": bool(wanted.effects) and not self.effects,
            f"{self.heard} turns heard from begin to end": self.heard < self._floor * wanted.turns,
        }
        return [shortcoming for shortcoming, true in found.items() if true]

    @property
    def _floor(self) -> float:
        return HEARD_UNDER_KILLS if self.wanted.kills else HEARD

    @property
    def endings(self) -> Counter[str]:
        """Count how the turns ended; `none` for those whose end no client was told."""
        return Counter(asked.status or "none" for asked in self.asked)

    @property
    def by_name(self) -> Counter[str]:
        return Counter(violation.name for violation in self.violations)


def resets(clients: Sequence[ClientHistory]) -> int:
    """Count the attempts clients saw begin beyond each step's first."""
    newest: dict[str, int] = {}
    for client in clients:
        for visit in client.visits:
            for frame in visit.frames:
                if isinstance(frame, MessageStarted):
                    newest[frame.message_id] = max(frame.attempt, newest.get(frame.message_id, 1))
    return sum(attempt - 1 for attempt in newest.values())


def percentile(values: Sequence[float], percent: int) -> float:
    """Return the nearest-rank percentile of sorted values; 0 of none."""
    return values[max(0, -(-len(values) * percent // 100) - 1)] if values else 0.0


def lines(figures: Figures) -> list[str]:
    """Return the run's figures as lines of text."""
    times = figures.milliseconds
    highest = times[-1] if times else 0.0
    endings = ", ".join(f"{count} {name}" for name, count in figures.endings.most_common())
    rate = f"{endings} in {figures.seconds:.1f} s ({len(times) / figures.seconds:.1f} turns/s)"
    disturbed = ", ".join(f"{name} {count}" for name, count in sorted(figures.mischief.items())) or "not disturbed"
    trouble = f"{figures.kills} kills, {figures.model_faults} model faults, {figures.effects} effects"
    shown = [
        f"{figures.name}: {len(figures.asked)} turns, {rate}",
        f"  turn time p50 {percentile(times, 50):.0f}, p95 {figures.p95_ms:.0f}, max {highest:.0f} ms",
        f"  {trouble}; deliveries: {disturbed}",
        f"  model steps repeated: {figures.repeated}; attempts reset before a client's eyes: {figures.resets}",
        f"  turns heard from begin to end: {figures.heard}",
        f"  questions sent again: {figures.resent}; reconnects: {figures.reconnects}; syncs: {figures.syncs}",
    ]
    slowest = max(figures.asked, key=lambda asked: asked.done - asked.begun, default=None)
    if slowest is not None:
        shown.append(f"  slowest: {slowest.question.text!r} in {slowest.conversation_id}, sent {slowest.tries} times")
    shown += [f"  UNSOUND: {shortcoming}" for shortcoming in figures.shortcomings]
    if not figures.violations:
        return [*shown, "  0 violations"]
    counts = ", ".join(f"{name} {count}" for name, count in figures.by_name.most_common())
    return [
        *shown,
        f"  {len(figures.violations)} VIOLATIONS: {counts}",
        *(f"    {v}" for v in figures.violations[:_SHOWN]),
    ]
