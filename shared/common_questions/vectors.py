"""Vectors as they are stored: unit length, 32-bit floats, base64. Small enough a job to need no library."""

import base64
import math
from array import array
from collections.abc import Iterable, Sequence

DIMENSIONS = 512
"""So many are asked of the embedding model: half the quality of more is rarely seen, and 50,000 fit into 100 MB."""


def packed(values: Iterable[float]) -> str:
    """Return the text of a vector, brought to unit length; one without direction stays zero."""
    numbers = array("f", values)
    length = math.sqrt(math.sumprod(numbers, numbers))
    return base64.b64encode(array("f", (value / length for value in numbers)) if length else numbers).decode()


def unpacked(text: str) -> array[float]:
    numbers = array("f")
    numbers.frombytes(base64.b64decode(text))
    return numbers


def similarity(one: Sequence[float], other: Sequence[float]) -> float:
    """Return the cosine of two unit vectors; 0 for vectors of different models, which cannot be compared."""
    return math.sumprod(one, other) if len(one) == len(other) else 0.0
