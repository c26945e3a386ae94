"""Who used the processor while turns ran: each program of the stack, and programs that are none of ours."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_IDLE = frozenset({3, 4})
"""Columns of /proc/stat that are not work: idle and waiting for a disk."""
_USER = 13
_SYSTEM = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Cpu:
    """Seconds of processor time by program since it started, and of the whole machine since it started."""

    programs: Mapping[str, float]
    busy: float
    total: float

    @classmethod
    def now(cls, pids: Mapping[str, int]) -> "Cpu":
        fields = Path("/proc/stat").read_text(encoding="ascii").splitlines()[0].split()[1:9]
        ticks = [int(field) for field in fields]
        busy = sum(value for column, value in enumerate(ticks) if column not in _IDLE)
        return cls(
            programs={name: _seconds(pid) for name, pid in pids.items()},
            busy=busy / _TICKS,
            total=sum(ticks) / _TICKS,
        )

    def since(self, before: "Cpu") -> "Cpu":
        return Cpu(
            programs={name: seconds - before.programs[name] for name, seconds in self.programs.items()},
            busy=self.busy - before.busy,
            total=self.total - before.total,
        )

    def __add__(self, other: "Cpu") -> "Cpu":
        return Cpu(
            programs={name: seconds + other.programs[name] for name, seconds in self.programs.items()},
            busy=self.busy + other.busy,
            total=self.total + other.total,
        )

    def of(self, names: Iterable[str]) -> float:
        return sum(self.programs[name] for name in names)

    @property
    def shares(self) -> Mapping[str, float]:
        """The share of one core, 0 to 1, that each program used."""
        wall = self.total / (os.cpu_count() or 1)
        return {name: seconds / wall for name, seconds in self.programs.items()}

    @property
    def foreign(self) -> float:
        """The share of the machine, 0 to 1, that other programs used."""
        return max(0.0, self.busy - sum(self.programs.values())) / self.total


def _seconds(pid: int) -> float:
    # The program's name stands in brackets and may hold blanks.
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[_USER - 2]) + int(fields[_SYSTEM - 2])) / _TICKS
