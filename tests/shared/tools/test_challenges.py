"""What is taken from a server's refusal of a credential, and what is not."""

import httpx2
import pytest

from shared.tools.challenges import Challenge, challenge_of


def read(status: int, *headers: str) -> Challenge | None:
    return challenge_of(httpx2.Response(status, headers=[("WWW-Authenticate", header) for header in headers]))


@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize(
    "header",
    [
        'Bearer error="insufficient_scope", scope="read write"',
        "Bearer scope=\"read write\", error=insufficient_scope, resource_metadata='x'",
        'Bearer error="insufficient_scope", error_description="ask scope=\\"all\\"", scope="read write read"',
    ],
)
def test_a_credential_that_lacks_a_scope_is_narrow(status: int, header: str) -> None:
    assert read(status, header) == Challenge(scope="read write", narrow=True)


def test_each_scheme_may_have_a_header_of_its_own() -> None:
    assert read(403, 'Basic realm="a"', 'Bearer error="insufficient_scope", scope="x"') == Challenge(
        scope="x", narrow=True
    )


def test_an_expired_credential_is_signed_out_and_may_name_scopes() -> None:
    assert read(401, 'Bearer error="invalid_token", scope="read"') == Challenge(scope="read", signed_out=True)
    assert read(401) == Challenge(signed_out=True)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        'Bearer scope="write"',
        'Bearer error="insufficient_scope"',
        'Bearer error="insufficient_scope", scope=""',
        'Bearer error="insufficient_scope", scope="\u00e4"',
        'Bearer error="insufficient_scope", scope="a\\"b"',
        'Bearer error="insufficient_scope", scope="' + "a" * 1001 + '"',
        'Bearer error="insufficient_scope", scope="' + " ".join(f"s{number}" for number in range(31)) + '"',
        'Bearer error="insufficient_scope", scope="write", x="' + "a" * 4000 + '"',
    ],
)
def test_any_other_403_is_a_plain_refusal(header: str) -> None:
    response = httpx2.Response(403, headers=[(b"www-authenticate", header.encode("latin-1"))])
    assert challenge_of(response) == Challenge()


@pytest.mark.parametrize("status", [200, 400, 404, 500])
def test_other_answers_say_nothing_of_the_credential(status: int) -> None:
    assert read(status, 'Bearer error="insufficient_scope", scope="write"') is None
