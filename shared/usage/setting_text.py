"""Settings whose value is JSON text, such as `MODEL_PRICES`."""

import json
from decimal import Decimal
from typing import Any, NoReturn

from pydantic import BaseModel, ConfigDict


class SettingShape(BaseModel):
    """A part of such a setting: types are exact and unknown names refused, so that a slip is not a silent default."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def from_json(value: object) -> object:
    """Return what a JSON text says, fractions as `Decimal`; what is no text is returned as it is.

    Raises:
        ValueError: the text is not JSON, or gives a name twice.

    """
    if not isinstance(value, str):
        return value
    return json.loads(value, parse_float=Decimal, parse_constant=_no_number, object_pairs_hook=_unique)


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"'{name}' is given twice")
        found[name] = value
    return found
