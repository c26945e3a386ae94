import json
from typing import Any

import pytest

from shared.tools.descriptions import MAX_DESCRIPTION, ToolUnusable, describe, list_digest

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


def test_a_digest_changes_with_what_the_model_is_told_and_with_nothing_else() -> None:
    schema = {"type": "object", "properties": {"b": {}, "a": {}}}
    first = describe("crm", "t", "Reads.", schema)
    turned = {"properties": {"a": {}, "b": {}}, "type": "object"}
    assert describe("crm", "t", "Reads.\x00", turned).digest == first.digest
    others = [
        describe("crm", "t", "Reads and sends.", schema),
        describe("crm", "u", "Reads.", schema),
        describe("crn", "t", "Reads.", schema),
        describe("crm", "t", "Reads.", {"type": "object", "properties": {"b": {}}}),
    ]
    assert len({first.digest, *(other.digest for other in others)}) == 5


def test_a_lists_digest_does_not_depend_on_its_order() -> None:
    one, two = describe("crm", "a", "", OBJECT), describe("crm", "b", "", OBJECT)
    assert list_digest([one, two]) == list_digest([two, one])
    assert list_digest([one, two]) != list_digest([one])
