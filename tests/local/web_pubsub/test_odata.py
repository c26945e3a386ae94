import pytest

from local.web_pubsub.connection import Connection
from local.web_pubsub.odata import compile_filter
from local.web_pubsub.odata_values import FilterError
from local.web_pubsub.permissions import Permissions


def connection(user_id: str | None = "Ann", groups: frozenset[str] = frozenset({"g1", "g2"})) -> Connection:
    one = Connection(
        connection_id="c1",
        hub="chat",
        user_id=user_id,
        subprotocol="json.webpubsub.azure.v1",
        permissions=Permissions(),
        on_overflow=lambda _, __: None,
    )
    one.groups = groups
    return one


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("userId eq 'Ann'", True),
        ("USERID eq 'ann'", False),
        ("userId ne 'Bob' and connectionId eq 'c1'", True),
        ("'g1' in groups", True),
        ("'g3' in groups or not ('g2' in groups)", False),
        ("not 'g3' in groups", True),
        ("userId in ('Bob', 'Ann')", True),
        ("userId in ('Bob')", False),
        ("userId eq null", False),
        ("null ne userId", True),
        ("length(userId) gt 2 and length(groups) le 2", True),
        ("length(userId) lt 3 or length(userId) ge 4", False),
        ("tolower(userId) eq 'ann' and toupper(userId) eq 'ANN'", True),
        ("startswith(protocol, 'json.') and endswith(protocol, '.v1')", True),
        ("contains(protocol, 'reliable')", False),
        ("indexof(userId, 'n') eq 1", True),
        ("indexof(userId, 'z') eq -1", True),
        ("concat(userId, '''s') eq 'Ann''s'", True),
        ("substring(userId, 1) eq 'nn' and substring(userId, 0, 2) eq 'An'", True),
        ("trim('  x ') eq 'x'", True),
        ("true or false", True),
        ("(((userId eq 'Ann')))", True),
        ("userId eq 'a' or userId eq 'b' and true", False),
    ],
)
def test_an_expression_is_evaluated(source: str, expected: bool) -> None:  # noqa: FBT001 - a table column
    assert compile_filter(source)(connection()) is expected


def test_a_client_without_user_equals_null() -> None:
    assert compile_filter("userId eq null")(connection(user_id=None)) is True


@pytest.mark.parametrize(
    "source",
    [
        "",
        "userId",
        "userId eq",
        "userId eq 'x",
        "userId = 'x'",
        "nothing eq 1",
        "length()",
        "length(userId, userId) eq 1",
        "explode(userId)",
        "userId eq 'a' userId eq 'b'",
        "userId in ()",
        "userId in (1)",
        "userId gt 'a'",
        "userId eq 1",
        "length(1) eq 1",
        "'a' in userId",
        "true or userId",
        "substring(userId, -1) eq ''",
        "not userId",
        "(" * 101 + "true" + ")" * 101,
        "not " * 101 + "true",
    ],
)
def test_nonsense_is_refused(source: str) -> None:
    with pytest.raises(FilterError):
        compile_filter(source)(connection())


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("invalid filter", "Syntax error at position 14 in 'invalid filter'."),
        ("userId = 'x'", "Syntax error at position 7 in 'userId = 'x''."),
        ("userId eq", "Syntax error at position 9 in 'userId eq'."),
        ("invalid eq 1", "Could not find a property named 'invalid'."),
    ],
)
def test_a_refusal_is_worded_as_the_services(source: str, message: str) -> None:
    with pytest.raises(FilterError) as refused:
        compile_filter(source)
    assert str(refused.value) == f"Invalid syntax for '{source}': {message} (Parameter 'filter')"
