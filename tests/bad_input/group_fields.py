"""What each field of the endpoints of groups must not be."""

from group_chat.creation import MAX_DESCRIPTION_CHARACTERS, MAX_TITLE_CHARACTERS, MOST_INVITED
from group_chat.invitations import MAX_DAYS, MAX_TOKEN_CHARACTERS
from shared.members import MAX_MEMBERS
from tests.bad_input.endpoint_fields import EMPTY, MISSING, Fields
from tests.bad_input.values import (
    NO_FLAG,
    NO_NUMBER,
    NO_OBJECT,
    NO_TEXT,
    NUL,
    POISON,
    QUERY_FLAGS,
    QUERY_NUMBERS,
    RIGHT_TO_LEFT,
)

_TAG_LETTER = "\U000e0041"
_NOBODY = "tenant.nobody"
_TITLE: list[object] = [
    *NO_TEXT,
    *("", " \t\n", NUL, "\u200b\ufeff", f"{RIGHT_TO_LEFT}\u2066", _TAG_LETTER),
    *("x" * (MAX_TITLE_CHARACTERS + 1), "x" * 200_000),
]
_DESCRIPTION: list[object] = [*NO_TEXT, "x" * (MAX_DESCRIPTION_CHARACTERS + 1), "x" * 200_000]
_ROLE: list[object] = [*NO_TEXT, "", "OWNER", "admin", "Admin", "owner ", "coach"]
_PRINCIPALS: list[object] = [
    *NO_TEXT,
    *("", " ", "me", "coach", "bob", ".b", "a.", "tenant.b b", "a/b.c", "a.b/../head", "a.b\n", "é.b", "a.\U0001f600"),
    *(f"a.{NUL}", f"a.{RIGHT_TO_LEFT}b", "a:b.c", "*.*", "a.*", "' OR 1=1 --", "a." + "x" * 90, "a." + "x" * 10_000),
]
_NO_SEQ: list[object] = [*NO_NUMBER, None, MISSING, 0, -1, 2**53, 10**100]


def _inside(name: str, values: list[object]) -> list[object]:
    """Return objects in which one field is bad."""
    return [{name: value} for value in values]


_SETTINGS: list[object] = [
    *NO_OBJECT,
    *_inside("follow_up", NO_FLAG),
    *_inside("ambient", NO_FLAG),
    *_inside("history", [*NO_TEXT, "", "ALL", "none"]),
    {"tools": True},
    {"__proto__": {}},
    POISON,
]
_MEMBERS: list[object] = [
    None,
    42,
    "x",
    True,
    {},
    {"0": {"principal": _NOBODY}},
    [None],
    [42],
    ["x"],
    [[]],
    [{}],
    [{"role": "member"}],
    [POISON],
    [{"principal": _NOBODY, "state": "member"}],
    [{"principal": _NOBODY}, {"principal": _NOBODY, "role": "owner"}],
    [{"principal": f"tenant.{number}"} for number in range(MOST_INVITED + 1)],
    *([{"principal": value}] for value in (*_PRINCIPALS, None)),
    *([{"principal": _NOBODY, "role": value}] for value in (*_ROLE, None)),
]
_LINK: list[object] = [
    *NO_OBJECT,
    *_inside("role", [*_ROLE, None, "owner"]),
    *_inside("hours", [*NO_NUMBER, None, 0, -1, MAX_DAYS * 24 + 1, 10**100]),
    *_inside("max_uses", [*NO_NUMBER, None, 0, -1, MAX_MEMBERS + 1, 10**100]),
    {"expires": 0},
    POISON,
]
FIELDS: dict[str, Fields] = {
    "catch_up": Fields(query={"after": [*QUERY_NUMBERS, str(2**53)]}),
    "list_groups": Fields(
        query={"before": ["x" * 201], "limit": [*QUERY_NUMBERS, "0", "101"], "archived": [*QUERY_FLAGS]}
    ),
    "create_group": Fields(
        body={
            "title": [*_TITLE, None, MISSING],
            "description": [*_DESCRIPTION, None],
            "settings": _SETTINGS,
            "members": _MEMBERS,
        },
        refused={"title": {_TAG_LETTER: EMPTY}},
    ),
    "change_group": Fields(
        body={"title": _TITLE, "description": _DESCRIPTION, "settings": _SETTINGS, "archived": NO_FLAG},
        refused={"title": {_TAG_LETTER: EMPTY}},
    ),
    "change_member": Fields(body={"role": [*_ROLE, None, MISSING]}),
    "invite_to_group": Fields(body={"principal": _PRINCIPALS, "role": _ROLE, "link": _LINK}),
    "join_group": Fields(
        body={"token": [*NO_TEXT, None, MISSING, "", "x" * (MAX_TOKEN_CHARACTERS + 1), "x" * 200_000]}
    ),
    "copy_session_to_group": Fields(
        body={"title": [*_TITLE, None, MISSING], "from_seq": _NO_SEQ, "to_seq": _NO_SEQ},
        refused={"title": {_TAG_LETTER: EMPTY}},
    ),
    "export_group": Fields(query={"format": ["", "pdf", "JSON", "../json"]}),
    "search_groups": Fields(query={"q": [MISSING, "", "x", "  x ", "x" * 101], "before": ["x" * 201]}),
}
"""The endpoints of groups that take a query or a body."""
