"""Embeddings by hashing words and their trigrams: deterministic, and near for texts that share vocabulary."""

import base64
import hashlib
import math
import re
import struct
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, cast

import snowballstemmer

from local.openai.errors import invalid, not_found
from local.openai.limits import estimate

DIMENSIONS = {"text-embedding-3-small": 1536, "text-embedding-3-large": 3072, "text-embedding-ada-002": 1536}
MAX_INPUTS = 2048
WORD_WEIGHT = 1.0
TRIGRAM_WEIGHT = 0.25
STOP_WORDS = frozenset(
    [
        "a",
        "an",
        "and",
        "are",
        "as",
        "at",
        "be",
        "by",
        "can",
        "do",
        "does",
        "for",
        "from",
        "how",
        "i",
        "in",
        "is",
        "it",
        "my",
        "of",
        "on",
        "or",
        "our",
        "should",
        "that",
        "the",
        "their",
        "they",
        "this",
        "to",
        "was",
        "we",
        "what",
        "when",
        "which",
        "who",
        "will",
        "with",
        "you",
        "your",
    ]
)
_stem = cast("Any", snowballstemmer).stemmer("english").stemWord


@lru_cache(maxsize=50_000)
def _features(word: str) -> tuple[tuple[int, float], ...]:
    """Return hash and signed weight of a word and of its trigrams."""
    stem = str(_stem(word))
    padded = f"<{stem}>"
    grams = {padded[index : index + 3] for index in range(len(padded) - 2)}
    weighted = [(stem, WORD_WEIGHT), *((gram, TRIGRAM_WEIGHT) for gram in sorted(grams))]
    result: list[tuple[int, float]] = []
    for text, weight in weighted:
        number = int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest())
        result.append((number >> 1, weight if number & 1 else -weight))
    return tuple(result)


def vector(text: str, dimensions: int) -> list[float]:
    """Return the unit vector of a text; a text without words gets a fixed direction."""
    words = re.findall(r"\w+", text.lower())
    counts = Counter(word for word in words if word not in STOP_WORDS) or Counter(words or ["\0"])
    values = [0.0] * dimensions
    for word, count in counts.items():
        scale = 1.0 + math.log(count)
        for number, weight in _features(word):
            values[number % dimensions] += scale * weight
    length = math.sqrt(sum(value * value for value in values)) or 1.0
    return [value / length for value in values]


def _inputs(given: object) -> Iterator[str]:
    """Yield the texts of `input`: a string, strings, token ids, or lists of token ids."""
    if isinstance(given, str):
        yield given
        return
    if not isinstance(given, list):
        raise invalid("Missing required parameter: 'input'.", param="input")
    several = cast("list[object]", given)
    if several and all(isinstance(value, int) for value in several):
        yield " ".join(str(value) for value in several)
        return
    for value in several:
        if isinstance(value, str):
            yield value
        elif isinstance(value, list):
            yield " ".join(str(token) for token in cast("list[object]", value))
        else:
            raise invalid("Invalid type for 'input': expected strings or tokens.", param="input")


def embed(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Answer an embeddings request.

    Raises:
        ApiError: 400 for bad input or dimensions, 404 for a model that embeds nothing.

    """
    model = str(body.get("model") or "")
    if model not in DIMENSIONS:
        raise not_found(f"The embedding model '{model}' does not exist.", code="model_not_found")
    texts = list(_inputs(body.get("input")))
    if not texts or len(texts) > MAX_INPUTS or not all(texts):
        raise invalid(f"'input' must be 1 to {MAX_INPUTS} texts, none of them empty.", param="input")
    wanted = body.get("dimensions", DIMENSIONS[model])
    if not isinstance(wanted, int) or not 1 <= wanted <= DIMENSIONS[model]:
        raise invalid(f"'dimensions' must be 1 to {DIMENSIONS[model]}.", param="dimensions")
    encoded = body.get("encoding_format") == "base64"
    spent = sum(estimate(text) for text in texts)
    return {
        "object": "list",
        "model": model,
        "data": [
            {"object": "embedding", "index": index, "embedding": _encode(vector(text, wanted), as_base64=encoded)}
            for index, text in enumerate(texts)
        ],
        "usage": {"prompt_tokens": spent, "total_tokens": spent},
    }


def _encode(values: Sequence[float], *, as_base64: bool) -> object:
    if not as_base64:
        return values
    return base64.b64encode(struct.pack(f"<{len(values)}f", *values)).decode()
