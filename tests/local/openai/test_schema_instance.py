from typing import Any

import jsonschema
import pytest

from local.openai.schema_instance import instance

NODE = {
    "$defs": {
        "node": {"type": "object", "properties": {"next": {"anyOf": [{"$ref": "#/$defs/node"}, {"type": "null"}]}}}
    },
    "$ref": "#/$defs/node",
}


@pytest.mark.parametrize(
    "schema",
    [
        {
            "type": "object",
            "properties": {"a": {"type": "string"}, "b": {"type": "integer", "minimum": 3}},
            "required": ["a", "b"],
        },
        {"type": "object", "properties": {"k": {"enum": ["x", "y"]}, "c": {"const": 7}}, "required": ["k", "c"]},
        {
            "type": "object",
            "properties": {"l": {"type": "array", "items": {"type": "number"}, "minItems": 2}},
            "required": ["l"],
        },
        {"type": "object", "properties": {"n": {"type": ["string", "null"], "minLength": 9}}, "required": ["n"]},
        {"type": "object", "properties": {"o": {"anyOf": [{"type": "null"}, {"type": "boolean"}]}}, "required": ["o"]},
        NODE,
        {"type": "array", "items": {"type": "string"}},
        {},
    ],
)
def test_an_instance_is_valid(schema: dict[str, Any]) -> None:
    jsonschema.validate(instance(schema), schema)


def test_hints_fill_optional_properties_when_they_fit() -> None:
    schema = {"type": "object", "properties": {"account": {"type": "string"}, "limit": {"type": "integer"}}}
    hints = {"account": "Contoso", "limit": "many"}
    assert instance(schema, lambda name, _schema: hints.get(name)) == {"account": "Contoso", "limit": 1}
