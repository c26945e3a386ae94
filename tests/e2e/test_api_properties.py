"""The HTTP API against its own document: whatever is sent, the answer is one that stands in it, and never a 5xx."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.e2e.stack import ROOT, Stack

schemathesis: Any = pytest.importorskip("schemathesis", reason="comes with the dev group")

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e"), pytest.mark.timeout(180)]
DOCUMENT: dict[str, Any] = json.loads((ROOT / "docs" / "openapi.json").read_text(encoding="utf-8"))
OPERATIONS = [(method.upper(), path) for path, methods in DOCUMENT["paths"].items() for method in methods]
EXAMPLES = 25
QUIET = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


@pytest.fixture(scope="session")
def api(stack: Stack) -> Any:
    """Return the document the running app serves."""
    return schemathesis.openapi.from_url(stack.url("functions_host") + "/api/openapi.json")


@pytest.fixture(scope="session")
def headers(stack: Stack) -> dict[str, str]:
    return {"Authorization": f"Bearer {stack.token('ada')}"}


def _cases(api: Any, method: str, path: str) -> Any:
    """Return requests as the document wants them, and some that break it."""
    modes = schemathesis.GenerationMode
    operation = api[path][method]
    good, bad = (operation.as_strategy(generation_mode=mode) for mode in (modes.POSITIVE, modes.NEGATIVE))
    return good | bad if DOCUMENT["paths"][path][method.lower()]["parameters"] else good


def _checks_left_out(case: Any) -> list[Any]:
    """An unknown method is answered by the host, with 404; and the host drops empty values of a query."""
    left_out = [schemathesis.checks.unsupported_method]
    if any(value in ("", None, [], [""], [None], {}) for value in (case.query or {}).values()):
        left_out.append(schemathesis.checks.negative_data_rejection)
    return left_out


def test_the_app_serves_the_document_that_is_written_down(api: Any) -> None:
    assert api.raw_schema["paths"] == DOCUMENT["paths"]


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_every_answer_is_one_the_document_speaks_of(api: Any, headers: dict[str, str], method: str, path: str) -> None:
    makes = {"session_id": (api["/sessions"]["POST"], {}), "group_id": (api["/groups"]["POST"], {"title": "Known"})}

    @QUIET
    @given(case=_cases(api, method, path), known=st.sampled_from([frozenset[str](), frozenset(makes)]))
    def check(case: Any, known: frozenset[str]) -> None:
        left_out = _checks_left_out(case)
        for name in known & set(case.path_parameters or {}):
            creates, body = makes[name]
            made = creates.Case(body=body, media_type="application/json").call(headers=headers)
            case.path_parameters[name] = made.json()[name]
            # What was wrong with the request may have been this id.
            left_out.append(schemathesis.checks.negative_data_rejection)
        case.call_and_validate(headers=headers, excluded_checks=left_out)

    check()


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_nobody_gets_in_without_a_valid_token(api: Any, method: str, path: str) -> None:
    @settings(QUIET, max_examples=3)
    @given(case=api[path][method].as_strategy())
    def check(case: Any) -> None:
        status = case.call(headers={"Authorization": "Bearer forged"}).status_code
        assert status == (200 if path == "/openapi.json" else 401)

    check()
