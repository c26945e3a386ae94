"""What a request may bring: its path, query and body, read once and refused by name."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from shared.errors import CommandRefused
from shared.protocol.codes import ErrorCode
from shared.protocol.field_problem import field_problem
from shared.protocol.strict_json import JsonUnusable, read_json
from shared.tools.text import VISIBLE

MAX_BODY_BYTES = 256 * 1024
JSON = "application/json"
PATH_VALUE = r"^[A-Za-z0-9_.\-]{1,100}$"
"""What a part of a path may be: an id."""
_PATH_VALUE = re.compile(PATH_VALUE[:-1] + r"\Z")
_UTF_8 = frozenset({"utf-8", "utf8"})


def _written(pattern: str, words: str) -> BeforeValidator:
    def check(value: object) -> object:
        if isinstance(value, str) and re.fullmatch(pattern, value) is None:
            raise ValueError(words)
        return value

    return BeforeValidator(check)


FLAG = _written("true|false", "write true or false")
"""For a truth value in a query."""
WHOLE = _written("[0-9]{1,16}", "write a whole number in digits")
"""For a number in a query; stands behind its bounds."""
type Day = Annotated[date, _written(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", "write a day as 2026-03-02")]


def searched(pattern: str, words: str) -> AfterValidator:
    """Check that a text has something the pattern finds; `words` tell who writes it what to do."""

    def check(text: str) -> str:
        if re.search(pattern, text) is None:
            raise ValueError(words)
        return text

    return AfterValidator(check)


type Legible = Annotated[
    str, searched(VISIBLE, "write something that can be read"), Field(json_schema_extra={"pattern": VISIBLE})
]


class Input(BaseModel):
    """A request's body or query: unknown fields are refused by name."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def check_path(path: Mapping[str, str]) -> None:
    """Check what stands in the path.

    Raises:
        CommandRefused: a part is no id.

    """
    for name, value in path.items():
        if _PATH_VALUE.match(value) is None:
            raise CommandRefused(f"{name}: give an id: up to 100 letters, digits, '_', '.' or '-'.")


def read_query[T: Input](kind: type[T], query: Mapping[str, str]) -> T:
    """Return the query.

    Raises:
        CommandRefused: it is not what it has to be; the message names the parameter.

    """
    try:
        return kind.model_validate(dict(query))
    except ValidationError as error:
        raise CommandRefused(field_problem(error, "query")) from None


def read_body[T: Input](kind: type[T], body: bytes, media_type: str | None) -> T:
    """Return the body, which is JSON whoever sends it; none at all is an empty object.

    Raises:
        CommandRefused: it is too large, said to be something else, or not what it has to be; the message names the
            field.

    """
    if len(body) > MAX_BODY_BYTES:
        raise CommandRefused(
            f"The body is larger than {MAX_BODY_BYTES // 1024} kB. Send less.", code=ErrorCode.CONTENT_TOO_LONG
        )
    if body and media_type is not None and not _is_json(media_type):
        raise CommandRefused(f"Content-Type: send {JSON}, in UTF-8.", code=ErrorCode.MEDIA_TYPE_UNSUPPORTED)
    try:
        found = kind.model_validate_json(body or b"{}", strict=True)
        read_json(body or b"{}")
    except ValidationError as error:
        raise CommandRefused(field_problem(error, "body")) from None
    except JsonUnusable as error:
        raise CommandRefused(f"body: Invalid JSON: {error}") from None
    return found


def _is_json(media_type: str) -> bool:
    kind, *parameters = (part.strip().lower() for part in media_type.split(";"))
    charsets = [
        value.strip('" ') for name, _, value in (part.partition("=") for part in parameters) if name == "charset"
    ]
    return kind == JSON and all(charset in _UTF_8 for charset in charsets)
