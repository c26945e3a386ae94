import json
import time
from typing import Any

import pytest

from shared.cards.schema import plain_problem_with, problem_with

FORM = """{"type": "object", "required": ["mail"], "properties": {
    "mail": {"type": "string", "maxLength": 5, "pattern": "^(a+)+$"}, "seats": {"type": "integer", "minimum": 1},
    "pattern": {"type": "boolean"}}}"""


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ({}, "mail"),
        ({"mail": 7}, "mail: 7 is not of type 'string'"),
        ({"mail": "a", "seats": 0}, "seats: 0 is less than"),
        ({"mail": "a", "pattern": "yes"}, "pattern: 'yes' is not of type 'boolean'"),
        ([], "the answer: [] is not of type 'object'"),
    ],
    ids=["missing", "type", "range", "field_called_pattern", "no_object"],
)
def test_what_does_not_fit_is_named(value: object, names: str) -> None:
    assert names in str(problem_with(FORM, value))


PLAIN = """{"type": "object", "required": ["account", "note"], "additionalProperties": false, "properties": {
    "account": {"type": "string", "minLength": 1}, "note": {"type": "string"},
    "kind": {"enum": ["call", "meeting"]}, "seats": {"type": ["integer", "null"], "maximum": 9},
    "to": {"type": "array", "items": {"type": "string", "format": "email"}}}}"""


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"account": "Contoso"}, "“note” is missing"),
        ({"note": ""}, "“account” is missing"),
        ({"account": "", "note": ""}, "“account” must have 1 characters or more"),
        ({"account": "a", "note": 7}, "“note” must be text"),
        ({"account": "a", "note": "", "kind": "serenade"}, "“kind” must be one of: call, meeting"),
        ({"account": "a", "note": "", "seats": "x"}, "“seats” must be a whole number or empty"),
        ({"account": "a", "note": "", "seats": 12}, "“seats” must be 9 or less"),
        ({"account": "a", "note": "", "to": ["x", 7]}, "“to.1” must be text"),
        ({"account": "a", "note": "", "b": 1}, "The answer has a field that does not belong there"),
        ([], "The answer must be a group of fields"),
    ],
)
def test_a_person_is_told_in_plain_words(value: object, words: str) -> None:
    assert plain_problem_with(PLAIN, value) == words


def test_what_fits_has_no_problem() -> None:
    assert problem_with(FORM, {"mail": "a", "seats": 3, "pattern": True}) is None


def test_a_strangers_regular_expression_is_not_run() -> None:
    assert problem_with(FORM, {"mail": "aaaa!"}) is None
    assert problem_with('{"type": "string", "pattern": "^(a+)+$"}', "a" * 60 + "!") is None


@pytest.mark.parametrize(
    "schema",
    ['{"type": "nonsense"}', '{"$ref": "http://127.0.0.1:9/schema.json"}', '{"$ref": "#/$defs/nowhere"}'],
    ids=["no_schema", "elsewhere", "nowhere"],
)
def test_a_schema_that_cannot_be_used_is_left_to_its_server(schema: str) -> None:
    assert problem_with(schema, {"a": 1}) is None


def _doubling(levels: int) -> dict[str, Any]:
    """Return a small schema whose check takes twice as long with each level."""
    steps: dict[str, Any] = {f"a{n}": {"anyOf": [{"$ref": f"#/$defs/a{n + 1}"}] * 2} for n in range(levels)}
    return {"$defs": steps | {f"a{levels}": {"type": "string"}}, "$ref": "#/$defs/a0"}


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "#"},
        {"allOf": [{"$ref": "#"}]},
        {"$dynamicRef": "#"},
        {"$schema": 7, "type": "string"},
        _doubling(40),
        {"properties": {"a": {"uniqueItems": True}}},
    ],
    ids=["itself", "around_itself", "itself_again", "of_no_kind", "without_end", "each_with_each"],
)
def test_a_strangers_schema_keeps_no_processor_busy(schema: dict[str, Any]) -> None:
    began = time.process_time()
    assert problem_with(json.dumps(schema), {"a": [{"n": n // 2} for n in range(20_000)]}) is None
    assert time.process_time() - began < 5


def test_a_large_answer_to_a_plain_form_is_checked() -> None:
    words = ["word"] * 5_000 + [7]
    schema = {"type": "object", "properties": {"a": {"type": "array", "items": {"type": "string"}}}}
    assert problem_with(json.dumps(schema), {"a": words}) == "a.5000: 7 is not of type 'string'"
