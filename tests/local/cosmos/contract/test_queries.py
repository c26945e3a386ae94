"""The query language over one partition; its values are those the service's documentation gives."""

from collections.abc import Mapping
from typing import Any

import pytest
from azure.cosmos.exceptions import CosmosHttpResponseError

from tests.local.cosmos.contract.conftest import Box

ONE = "SELECT VALUE {} FROM c"
ITEM: dict[str, Any] = {
    "n": 5,
    "s": "Hello",
    "b": True,
    "nil": None,
    "list": [1, 2, 2, 3],
    "deep": {"x": {"y": 7}},
    "parts": [{"k": "a", "v": 1}, {"k": "b", "v": 2}],
    "at": "2026-02-28T10:00:00.0000000Z",
    "words": ["red", "blue"],
}
# An expression over that item, and what SELECT VALUE gives: no row at all where the value is undefined.
VALUES: list[tuple[str, list[Any]]] = [
    ("c.n + 1", [6]),
    ("c.n / 2", [2.5]),
    ("c.n % 3", [2]),
    ("c.s || ' you'", ["Hello you"]),
    ("c.none", []),
    ("c.none = 1", []),
    ("c.n = '5'", [False]),
    ("c.n < '5'", []),
    ("NOT c.none", []),
    ("c.none OR true", [True]),
    ("c.none AND false", [False]),
    ("c.nil = null", [True]),
    ("c.none ?? 'other'", ["other"]),
    ("c.nil ?? 'other'", [None]),
    ("c.n > 3 ? 'big' : 'small'", ["big"]),
    ("IIF(c.none, 1, 2)", [2]),
    ("c.deep.x.y", [7]),
    ("c['deep']['x']", [{"y": 7}]),
    ("c.list[0]", [1]),
    ("c.list[9]", []),
    ("c.n IN (1, 5)", [True]),
    ("c.n BETWEEN 5 AND 6", [True]),
    ("c.s LIKE 'H%o'", [True]),
    ("c.s LIKE 'h_llo'", [False]),
    ("[c.n, c.none, c.b]", [[5, True]]),
    ("{'a': c.n, 'z': c.none}", [{"a": 5}]),
    ("ARRAY_CONTAINS(c.list, 2)", [True]),
    ("ARRAY_CONTAINS(c.parts, {'k': 'a'}, true)", [True]),
    ("ARRAY_CONTAINS(c.parts, {'k': 'a'})", [False]),
    ("ARRAY_LENGTH(c.list)", [4]),
    ("ARRAY_SLICE(c.list, 1, 2)", [[2, 2]]),
    ("ARRAY_CONCAT(c.list, [9])", [[1, 2, 2, 3, 9]]),
    ("SetIntersect(c.list, [2, 3, 4])", [[2, 3]]),
    ("CONTAINS(c.s, 'ELL', true)", [True]),
    ("CONTAINS(c.s, 'ELL')", [False]),
    ("STARTSWITH(c.s, 'He')", [True]),
    ("ENDSWITH(c.s, 'LO', true)", [True]),
    ("StringEquals(c.s, 'hello', true)", [True]),
    ("LOWER(c.s)", ["hello"]),
    ("SUBSTRING(c.s, 1, 3)", ["ell"]),
    ("LENGTH(c.s)", [5]),
    ("INDEX_OF(c.s, 'l')", [2]),
    ("REPLACE(c.s, 'l', 'L')", ["HeLLo"]),
    ("REVERSE(c.s)", ["olleH"]),
    ("LEFT(c.s, 2)", ["He"]),
    ("RegexMatch(c.s, '^h', 'i')", [True]),
    ("ToString(c.n)", ["5"]),
    ("StringToNumber('1.5')", [1.5]),
    ("ABS(-3)", [3]),
    ("FLOOR(2.7)", [2]),
    ("ROUND(2.4)", [2]),
    ("POWER(2, 3)", [8]),
    ("IS_DEFINED(c.none)", [False]),
    ("IS_NULL(c.nil)", [True]),
    ("IS_NUMBER(c.s)", [False]),
    ("IS_ARRAY(c.list)", [True]),
    ("IS_OBJECT(c.deep)", [True]),
    ("DateTimeAdd('dd', 1, c.at)", ["2026-03-01T10:00:00.0000000Z"]),
    ("DateTimeAdd('mm', 1, '2026-01-31T00:00:00.0000000Z')", ["2026-02-28T00:00:00.0000000Z"]),
    ("DateTimeDiff('hh', c.at, '2026-03-01T10:00:00.0000000Z')", [24]),
    ("DateTimePart('yyyy', c.at)", [2026]),
    ("ARRAY(SELECT VALUE w FROM w IN c.words WHERE w != 'red')", [["blue"]]),
    ("EXISTS(SELECT VALUE p FROM p IN c.parts WHERE p.v = 2)", [True]),
    ("VectorDistance([1, 0], [1, 0])", [1.0]),
]
# A query over eight numbered items.
QUERIES: list[tuple[str, list[Any]]] = [
    ("SELECT VALUE c.seq FROM c ORDER BY c.seq DESC OFFSET 1 LIMIT 2", [6, 5]),
    ("SELECT TOP 2 VALUE c.seq FROM c ORDER BY c.seq", [0, 1]),
    ("SELECT DISTINCT VALUE c.kind FROM c ORDER BY c.kind", ["even", "odd"]),
    ("SELECT VALUE COUNT(1) FROM c WHERE c.kind = 'odd'", [4]),
    ("SELECT VALUE SUM(c.seq) FROM c", [28]),
    ("SELECT VALUE AVG(c.seq) FROM c", [3.5]),
    ("SELECT VALUE MIN(c.seq) FROM c", [0]),
    ("SELECT VALUE MAX(c.kind) FROM c", ["odd"]),
    ("SELECT VALUE SUM(c.kind) FROM c", []),
    ("SELECT c.seq AS number FROM c WHERE c.seq = 3", [{"number": 3}]),
    ("SELECT c.seq, c.none FROM c WHERE c.seq = 3", [{"seq": 3}]),
    ("SELECT VALUE c.id FROM c WHERE c.seq >= 6 AND NOT (c.kind = 'odd')", ["e06"]),
    ("SELECT VALUE c.id FROM c WHERE c.none != 1", []),
]


