"""Vectors for tests."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from local.openai.embeddings import vector
from shared.model import Embedded
from shared.protocol.shapes import Usage

TOKENS = 7
"""What each text takes."""


@dataclass(slots=True)
class HashingEmbedder:
    """Embeds by hashing words, and notes what it was given; `broken` is raised instead."""

    texts: list[str] = field(default_factory=list[str])
    broken: Exception | None = None

    async def embed(self, deployment: str, texts: Sequence[str], dimensions: int) -> Embedded:
        if self.broken is not None:
            raise self.broken
        self.texts += texts
        usage = Usage(input_tokens=TOKENS * len(texts))
        return Embedded(vectors=[vector(text, dimensions) for text in texts], usage=usage)
