"""Splits query text into tokens."""

import json
import re
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from local.cosmos.sql.errors import SqlError


class Kind(Enum):
    NUMBER = auto()
    STRING = auto()
    PARAMETER = auto()
    WORD = auto()
    SYMBOL = auto()
    END = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """`text` is the decoded value of a string, the source text of everything else."""

    kind: Kind
    text: str
    position: int


_PATTERN: Final = re.compile(
    r"""(?P<SPACE>(?:\s|--[^\n]*)+)
    |(?P<NUMBER>0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
    |(?P<STRING>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')
    |(?P<PARAMETER>@\w+)
    |(?P<WORD>[^\W\d]\w*)
    |(?P<SYMBOL>\?\?|<>|!=|<=|>=|\|\||[-+*/%=<>(){}\[\],.:?&|^~])""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE: Final = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_PLAIN_ESCAPES: Final = {"'": "'", '"': '"', "\\": "\\", "/": "/"}


def _unescape(match: re.Match[str]) -> str:
    escaped = match.group(1)
    if escaped in _PLAIN_ESCAPES:
        return _PLAIN_ESCAPES[escaped]
    try:
        return str(json.loads(f'"\\{escaped}"'))
    except ValueError as error:
        raise SqlError(f"Syntax error, invalid escape '\\{escaped}' in a string.") from error


def tokenize(text: str) -> list[Token]:
    """Split the text; the last token is always END.

    Raises:
        SqlError: a character or an open string that starts no token.

    """
    found: list[Token] = []
    position = 0
    while position < len(text):
        match = _PATTERN.match(text, position)
        if match is None:
            raise SqlError(f"Syntax error, incorrect syntax near '{text[position : position + 20]}'.")
        name = match.lastgroup or ""
        if name == "STRING":
            found.append(Token(Kind.STRING, _ESCAPE.sub(_unescape, match.group()[1:-1]), position))
        elif name != "SPACE":
            found.append(Token(Kind[name], match.group(), position))
        position = match.end()
    return [*found, Token(Kind.END, "", len(text))]
