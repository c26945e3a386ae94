"""What the analyzer works with; built by the composition root and handed in."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from shared.common_questions.store import CommonQuestions
from shared.cosmos import Cosmos
from shared.model import Embedder, Model


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalyzerDependencies:
    """Clients and deployments of the analyzer; `embedding_model` is empty where there is none, and nothing is done."""

    cosmos: Cosmos
    questions: CommonQuestions
    model: Model
    utility_model: str
    embedder: Embedder
    embedding_model: str
    now: Callable[[], datetime]
