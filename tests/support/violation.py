"""The names of what can be wrong with a run."""

from dataclasses import dataclass
from typing import Literal

type ViolationName = Literal[
    "lost",
    "stored though refused",
    "duplicate turn",
    "duplicate event",
    "seq gap",
    "several ends",
    "after the end",
    "order",
    "floor not free",
    "truncated shown as complete",
    "effect twice",
    "delta gap",
    "text mismatch",
    "not streamed",
    "not announced",
    "never told",
    "live fold is not log fold",
    "foreign conversation seen",
    "evidence missing",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One thing that is wrong; `where` is an id."""

    name: ViolationName
    where: str
    detail: str

    def __str__(self) -> str:
        return f"{self.name}: {self.where}: {self.detail}"
