"""Where in a JSON text a value stands, so that a mistake can be shown by line and column."""

import json
import re

_BLANKS = re.compile(r"[ \t\n\r]*")


def place_of(text: str, path: tuple[str | int, ...]) -> tuple[int, int]:
    """Return line and column (from 1) of the value at `path` in valid JSON.

    Where the path leads to nothing, the place is that of the innermost value it does lead to.
    """
    place = _skip(text, 0)
    for step in path:
        found = _member(text, place, step)
        place = place if found is None else found
    before = text[:place]
    return before.count("\n") + 1, place - (before.rfind("\n") + 1) + 1


def _skip(text: str, place: int) -> int:
    found = _BLANKS.match(text, place)
    return found.end() if found else place


def _member(text: str, place: int, step: str | int) -> int | None:
    opening = text[place : place + 1]
    if opening not in {"{", "["}:
        return None
    place, number = _skip(text, place + 1), 0
    while text[place] not in "}]":
        name: str | int = number
        if opening == "{":
            name, end = json.JSONDecoder().raw_decode(text, place)
            place = _skip(text, _skip(text, end) + 1)
        if name == step:
            return place
        _, end = json.JSONDecoder().raw_decode(text, place)
        place = _skip(text, end)
        if text[place] == ",":
            place = _skip(text, place + 1)
        number += 1
    return None
