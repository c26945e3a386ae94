import json
from typing import Any

import pytest

from shared.tools.descriptions import MAX_DESCRIPTION, ToolUnusable, describe

OBJECT: dict[str, Any] = {"type": "object"}


def nested(depth: int) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "object"}
    for _ in range(depth):
        schema = {"type": "object", "properties": {"a": schema}}
    return schema


def test_equal_schemas_give_equal_text() -> None:
    one = describe("crm", "t", "", {"type": "object", "properties": {"b": {}, "a": {"description": "größe"}}})
    two = describe("crm", "t", "", {"properties": {"a": {"description": "größe"}, "b": {}}, "type": "object"})
    assert one == two
    assert one.schema == '{"properties":{"a":{"description":"größe"},"b":{}},"type":"object"}'


def test_a_description_is_cleaned_and_bounded() -> None:
    described = describe("crm", "t", " a\x00\u202eb" + "x" * 10_000, OBJECT)
    assert described.description.startswith("abx")
    assert len(described.description) <= MAX_DESCRIPTION


@pytest.mark.parametrize(
    ("tool", "schema"),
    [
        ("", OBJECT),
        ("x" * 129, OBJECT),
        ("a\nb", OBJECT),
        ("t", {"type": "string"}),
        ("t", {}),
        ("t", {"type": "object", "$ref": "https://evil.example/s.json"}),
        ("t", {"type": "object", "anyOf": [{"$ref": "http://127.0.0.1/"}]}),
        ("t", {"type": "object", "description": "x" * 40_000}),
        ("t", {"type": "object", "default": float("nan")}),
        ("t", nested(40)),
    ],
)
def test_what_a_model_service_would_refuse_is_not_offered(tool: str, schema: dict[str, Any]) -> None:
    with pytest.raises(ToolUnusable):
        describe("crm", tool, "", schema)


def test_references_within_a_schema_are_fine() -> None:
    schema = {"type": "object", "properties": {"a": {"$ref": "#/$defs/A"}}, "$defs": {"A": {"type": "string"}}}
    assert json.loads(describe("crm", "t", "", schema).schema) == schema
