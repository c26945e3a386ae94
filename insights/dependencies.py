"""What the analyzer works with; built by the composition root and handed in."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from shared.common_questions.store import CommonQuestions
from shared.cosmos import Cosmos
from shared.usage.side_calls import SideCalls


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalyzerDependencies:
    """Clients of the analyzer; `embedding_model` is the deployment, empty where there is none: then nothing is done."""

    cosmos: Cosmos
    questions: CommonQuestions
    calls: SideCalls
    embedding_model: str
    now: Callable[[], datetime]
