"""The HTTP API against its own document: whatever is sent, the answer is one that stands in it, and never a 5xx."""

import json
import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.e2e.stack import ROOT, Stack

schemathesis: Any = pytest.importorskip("schemathesis", reason="comes with the dev group")

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e"), pytest.mark.timeout(180)]
DOCUMENT: dict[str, Any] = json.loads((ROOT / "docs" / "openapi.json").read_text(encoding="utf-8"))
OPERATIONS = [(method.upper(), path) for path, methods in DOCUMENT["paths"].items() for method in methods]
EXAMPLES = 15
VERSION = re.compile(r'\*|"[0-9]{1,9}"')
CHECKED = {
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "response_headers_conformance",
    "negative_data_rejection",
    "positive_data_acceptance",
    "ignored_auth",
}
"""What has to be looked at in each answer."""
PERIODS = {"/manage/feedback", "/manage/feedback/reviews", "/manage/tool-feedback", "/manage/usage"}
"""Whose days and teams have to fit each other and what there is, which no schema says."""
QUIET = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


def _document() -> Any:
    """Return the document, with what a refusal may be besides the usual.

    A text that is too long is told so, and a version that is not the newest is well-formed all the same.
    """
    schema = schemathesis.openapi.from_dict(DOCUMENT)
    rules = schema.config.checks
    for rule, more in ((rules.negative_data_rejection, ["412", "413"]), (rules.positive_data_acceptance, ["412"])):
        rule.expected_statuses = [*rule.expected_statuses, *more]
    return schema


API = _document()
BOUNDARIES = _document()
BOUNDARIES.config.phases.fuzzing.enabled = False
BOUNDARIES.config.phases.stateful.enabled = False


@pytest.fixture(scope="session")
def base(stack: Stack) -> str:
    return stack.url("functions_host") + "/api"


@pytest.fixture(scope="session")
def headers(stack: Stack) -> dict[str, str]:
    return {"Authorization": f"Bearer {stack.token('dana')}"}


@pytest.fixture(scope="session")
def known(stack: Stack, base: str, headers: dict[str, str]) -> Callable[[], dict[str, str]]:
    """Return what to put into paths so that they lead somewhere: a session, an answer in it, an entry of the memory."""
    client = requests.Session()
    client.headers.update(headers)

    def made(path: str, body: dict[str, str]) -> dict[str, Any]:
        reply = client.post(f"{base}/{path}", json=body, timeout=20)
        assert reply.status_code == HTTPStatus.CREATED, reply.text
        return reply.json()

    def ids() -> dict[str, str]:
        client.delete(f"{base}/memory", timeout=20)
        entry = made("memory/entries", {"kind": "fact", "text": "I sell to hospitals."})
        return {"session_id": made("sessions", {})["session_id"], "entry_id": entry["id"], "server": "crm"}

    return ids


def _cases(method: str, path: str) -> Any:
    """Return requests as the document wants them, and some that break it, where anything can be broken."""
    modes = schemathesis.GenerationMode
    operation, described = API[path][method], DOCUMENT["paths"][path][method.lower()]
    good, bad = (operation.as_strategy(generation_mode=mode) for mode in (modes.POSITIVE, modes.NEGATIVE))
    return good | bad if described["parameters"] or "requestBody" in described else good


def _checks_left_out(case: Any) -> list[Any]:
    """An unknown method is answered by the host, with 404; and the host drops empty values of a query."""
    left_out = [schemathesis.checks.unsupported_method]
    if any(value in ("", None, [], [""], [None], {}) for value in (case.query or {}).values()):
        left_out.append(schemathesis.checks.negative_data_rejection)
    if case.operation.path in PERIODS or _names_somebody_twice(case.body):
        left_out.append(schemathesis.checks.positive_data_acceptance)
    version = (case.headers or {}).get("If-Match")
    if version is not None and VERSION.fullmatch(str(version)) is None:
        # What is meant as a good version loses its quotes on the way here.
        left_out.append(schemathesis.checks.positive_data_acceptance)
    return left_out


def _names_somebody_twice(body: Any) -> bool:
    """Whether a group is asked for with the same person twice; each entry fits the schema on its own."""
    named = body.get("members") if isinstance(body, dict) else None
    people = [each.get("principal") for each in named if isinstance(each, dict)] if isinstance(named, list) else []
    return len({str(person) for person in people}) < len(people)


def test_the_app_serves_the_document_that_is_written_down(base: str) -> None:
    served = requests.get(f"{base}/openapi.json", timeout=20).json()
    assert served == DOCUMENT


def test_every_operation_is_tested_with_what_fits_it_and_what_does_not() -> None:
    tested = {(operation.ok().method.upper(), operation.ok().path) for operation in API.get_all_operations()}
    assert tested == set(OPERATIONS)
    names = {check.__name__ for check in schemathesis.checks.CHECKS.get_all()}
    assert names >= CHECKED


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_every_answer_is_one_the_document_speaks_of(
    base: str, headers: dict[str, str], known: Callable[[], dict[str, str]], method: str, path: str
) -> None:
    @QUIET
    @given(case=_cases(method, path), leads_somewhere=st.booleans())
    def check(case: Any, leads_somewhere: bool) -> None:  # noqa: FBT001 - drawn
        left_out = _checks_left_out(case)
        if leads_somewhere and case.path_parameters:
            case.path_parameters.update(
                {name: value for name, value in known().items() if name in case.path_parameters}
            )
            # What was wrong with the request may have been this id.
            left_out.append(schemathesis.checks.negative_data_rejection)
        case.call_and_validate(base_url=base, headers=headers, excluded_checks=left_out)

    check()


@BOUNDARIES.parametrize()
def test_every_answer_at_a_boundary_is_one_the_document_speaks_of(
    case: Any, base: str, headers: dict[str, str]
) -> None:
    case.call_and_validate(base_url=base, headers=headers, excluded_checks=_checks_left_out(case))


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_nobody_gets_in_without_a_valid_token(base: str, method: str, path: str) -> None:
    @settings(QUIET, max_examples=3)
    @given(case=API[path][method].as_strategy())
    def check(case: Any) -> None:
        status = case.call(base_url=base, headers={"Authorization": "Bearer forged"}).status_code
        assert status == (200 if path == "/openapi.json" else 401)

    check()
