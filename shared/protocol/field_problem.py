"""What is wrong with a field, in the words a person is told: the field's name first, then what it has to be."""

from typing import Any, cast

from pydantic import ValidationError

_MAX_NAME = 100
_WORDS = {
    "extra_forbidden": "There is no such field here; leave it out",
    "missing": "Field required",
}


def field_problem(error: ValidationError, whole: str, *, outer: int = 0) -> str:
    """Return the first problem of `error`; `whole` names what was checked, `outer` parts of places are left out.

    Never repeats a value, and of a stranger's name for a field no more than its start.
    """
    found = error.errors(include_url=False, include_input=False)[0]
    parts = cast("tuple[object, ...]", found["loc"])[outer:]
    place = ".".join(str(part) for part in parts) or whole
    return f"{_short(place)}: {_said(cast('dict[str, Any]', found))}"


def _said(found: dict[str, Any]) -> str:
    if found["type"] == "value_error":
        # Ours: without the library's "Value error, ".
        return str(found["ctx"]["error"])
    return _WORDS.get(found["type"], str(found["msg"]))


def _short(name: str) -> str:
    shown = name.encode(errors="replace").decode()
    return shown if len(shown) <= _MAX_NAME else f"{shown[:_MAX_NAME]}…"
