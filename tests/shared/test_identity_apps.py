"""The token Web PubSub shows upstream when it is used by identity: one app, named by its object id."""

from collections.abc import AsyncGenerator
from typing import Any

import pytest

from shared.clock import utc_now
from shared.errors import NotAllowed
from shared.identity import TokenValidator
from shared.protocol.codes import ErrorCode
from tests.shared.issuer import AUDIENCE, OTHER_KEY, Issuer
from tests.shared.stub_server import stub_server

CALLER = "eeeeeeee-1111-4222-8333-eeeeeeeeeeee"
OTHER_APP = "99999999-1111-4222-8333-eeeeeeeeeeee"


@pytest.fixture
async def issuer() -> AsyncGenerator[Issuer]:
    issuer = Issuer()
    async with stub_server(issuer) as issuer.url:
        yield issuer


@pytest.fixture
async def validator(issuer: Issuer) -> AsyncGenerator[TokenValidator]:
    validator = TokenValidator(issuer.issuer, AUDIENCE, utc_now)
    yield validator
    await validator.close()


def app_token(issuer: Issuer, **changes: Any) -> str:
    claims: dict[str, Any] = {"oid": CALLER, "scp": None, "idtyp": "app", "roles": None} | changes
    return issuer.header(**claims)


async def test_the_configured_app_is_proven_by_its_token(issuer: Issuer, validator: TokenValidator) -> None:
    await validator.validate_app(app_token(issuer), CALLER.upper())


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"oid": OTHER_APP}, ErrorCode.TOKEN_INVALID),
        ({"oid": None}, ErrorCode.TOKEN_INVALID),
        ({"tid": OTHER_APP}, ErrorCode.TOKEN_INVALID),
        ({"aud": "api://someone-else"}, ErrorCode.TOKEN_INVALID),
        ({"iss": "https://login.example/v2.0"}, ErrorCode.TOKEN_INVALID),
        ({"exp": 1}, ErrorCode.TOKEN_EXPIRED),
        ({"key": OTHER_KEY}, ErrorCode.TOKEN_INVALID),
    ],
)
async def test_any_other_token_proves_nothing(
    issuer: Issuer, validator: TokenValidator, changes: dict[str, object], code: ErrorCode
) -> None:
    with pytest.raises(NotAllowed) as raised:
        await validator.validate_app(app_token(issuer, **changes), CALLER)

    assert raised.value.code is code


async def test_an_apps_token_is_no_sign_in_of_a_person(issuer: Issuer, validator: TokenValidator) -> None:
    with pytest.raises(NotAllowed):
        await validator.validate(app_token(issuer))
