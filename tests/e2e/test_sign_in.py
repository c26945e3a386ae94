"""Who may negotiate."""

import pytest

from tests.e2e.client import negotiate
from tests.e2e.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e"), pytest.mark.timeout(120)]


def test_a_valid_token_negotiates_a_client_url_without_roles(stack: Stack) -> None:
    status, body = negotiate(stack, stack.token())

    assert status == 200
    assert body["url"].startswith("ws://127.0.0.1:")
    assert body["capabilities"] == ["streaming"]


@pytest.mark.parametrize(
    ("wishes", "code"),
    [
        ({"lifetime_s": -600}, "token_expired"),
        ({"issuer": "https://login.example/other/v2.0"}, "token_invalid"),
        ({"audience": "api://someone-else"}, "token_invalid"),
        ({"alg": "none"}, "token_invalid"),
        ({"alg": "HS256"}, "token_invalid"),
        ({"tenant": "00000000-0000-4000-8000-00000000dead"}, "token_invalid"),
        ({"kid": "unknown-key"}, "token_invalid"),
    ],
)
def test_a_token_that_is_not_ours_cannot_negotiate(stack: Stack, wishes: dict[str, object], code: str) -> None:
    status, body = negotiate(stack, stack.token(wishes=wishes))

    assert (status, body["code"]) == (401, code)


def test_nobody_negotiates_without_a_token(stack: Stack) -> None:
    status, body = negotiate(stack, None)

    assert (status, body["code"]) == (401, "token_missing")
