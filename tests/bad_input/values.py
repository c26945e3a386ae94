"""Values that cannot be, by what they stand for: each list breaks one field and nothing else."""

from typing import Any

NUL, RIGHT_TO_LEFT, ESCAPE = "\x00", "\u202e", "\x1b[2J"
POISON = {"__class__": "Document", "__module__": "azure.functions", "__data__": "{}"}
"""Would become an object of the durable engine's choosing, were it handed over as it is."""


def nested(name: str, inner: object, levels: int = 60) -> dict[str, Any]:
    """Return objects within each other, nearly as deep as they may be."""
    outer: dict[str, Any] = {name: inner}
    for _ in range(levels - 1):
        outer = {name: outer}
    return outer


NO_TEXT: list[object] = [42, 1.5, True, {}, [], ["x"], POISON]
NO_FLAG: list[object] = ["true", "yes", 0, 1, 1.0, {}, [], [True]]
NO_NUMBER: list[object] = ["5", "", "two", True, 1.5, {}, [], [1], POISON]
NO_OBJECT: list[object] = [42, "x", "{}", True, [], [{}]]
NO_ID: list[object] = [
    *NO_TEXT,
    "",
    " ",
    "*",
    "a b",
    "a/b",
    "a\\b",
    "a?b",
    "a#b",
    "a:b",
    "a%2fb",
    "..%2f..",
    "../../head",
    "@a",
    "s_a\n",
    f"s_{NUL}",
    f"s_{RIGHT_TO_LEFT}a",
    "s_é",
    "s_\U0001f600",
    "' OR 1=1 --",
    "a" * 101,
    "a" * 10_000,
]
NO_COMMAND_ID: list[object] = [*NO_TEXT, "", "x" * 201, "x" * 10_000]
NO_PLACE: list[object] = [*NO_NUMBER, -1, 2**53, 10**100]

PATH_VALUES = [value for value in NO_ID if isinstance(value, str) and value]
"""What a decoded part of a path may hold that is no id; an empty one finds another route."""
QUERY_NUMBERS = ["-1", "0x1", "1e2", "5.0", "1_0", " 5", "5 ", "+5", "ten", "", "\u0665", "NaN", "null", "9" * 5000]
QUERY_FLAGS = ["yes", "1", "0", "TRUE", "on", "null", ""]
QUERY_DAYS = [
    "2026-02-30",
    "2026-3-2",
    "02.03.2026",
    "2026-W10-1",
    "20260302",
    "2026-03-02T00:00:00",
    "0",
    "1700000000",
    "\u0662\u0660\u0662\u0666-\u0660\u0663-\u0660\u0662",
    "tomorrow",
    "",
    "-001-01-01",
    "0000-01-01",
    "99999-01-01",
]
KEYS = ["", " ", "a b", "é", f"a{NUL}", "a\nb", "a\r\nX: y", "x" * 201, "\U0001f600"]
"""What no Idempotency-Key can be."""
TAGS = ["", '"', "1", "'1'", 'W/"1"', '"1", "2"', '"-1"', '"1.5"', '"x"', '""', '"9999999999"']
"""What no memory's ETag can be."""

MALFORMED: dict[str, bytes] = {
    "null": b"null",
    "an array": b"[]",
    "a string": b'"x"',
    "a number": b"1",
    "text": b"hello",
    "a form": b"title=x&pinned=true",
    "markup": b"<x/>",
    "half an object": b'{"a": ',
    "garbage behind": b"{}x",
    "two objects": b"{}{}",
    "single quotes": b"{'a': 1}",
    "a comment": b"{/**/}",
    "a byte order mark": b"\xef\xbb\xbf{}",
    "UTF-16": '{"title": "x"}'.encode("utf-16"),
    "no UTF-8": b'{"title": "\xff\xfe"}',
    "a NUL byte": b'{"title": "a\x00b"}',
    "half a surrogate pair": b'{"title": "\\ud800"}',
    "nested without end": b'{"a":' * 50_000,
    "five thousand digits": b'{"title": ' + b"9" * 5000 + b"",
}
"""Bodies that are no JSON object, whatever the endpoint."""
