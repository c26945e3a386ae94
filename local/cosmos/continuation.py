"""Continuation tokens: where a page ended, tied to the query that made it."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from local.cosmos.errors import CosmosError, bad_request
from local.cosmos.values import UNDEFINED, Json, Value, dumps, loads


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """The last result given.

    `passed` counts results so far, skipped ones included. For streamed results `seq` and `nth` name the item and
    the row within it, `sort` its ORDER BY values; computed results are found again by `passed` alone.
    """

    passed: int
    seq: int = -1
    nth: int = -1
    sort: tuple[Value, ...] = ()


def fingerprint(text: str, parameters: Mapping[str, Value]) -> str:
    """Identify a query with its parameters."""
    shown = [[name, _wrap(value)] for name, value in sorted(parameters.items())]
    return hashlib.sha256(f"{text}\0{dumps(shown)}".encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _wrap(value: Value) -> list[Json]:
    return [] if value is UNDEFINED else [value]


def encode(query: str, position: Position) -> str:
    sort: list[Json] = [_wrap(value) for value in position.sort]
    fields: list[Json] = [query, position.passed, position.seq, position.nth, sort]
    return base64.urlsafe_b64encode(dumps(fields).encode("utf-8", "surrogatepass")).decode()


def _invalid() -> CosmosError:
    return bad_request("The continuation token is invalid, or belongs to another query.")


def decode(query: str, token: str) -> Position:
    """Read a token.

    Raises:
        CosmosError: 400, no token of ours, or one of another query.

    """
    try:
        fields = loads(base64.urlsafe_b64decode(token.encode()))
    except ValueError as error:
        raise _invalid() from error
    match fields:
        case [str() as made_for, int() as passed, int() as seq, int() as nth, list() as sort] if made_for == query:
            values = tuple(_unwrap(value) for value in sort)
            return Position(passed=passed, seq=seq, nth=nth, sort=values)
        case _:
            raise _invalid()


def _unwrap(value: Json) -> Value:
    if not isinstance(value, list):
        raise _invalid()
    return value[0] if value else UNDEFINED
