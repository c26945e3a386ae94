from typing import Any

import pytest

from shared.tools.forms import MAX_FIELDS, FormUnusable, plain_form


def form(**fields: Any) -> dict[str, Any]:
    return {"type": "object", "properties": fields, "required": list(fields)}


def test_a_form_of_plain_fields_stays_as_it_is() -> None:
    schema = form(
        name={"type": "string", "title": "Name", "minLength": 1, "format": "email"},
        seats={"type": "integer", "minimum": 1, "maximum": 9, "default": 2},
        window={"type": "boolean", "description": "At the window?"},
        size={"type": "string", "oneOf": [{"const": "s", "title": "Small"}]},
        extras={"type": "array", "items": {"type": "string", "enum": ["tea", "cake"]}, "maxItems": 2},
    )
    assert plain_form(schema) == schema


def test_words_a_form_is_not_drawn_from_are_dropped() -> None:
    schema = form(name={"type": "string", "pattern": "^(a+)+$", "$ref": "http://evil.example/", "x": 1})
    schema |= {"$defs": {"a": {}}, "allOf": [{"pattern": "(a+)+"}], "required": ["name", "nobody", 7]}
    assert plain_form(schema) == {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}


@pytest.mark.parametrize(
    "schema",
    [
        {},
        {"type": "object"},
        {"type": "object", "properties": {}},
        {"type": "object", "properties": []},
        {"type": "array", "properties": {"a": {"type": "string"}}},
        form(a={"type": "object", "properties": {}}),
        form(a={"$ref": "#/$defs/a"}),
        form(a="string"),
        form(a={"type": ["string", "null"]}),
        form(a={"type": "array"}),
        form(a={"type": "array", "items": {"type": "object"}}),
        form(**{f"f{n}": {"type": "string"} for n in range(MAX_FIELDS + 1)}),
    ],
)
def test_any_other_form_is_refused(schema: dict[str, Any]) -> None:
    with pytest.raises(FormUnusable):
        plain_form(schema)
