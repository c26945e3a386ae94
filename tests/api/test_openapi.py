"""The document that describes the API: complete, true, and served to anyone."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import azure.functions as func
import pytest
from jsonschema import Draft202012Validator

from api.endpoints import endpoints
from api.functions import api_blueprint
from api.openapi import document
from tests.api.sessions import person
from tests.support.functions import NO_ENGINES, functions_of, json_of, runtime_of
from tests.support.world import World

ROOT = Path(__file__).resolve().parent.parent.parent


def _document(world: World) -> dict[str, Any]:
    return document(endpoints(runtime_of(world)))


def _schema(world: World, name: str) -> Draft202012Validator:
    described = _document(world)
    return Draft202012Validator({"$ref": f"#/components/schemas/{name}", "components": described["components"]})


def test_the_file_in_docs_is_current() -> None:
    script = ROOT / "scripts" / "generate_openapi.py"
    run = subprocess.run([sys.executable, str(script), "--check"], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr


async def test_every_endpoint_is_in_it_once_with_its_parameters(world: World) -> None:
    described = _document(world)
    served = endpoints(runtime_of(world))
    operations = {
        (method.upper(), path): operation
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
    }
    assert set(operations) == {(endpoint.method, f"/{endpoint.path}") for endpoint in served}
    assert len({operation["operationId"] for operation in operations.values()}) == len(served)
    for (_, path), operation in operations.items():
        named = {each["name"] for each in operation["parameters"] if each["in"] == "path"}
        assert named == set(re.findall(r"\{(\w+)\}", path))


async def test_every_reference_in_it_leads_somewhere_and_every_schema_is_one(world: World) -> None:
    described = _document(world)
    schemas = described["components"]["schemas"]
    referred = set(re.findall(r"'\$ref': '#/components/schemas/(\w+)'", repr(described)))
    assert referred <= set(schemas)
    for schema in schemas.values():
        Draft202012Validator.check_schema(schema)


async def test_it_is_served_to_anyone_and_told_unchanged_to_who_has_it(world: World) -> None:
    handler = functions_of(api_blueprint(runtime_of(world), NO_ENGINES))["api_openapi"]

    async def get(headers: dict[str, str]) -> func.HttpResponse:
        return await handler(func.HttpRequest(method="GET", url="/api/openapi.json", headers=headers, body=b""))

    first = await get({})
    assert (first.status_code, json_of(first)) == (200, _document(world))
    again = await get({"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.get_body()) == (304, b"")


@pytest.mark.parametrize(
    ("name", "schema"),
    [
        ("list_sessions", "SessionPage"),
        ("read_session", "SessionDetails"),
        ("read_events", "EventPage"),
        ("search_sessions", "SearchPage"),
    ],
)
async def test_answers_are_of_the_shape_it_promises(world: World, name: str, schema: str) -> None:
    ada = await person(world)
    (session_id,) = await ada.begins("How is Contoso?")
    one = name.startswith("read_")
    query = {"q": "contoso"} if name == "search_sessions" else {}
    reply = await ada.asks_for(name, session_id if one else None, query=query)
    _schema(world, schema).validate(reply.json)


async def test_a_refusal_is_of_the_shape_it_promises(world: World) -> None:
    ada = await person(world)
    reply = await ada.asks_for("read_session", "s_nothing")
    _schema(world, "ProblemDetails").validate(reply.json)
    assert set(reply.json) == set(_document(world)["components"]["schemas"]["ProblemDetails"]["properties"])
