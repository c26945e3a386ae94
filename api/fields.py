"""Fields that bodies of several endpoints share."""

from typing import Any

from pydantic import BeforeValidator, Field

PRINCIPAL = Field(min_length=1, max_length=90, pattern=r"^[A-Za-z0-9_\-]+\.[A-Za-z0-9_.\-]+$")
"""`<tenant>.<object id>`, as the app names people."""


def _integral(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


INTEGRAL = BeforeValidator(_integral)
"""For a whole number in a body: JSON knows no other numbers than `1.0`, which is one; stands behind its bounds."""