@pytest.mark.parametrize(("expression", "expected"), VALUES)
async def test_an_expression_has_its_value(box: Box, expression: str, expected: list[Any]) -> None:
    await box.items.create_item(box.item("a", **ITEM))
    assert await box.rows(ONE.format(expression)) == expected


@pytest.mark.parametrize(("query", "expected"), QUERIES)
async def test_a_query_has_its_rows(box: Box, query: str, expected: list[Any]) -> None:
    await box.fill(8)
    assert await box.rows(query) == expected


async def test_groups_have_their_counts(box: Box) -> None:
    await box.fill(5)
    rows = await box.rows("SELECT c.kind, COUNT(1) AS n FROM c GROUP BY c.kind")
    assert sorted((row["kind"], row["n"]) for row in rows) == [("even", 3), ("odd", 2)]


async def test_a_join_gives_a_row_for_each_element(box: Box) -> None:
    await box.items.create_item(box.item("a", **ITEM))
    assert await box.rows("SELECT VALUE p.k FROM c JOIN p IN c.parts") == ["a", "b"]


async def test_mixed_types_sort_by_type(box: Box) -> None:
    for n, value in enumerate(["text", 7, None, True]):
        await box.items.create_item(box.item(f"e{n}", a=value))
    assert await box.rows("SELECT VALUE c.a FROM c ORDER BY c.a") == [None, True, 7, "text"]


async def test_two_keys_sort_by_their_composite_index(box: Box) -> None:
    for n, (a, b) in enumerate([(1, 1), (2, 5), (1, 2)]):
        await box.items.create_item(box.item(f"e{n}", a=a, b=b))
    assert await box.rows("SELECT VALUE c.id FROM c ORDER BY c.a ASC, c.b DESC") == ["e2", "e0", "e1"]


async def test_two_keys_need_a_composite_index(box: Box) -> None:
    await box.fill(2)
    with pytest.raises(CosmosHttpResponseError) as refused:
        await box.rows("SELECT VALUE c.seq FROM c ORDER BY c.kind, c.seq")
    assert refused.value.status_code == 400


async def test_parameters_are_values_of_any_type(box: Box) -> None:
    await box.fill(4)
    parameters: list[dict[str, object]] = [{"name": "@few", "value": [1, 3]}, {"name": "@kind", "value": "odd"}]
    query = "SELECT VALUE c.seq FROM c WHERE ARRAY_CONTAINS(@few, c.seq) AND c.kind = @kind"
    assert await box.rows(query, parameters=parameters) == [1, 3]


@pytest.mark.parametrize("query", ["SELEC 1", "SELECT * FROM c WHERE", "SELECT nope(1) FROM c", "SELECT x.a FROM c"])
async def test_a_wrong_query_is_400(box: Box, query: str) -> None:
    with pytest.raises(CosmosHttpResponseError) as refused:
        await box.rows(query)
    assert refused.value.status_code == 400


class Headers:
    """Collects the headers of every page."""

    def __init__(self) -> None:
        self.pages: list[Mapping[str, Any]] = []

    def __call__(self, headers: Mapping[str, Any], _body: object) -> None:
        self.pages.append(headers)


async def test_query_metrics_are_reported(box: Box) -> None:
    seen = Headers()
    await box.rows("SELECT * FROM c", populate_query_metrics=True, response_hook=seen)
    assert any("totalExecutionTimeInMs" in str(page.get("x-ms-documentdb-query-metrics")) for page in seen.pages)


async def test_index_metrics_are_reported(box: Box) -> None:
    seen = Headers()
    await box.rows("SELECT * FROM c WHERE c.seq = 1", populate_index_metrics=True, response_hook=seen)
    assert any(page.get("x-ms-cosmos-index-utilization") for page in seen.pages)


async def test_best_matching_texts_come_first(box: Box) -> None:
    await box.items.create_item(box.item("a", text="price objections"))
    rows = await box.rows("SELECT TOP 1 VALUE c.id FROM c ORDER BY RANK FullTextScore(c.text, 'price')")
    assert rows == ["a"]
