"""Text to syntax tree."""

import pytest

from local.cosmos.sql import tree
from local.cosmos.sql.errors import SqlError
from local.cosmos.sql.parser import parse
from local.cosmos.sql.tokens import Kind, tokenize
from local.cosmos.values import UNDEFINED


def value_of(text: str) -> tree.Expression:
    found = parse(f"SELECT VALUE {text}").value
    assert found is not None
    return found


def number(value: float) -> tree.Literal:
    return tree.Literal(value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("'it\\'s'", "it's"),
        ('"a\\"b"', 'a"b'),
        ("'\\u00fc\\n\\\\'", "ü\n\\"),
        ("'--no comment'", "--no comment"),
        ("0x1F", "0x1F"),
        ("1.5e-3", "1.5e-3"),
        (".5", ".5"),
    ],
)
def test_a_token_keeps_its_meaning(text: str, expected: str) -> None:
    tokens = tokenize(f"  -- a comment\n {text} -- more")
    assert [token.text for token in tokens] == [expected, ""]
    assert tokens[-1].kind is Kind.END


def test_products_bind_tighter_than_sums_and_comparisons_than_both() -> None:
    expected = tree.Comparison(
        "=", tree.Binary("+", number(1), tree.Binary("*", number(2), number(3))), tree.Unary("-", number(7))
    )
    assert value_of("1 + 2 * 3 = -7") == expected


def test_not_binds_tighter_than_and_and_and_than_or() -> None:
    expected = tree.Or(tree.And(tree.Not(tree.Literal(True)), tree.Literal(False)), tree.Literal(None))
    assert value_of("NOT true AND false OR null") == expected


def test_differences_group_from_the_left() -> None:
    assert value_of("9 - 3 - 1") == tree.Binary("-", tree.Binary("-", number(9), number(3)), number(1))


def test_between_does_not_swallow_the_next_condition() -> None:
    found = value_of("1 BETWEEN 0 AND 2 AND true")
    assert found == tree.And(tree.Between(number(1), number(0), number(2)), tree.Literal(True))


def test_keywords_may_be_property_names_behind_a_dot() -> None:
    assert parse("SELECT c.order, c.value FROM c").items[0].name == "order"


def test_keywords_ignore_case_and_names_do_not() -> None:
    query = parse("select top 3 value C.x from C where C.y = UNDEFINED order by C.x desc")
    assert query.top == number(3)
    assert query.sources == (tree.Source(alias="C", value=tree.Name("C")),)
    assert query.where == tree.Comparison("=", tree.Member(tree.Name("C"), tree.Literal("y")), tree.Literal(UNDEFINED))
    assert query.order[0].descending


def test_items_get_the_name_of_their_alias_or_last_property_or_a_number() -> None:
    query = parse("SELECT c.a.b, c['x y'], 1 AS one, 2 two, 3, c.d + 1 FROM c")
    assert [item.name for item in query.items] == ["b", "x y", "one", "two", "$1", "$2"]


def test_joins_and_subqueries_nest() -> None:
    query = parse(
        "SELECT * FROM c JOIN t IN c.tags JOIN (SELECT VALUE u FROM u IN c.users) AS u WHERE EXISTS(SELECT 1 FROM c)"
    )
    assert [(source.alias, source.each) for source in query.sources] == [("c", False), ("t", True), ("u", False)]
    assert isinstance(query.where, tree.Subquery)


@pytest.mark.parametrize(
    "text",
    ["", "SELECT", "SELECT 1 FROM", "SELECT c.a, c.a FROM c", "SELECT 1 +", "SELECT [1", "SELECT {a 1}", "SELECT 'x",
     "SELECT 1 WHERE", "SELECT 1 ORDER c.a", "SELECT 1 OFFSET 1", "SELECT TOP c.a 1", "SELECT (1", "SELECT 1 2 3",
     "SELECT '\\q'", "DELETE FROM c", "SELECT # FROM c", "SELECT c. , 1 FROM c", "SELECT 1 FROM (SELECT 1)"],
)  # fmt: skip
def test_nonsense_is_refused(text: str) -> None:
    with pytest.raises(SqlError):
        parse(text)


def test_a_parsed_query_is_hashable_and_shared() -> None:
    text = "SELECT * FROM c WHERE c.a IN (1, 2)"
    assert parse(text) is parse(text)
    assert hash(parse(text)) == hash(parse(text))
