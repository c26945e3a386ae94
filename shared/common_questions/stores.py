"""All that is kept of common questions, as one client of the process."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from shared.common_questions.approved import ApprovedAnswers
from shared.common_questions.store import CommonQuestions
from shared.cosmos import Cosmos


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionStores:
    """Questions with their clusters, and approved answers; `cosmos` for reading on in the log."""

    cosmos: Cosmos
    questions: CommonQuestions
    approved: ApprovedAnswers

    @classmethod
    def over(cls, cosmos: Cosmos, now: Callable[[], datetime]) -> Self:
        return cls(cosmos=cosmos, questions=CommonQuestions(cosmos), approved=ApprovedAnswers(cosmos, now))
