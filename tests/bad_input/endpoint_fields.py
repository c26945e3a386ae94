"""What each field of each endpoint's query and body must not be; a test says so when one is missing here."""

from dataclasses import dataclass, field

from shared.memory import MAX_CHARACTERS
from tests.bad_input.values import (
    NO_FLAG,
    NO_TEXT,
    NUL,
    QUERY_DAYS,
    QUERY_FLAGS,
    QUERY_NUMBERS,
    RIGHT_TO_LEFT,
)

INVALID, EMPTY, TOO_LONG = "invalid_command", "content_empty", "content_too_long"


class Missing:
    """Stands for a field that is left out."""

    def __repr__(self) -> str:
        return "nothing"


MISSING = Missing()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """Bad values by field; `refused` are those that another code than `invalid_command` refuses."""

    body: dict[str, list[object]] = field(default_factory=dict[str, list[object]])
    query: dict[str, list[str | Missing]] = field(default_factory=dict[str, "list[str | Missing]"])
    refused: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])


_UNSEEN = ["", " \t\n", NUL, "\u200b\ufeff", f"{RIGHT_TO_LEFT}\u2066", "\U000e0041"]
_LONG = ["x" * (MAX_CHARACTERS + 1), "x" * 200_000]
_ENTRY = Fields(
    body={
        "kind": [*NO_TEXT, None, MISSING, "", "FACT", "note", "fact "],
        "text": [*NO_TEXT, None, MISSING, *_UNSEEN, *_LONG],
    },
    refused={"text": dict.fromkeys(_UNSEEN, EMPTY) | dict.fromkeys(_LONG, TOO_LONG)},
)
_DAYS: list[str | Missing] = [*QUERY_DAYS]
_FIRST_DAYS: list[str | Missing] = [*_DAYS, "9999-12-31", "0001-01-01"]
_LAST_DAYS: list[str | Missing] = [*_DAYS, "9999-12-31", "0001-01-05"]
FIELDS: dict[str, Fields] = {
    "list_sessions": Fields(
        query={"before": ["x" * 201], "limit": [*QUERY_NUMBERS, "0", "101"], "archived": [*QUERY_FLAGS]}
    ),
    "create_session": Fields(body={"temporary": [*NO_FLAG, None]}),
    "change_session": Fields(
        body={
            "title": [*NO_TEXT, "", " \t\n", NUL, f"{RIGHT_TO_LEFT}\u2066", "\U000e0041", "x" * 201],
            "pinned": NO_FLAG,
            "archived": NO_FLAG,
            "while_busy": [*NO_TEXT, "", "drop", "QUEUE"],
        },
        refused={"title": {"\U000e0041": EMPTY}},
    ),
    "read_events": Fields(query={"after": [*QUERY_NUMBERS, str(2**53)], "limit": [*QUERY_NUMBERS, "0", "501"]}),
    "export_session": Fields(query={"format": ["", "pdf", "JSON", "../json"]}),
    "search_sessions": Fields(query={"q": [MISSING, "", "x", "  x ", "x" * 101], "before": ["x" * 201]}),
    "switch_memory": Fields(body={"enabled": [*NO_FLAG, None, MISSING]}),
    "add_memory_entry": _ENTRY,
    "change_memory_entry": _ENTRY,
    "view_catalog": Fields(query={"as": ["", "x" * 65]}),
    "feedback": Fields(query={"from": _FIRST_DAYS, "to": _LAST_DAYS}),
    "tool_feedback": Fields(
        query={
            "from": _FIRST_DAYS,
            "to": _LAST_DAYS,
            "server": ["", "x" * 101],
            "tool": ["", "x" * 101],
        }
    ),
    "admin_usage": Fields(
        query={
            "since": [*_DAYS, MISSING],
            "until": [*_DAYS, MISSING, "9999-12-31", "0001-01-01"],
            "team": ["", "x" * 61, "South"],
        }
    ),
    "admin_security": Fields(
        query={
            "day": [*_DAYS, MISSING],
            "kind": ["", "admin", "ADMIN_ACCESS", "admin_access "],
            "person": ["", "x" * 101],
            "before": ["", "x" * 101],
            "limit": [*QUERY_NUMBERS, "0", "201"],
        }
    ),
}
"""The endpoints that take a query or a body."""
