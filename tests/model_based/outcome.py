"""What became of one command."""

from dataclasses import dataclass

from tests.model_based.prediction import Answer, Meaning

_PASSING = frozenset({"store_unavailable", "publish_failed"})
"""What a worker that just died may leave a command answered with."""


@dataclass(slots=True, kw_only=True)
class Outcome:
    """One command sent: what it meant, what it was answered (None: nobody knows), between which heads that was."""

    meaning: Meaning
    sent_at: int
    answered_at: int = 0
    answer: Answer | None = None
    killed: bool = False
    hung_up: bool = False

    @property
    def fate(self) -> str:
        """Return what is known of it: `accepted`, the code it was refused with, or `unknown`."""
        if self.answer is None or (self.killed and self.answer.code in _PASSING):
            return "unknown"
        return self.answer.code or "accepted"
