"""A server's own promise about its results, checked without trusting the promise."""

from typing import Any

import pytest

from shared.tools.result_schema import ResultSchema, result_schema
from tests.shared.tools.scripted_server import ScriptedServer

NUMBER: dict[str, Any] = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}


def test_a_result_is_held_to_the_schema() -> None:
    schema = result_schema(NUMBER)
    assert schema is not None
    assert schema.accepts({"n": 1})
    assert not schema.accepts({"n": "1"})
    assert not schema.accepts({})
    assert not schema.accepts(None)


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object", "properties": {"n": {"type": "nonsense"}}},
        {"$schema": ["x"], "type": "nonsense"},
        {"$schema": 7, "type": "nonsense"},
        {"$schema": "http://[", "type": "nonsense"},
        {"properties": {"n": {"$id": 7, "$ref": 8}}},
    ],
)
def test_a_schema_that_leads_nowhere_accepts_nothing(schema: dict[str, Any]) -> None:
    checked = result_schema(schema)
    assert checked is not None
    assert not checked.accepts({"n": 1})


def laughs(levels: int) -> dict[str, Any]:
    """Return a small schema that is 2 ** levels large when written out."""
    parts: dict[str, Any] = {f"a{n}": {"allOf": [{"$ref": f"#/$defs/a{n + 1}"}] * 2} for n in range(levels)}
    return {"$ref": "#/$defs/a0", "$defs": parts | {f"a{levels}": {"type": "object"}}}


@pytest.mark.parametrize(
    "schema",
    [
        None,
        {"properties": {"n": {"pattern": "(a+)+$"}}},
        {"properties": {"n": {"uniqueItems": True}}},
        {"description": "x" * 40_000},
        {"allOf": [{"$ref": "#"}, {"$ref": "#"}]},
        {"properties": {"n": {"allOf": [{"$ref": "#"}, {"$ref": "#"}]}}},
        {"properties": {"n": {"$ref": "#/properties/n"}}},
        {"properties": {"n": {"$ref": "#/nowhere"}}},
        {"$dynamicRef": "#nowhere"},
        {"$ref": "http://["},
        laughs(40),
    ],
)
def test_what_is_not_safe_to_run_is_not_checked(schema: dict[str, Any] | None) -> None:
    assert result_schema(schema) is None


def test_a_schema_with_definitions_is_still_checked() -> None:
    schema = {"$defs": {"N": NUMBER}, "type": "object", "properties": {"a": {"$ref": "#/$defs/N"}}}
    checked = result_schema(schema)
    assert checked is not None
    assert checked.accepts({"a": {"n": 1}})
    assert not checked.accepts({"a": {"n": "1"}})


def test_a_result_too_large_to_check_in_time_is_taken_as_it_is() -> None:
    checked = result_schema({"type": "object", "properties": {"rows": {"type": "array", "items": NUMBER}}})
    assert checked is not None
    assert not checked.accepts({"rows": [{"n": "1"}]})
    assert checked.accepts({"rows": [{"n": "1"}] * 200_000})


async def test_nothing_is_fetched_for_a_schema(server: ScriptedServer) -> None:
    for schema in (
        {"$ref": server.url},
        {"$id": server.url, "properties": {"n": {"$ref": "other"}}},
        {"$schema": server.url, "$ref": f"{server.url}#/a"},
    ):
        assert result_schema(schema) is None
        ResultSchema(schema).accepts({"n": 1})
    assert server.asked == []
