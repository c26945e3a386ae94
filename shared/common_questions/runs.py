"""What a run of the analyzer is to those who start it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from shared.turns import Message

ANALYZER = "analyzer"
MAX_PAGES = 40
"""How many pages of the log one run reads at most; the next run goes on where it ended."""
MAX_LABELS = 40
"""How many clusters one run has named at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRequest(Message):
    """One run of the analyzer, under the name that holds it."""

    holder: str
    pages: int = MAX_PAGES
    labels: int = MAX_LABELS


def run_name(now: datetime) -> str:
    """Return the name of a run begun now: one a minute, however often it is asked for."""
    return f"{ANALYZER}.{now:%Y%m%dT%H%M}"


@runtime_checkable
class RunsAnalyzer(Protocol):
    """Starts runs: `DurableTurnEngine`."""

    async def analyze(self, name: str, request: str) -> None:
        """Start the run of this name (`request` is a `RunRequest` as text) unless there is one.

        Raises:
            StoreUnavailable: the engine could not be reached.

        """
        ...
