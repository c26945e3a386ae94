"""What queries mean."""

from typing import Any

import pytest

from local.cosmos.sql.errors import SqlError
from local.cosmos.values import Document
from tests.local.cosmos.sql.asking import ask

MIXED: list[Document] = [
    {"id": "o", "v": {"a": 1}},
    {"id": "s", "v": "text"},
    {"id": "u"},
    {"id": "t", "v": True},
    {"id": "n", "v": None},
    {"id": "2", "v": 2},
    {"id": "l", "v": [1]},
    {"id": "f", "v": False},
    {"id": "1", "v": 1.5},
]


def test_mixed_types_sort_by_type_then_value() -> None:
    expected = ["u", "n", "f", "t", "1", "2", "s", "l", "o"]
    assert ask("SELECT VALUE c.id FROM c ORDER BY c.v", *MIXED) == expected
    assert ask("SELECT VALUE c.id FROM c ORDER BY c.v DESC", *MIXED) == expected[::-1]


ROWS: list[Document] = [
    {"id": "a", "kind": "x", "n": 1},
    {"id": "b", "kind": "y", "n": 2},
    {"id": "c", "kind": "x", "n": 3},
    {"id": "d", "n": 4},
]
QUERIES: list[tuple[str, Any]] = [
    (
        "SELECT c.kind, COUNT(1) AS n, SUM(c.n) AS total FROM c GROUP BY c.kind",
        [{"kind": "x", "n": 2, "total": 4}, {"kind": "y", "n": 1, "total": 2}, {"n": 1, "total": 4}],
    ),
    ("SELECT VALUE COUNT(c.kind) FROM c", [3]),
    ("SELECT VALUE AVG(c.n) FROM c", [2.5]),
    ("SELECT VALUE MAX(c.id) FROM c", ["d"]),
    ("SELECT VALUE MIN(c.none) FROM c", []),
    ("SELECT VALUE SUM(c.id) FROM c", []),
    ("SELECT VALUE SUM(c.none) FROM c", [0]),
    ("SELECT COUNT(1) AS n, MAX(c.n) - MIN(c.n) AS span FROM c", [{"n": 4, "span": 3}]),
    ("SELECT VALUE COUNT(1) FROM c WHERE c.n > 9", [0]),
    ("SELECT DISTINCT VALUE c.kind FROM c", ["x", "y"]),
    ("SELECT DISTINCT c.kind FROM c", [{"kind": "x"}, {"kind": "y"}, {}]),
    ("SELECT TOP 2 VALUE c.id FROM c", ["a", "b"]),
    ("SELECT TOP 0 * FROM c", []),
    ("SELECT VALUE c.id FROM c OFFSET 3 LIMIT 5", ["d"]),
    ("SELECT VALUE 1", [1]),
    ("SELECT VALUE root.id FROM root WHERE root.n = 1", ["a"]),
    ("SELECT VALUE k FROM c.kind AS k", ["x", "y", "x"]),
    ("SELECT VALUE c.id FROM c ORDER BY c.kind DESC, c.n DESC", ["b", "c", "a", "d"]),
    ("SELECT c.kind FROM c GROUP BY c.kind ORDER BY c.kind DESC OFFSET 0 LIMIT 1", [{"kind": "y"}]),
    (
        "SELECT VALUE {k: c.kind, n: COUNT(1)} FROM c WHERE c.n < 4 GROUP BY c.kind",
        [{"k": "x", "n": 2}, {"k": "y", "n": 1}],
    ),
]


@pytest.mark.parametrize(("query", "expected"), QUERIES)
def test_a_query_has_its_result(query: str, expected: Any) -> None:
    assert ask(query, *ROWS) == expected


def test_joins_give_one_row_for_each_combination() -> None:
    query = "SELECT c.id, t AS tag, n FROM c JOIN t IN c.tags JOIN n IN c.list WHERE n > 1"
    assert [(row["tag"], row["n"]) for row in ask(query)] == [("x", 3), ("x", 2), ("y", 3), ("y", 2)]
    assert ask("SELECT VALUE o.v FROM o IN c.objects") == ["one", "two"]
    assert ask("SELECT VALUE u FROM c JOIN (SELECT VALUE o.k FROM o IN c.objects WHERE o.k > 1) AS u") == [2]


def test_nearest_vectors_come_first() -> None:
    documents: list[Document] = [{"id": "far", "v": [0, 1]}, {"id": "near", "v": [1, 0.1]}]
    assert ask("SELECT TOP 1 VALUE c.id FROM c ORDER BY VectorDistance(c.v, @q)", *documents, q=[1, 0]) == ["near"]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT c.id FROM d",
        "SELECT COUNT(COUNT(1)) FROM c",
        "SELECT * FROM c JOIN t IN c.tags",
        "SELECT * FROM c WHERE COUNT(1) = 1",
        "SELECT VALUE @p FROM c",
        "SELECT TOP @p * FROM c",
        "SELECT NOSUCH(1)",
        "SELECT LOWER()",
        "SELECT ABS(1, 2)",
    ],
)
def test_a_query_that_cannot_be_resolved_is_refused(query: str) -> None:
    with pytest.raises(SqlError):
        ask(query)
