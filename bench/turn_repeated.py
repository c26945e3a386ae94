"""One load measured several times: a disturbed repetition must not decide a figure."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import reduce
from operator import add
from statistics import median

from bench.turn_account import Account
from bench.turn_figures import spread
from bench.turn_load import Measured, Plan

type Values = Callable[[Measured], Iterable[float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeated:
    """The repetitions of one plan, at least one."""

    repetitions: tuple[Measured, ...]

    @property
    def plan(self) -> Plan:
        return self.repetitions[0].plan

    @property
    def pooled(self) -> Measured:
        """All repetitions as one, for what is counted and not timed."""
        return reduce(add, self.repetitions)

    @property
    def accounts(self) -> list[Account]:
        return [each for measured in self.repetitions for each in measured.accounts]

    def times(self, values: Values) -> tuple[float, ...]:
        """Return p50 and p95: the medians of those of each repetition.

        One person's turns are few: a repetition's p95 would be its slowest turn and the median of three of those too
        good, so they are taken together.
        """
        if self.plan.people == 1:
            return spread(value for each in self.repetitions for value in values(each))
        found = [figures for each in self.repetitions if (figures := spread(values(each)))]
        return tuple(median(place) for place in zip(*found, strict=True))

    def median(self, value: Callable[[Measured], float]) -> float:
        """Return the median of what each repetition has for one figure."""
        return median(value(each) for each in self.repetitions)
