import json

import pytest
from jsonschema import Draft202012Validator

from scripts.generate_catalog_schema import SCHEMA, schema_text
from tests.services import ROOT
from tests.shared.tools.test_catalog import document


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def test_the_schema_in_the_docs_is_current() -> None:
    assert SCHEMA.read_text(encoding="utf-8") == schema_text(), "run scripts/generate_catalog_schema.py"


def test_the_shipped_catalog_fits_the_schema(validator: Draft202012Validator) -> None:
    assert validator.is_valid(json.loads((ROOT / "mcpservers.json").read_text()))


@pytest.mark.parametrize(
    "text",
    [
        document(roles=[]),
        document(timeout_s=0),
        document(secret="abc"),
        document(tools={"read": {"policy": "permit"}}),
        document(auth={"mode": "secret"}),
        '{"servers": {"CRM": {}}}',
    ],
)
def test_what_the_app_refuses_does_not_fit_the_schema(validator: Draft202012Validator, text: str) -> None:
    assert not validator.is_valid(json.loads(text))
