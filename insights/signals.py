"""How it went when people asked: votes, failed tools, repeats, questions without an answer. Pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from shared.common_questions.shapes import AskedQuestion, Signals

REPEAT_WITHIN = timedelta(days=1)


def summed(questions: Iterable[AskedQuestion]) -> Signals:
    """Add up what became of the questions of one cluster."""
    asked = sorted(questions, key=lambda question: question.at)
    return Signals(
        up=sum(question.up for question in asked),
        down=sum(question.down for question in asked),
        tool_failures=sum(question.tool_failures for question in asked),
        repeats=_repeats(asked) + sum(question.asked_again for question in asked),
        unanswered=sum(question.unanswered for question in asked),
    )


def _repeats(asked: Iterable[AskedQuestion]) -> int:
    """Count the questions that the same person had asked within a day before; `asked` is in order of time."""
    last, repeats = dict[str, datetime](), 0
    for question in asked:
        at = datetime.fromisoformat(question.at)
        before = last.get(question.person)
        repeats += before is not None and at - before <= REPEAT_WITHIN
        last[question.person] = at
    return repeats
