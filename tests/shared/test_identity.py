import hashlib
import hmac
import json
import logging
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
import pytest_asyncio
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from shared.errors import NotAllowed
from shared.identity import Principal, TokenValidator
from shared.protocol.codes import ErrorCode
from tests.shared.issuer import AUDIENCE, KEY, OTHER_KEY, PERSON, TENANT, Issuer, encoded, signed
from tests.shared.stub_server import stub_server

pytestmark = pytest.mark.asyncio(loop_scope="module")
OTHER_TENANT = "ffffffff-1111-4222-8333-bbbbbbbbbbbb"


def utc_now() -> datetime:
    return datetime.now(UTC)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def issuer() -> AsyncIterator[Issuer]:
    issuer = Issuer()
    async with stub_server(issuer) as issuer.url:
        yield issuer


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def validator(issuer: Issuer) -> AsyncIterator[TokenValidator]:
    validator = TokenValidator(issuer.issuer, AUDIENCE, utc_now)
    yield validator
    await validator.close()


async def code_of(validator: TokenValidator, authorization: str | None) -> ErrorCode:
    with pytest.raises(NotAllowed) as raised:
        await validator.validate(authorization)
    assert not raised.value.retryable
    return raised.value.code


async def test_a_good_token_names_the_person(issuer: Issuer, validator: TokenValidator) -> None:
    expires = int(time.time()) + 1000
    assert await validator.validate(issuer.header(exp=expires)) == Principal(
        id=f"{TENANT}.{PERSON}",
        tenant=TENANT,
        name="Ada Lovelace",
        email="ada@example.com",
        roles=frozenset({"Sales", "HR"}),
        groups=("g2", "g1"),
        expires_at=datetime.fromtimestamp(expires, UTC),
    )


async def test_ids_are_lower_case_and_optional_claims_may_be_missing(issuer: Issuer, validator: TokenValidator) -> None:
    header = issuer.header(
        tid=TENANT.upper(), oid=PERSON.upper(), roles=None, groups=None, name=None, preferred_username=None, nbf=None
    )
    person = await validator.validate(header.replace("Bearer", "bearer"))
    assert person.id == f"{TENANT}.{PERSON}"
    assert (person.roles, person.groups, person.email, person.name) == (frozenset(), (), None, "Unnamed")


@pytest.mark.parametrize("roles", ["Admin", {"Admin": True}, 7])
async def test_roles_of_the_wrong_shape_grant_nothing(issuer: Issuer, validator: TokenValidator, roles: object) -> None:
    assert (await validator.validate(issuer.header(roles=roles))).roles == frozenset()


async def test_group_overage_grants_no_groups(issuer: Issuer, validator: TokenValidator) -> None:
    sources = {"src1": {"endpoint": "https://attacker.example/groups"}}
    header = issuer.header(groups=None, _claim_names={"groups": "src1", "roles": "src1"}, _claim_sources=sources)
    person = await validator.validate(header)
    assert (person.groups, person.roles) == ((), frozenset({"Sales", "HR"}))


async def test_a_name_cannot_forge_a_log_line(issuer: Issuer, validator: TokenValidator) -> None:
    name = "Ada\n2026 ERROR \u202eadmin" + "x" * 500
    shown = (await validator.validate(issuer.header(name=name))).name
    assert shown.isprintable()
    assert len(shown) == 200


@pytest.mark.parametrize("authorization", [None, "", "Bearer", "Bearer ", "Basic YTpi", "token"])
async def test_without_a_bearer_token_a_person_is_asked_to_sign_in(
    validator: TokenValidator, authorization: str | None
) -> None:
    assert await code_of(validator, authorization) == ErrorCode.TOKEN_MISSING


@pytest.mark.parametrize(
    "changes",
    [
        {"tid": OTHER_TENANT},
        {"tid": None},
        {"tid": "common"},
        {"oid": None},
        {"oid": "ada@example.com"},
        {"oid": f"{PERSON}\n"},
        {"aud": "00000003-0000-0000-c000-000000000000"},
        {"aud": [AUDIENCE]},
        {"aud": [AUDIENCE, "other"]},
        {"aud": "API://salescoach"},
        {"aud": None},
        {"iss": f"https://sts.windows.net/{TENANT}/"},
        {"iss": "https://login.microsoftonline.com/common/v2.0"},
        {"iss": None},
        {"scp": None},
        {"scp": ""},
        {"scp": None, "idtyp": "app", "roles": ["Admin"]},
        {"idtyp": "app"},
        {"exp": None},
        {"exp": "tomorrow"},
        {"exp": True},
        {"exp": 1e300},
        {"exp": -1},
        {"nbf": "now"},
        {"sub": 7},
    ],
)
async def test_a_token_made_for_something_else_is_refused(
    issuer: Issuer, validator: TokenValidator, changes: dict[str, Any]
) -> None:
    assert await code_of(validator, issuer.header(**changes)) == ErrorCode.TOKEN_INVALID


@pytest.mark.parametrize(
    "headers",
    [
        {"alg": "none"},
        {"alg": "RS512"},
        {"alg": "PS256"},
        {"alg": "rs256"},
        {"alg": None},
        {"kid": None},
        {"kid": ""},
        {"kid": 7},
        {"kid": "unknown"},
        {"kid": "../../etc/passwd"},
        {"kid": "https://attacker.example/key"},
        {"kid": "k1\n"},
        {"kid": "k" * 129},
        {"crit": ["exp"]},
        {"b64": False},
        {"typ": "at+secret"},
        {"typ": 7},
    ],
)
async def test_a_header_we_do_not_use_is_refused(
    issuer: Issuer, validator: TokenValidator, headers: dict[str, Any]
) -> None:
    assert await code_of(validator, issuer.header(headers=headers)) == ErrorCode.TOKEN_INVALID


async def test_keys_named_by_the_token_itself_are_never_fetched(issuer: Issuer, validator: TokenValidator) -> None:
    hostile = {"jku": f"{issuer.url}/attacker", "x5u": f"{issuer.url}/attacker", "jwk": {"kty": "RSA"}}
    assert await code_of(validator, issuer.header(key=OTHER_KEY, headers=hostile)) == ErrorCode.TOKEN_INVALID
    assert (await validator.validate(issuer.header(headers=hostile))).tenant == TENANT
    assert f"{issuer.url}/attacker" not in issuer.fetched
    assert not [path for path in issuer.fetched if "attacker" in path]


def hmac_token(issuer: Issuer) -> str:
    public = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    head = encoded(json.dumps({"alg": "HS256", "typ": "JWT", "kid": "k1"}).encode())
    text = f"{head}.{encoded(json.dumps(issuer.claims()).encode())}"
    return f"{text}.{encoded(hmac.new(public, text.encode(), hashlib.sha256).digest())}"


async def test_signatures_that_are_not_the_issuers_are_refused(issuer: Issuer, validator: TokenValidator) -> None:
    good = issuer.header()
    head, body, signature = good.removeprefix("Bearer ").split(".")
    admin = encoded(json.dumps(issuer.claims(roles=["Admin"])).encode())
    for forged in (
        f"Bearer {hmac_token(issuer)}",
        issuer.header(key=OTHER_KEY),
        f"Bearer {head}.{admin}.{signature}",
        f"Bearer {head}.{body}.",
        f"Bearer {head}.{body}.{signature[:-8]}",
        f"Bearer {head}.{body}",
        f"Bearer {head}.{body}.{signature}.x",
        f"Bearer {good}",
    ):
        assert await code_of(validator, forged) == ErrorCode.TOKEN_INVALID


@pytest.mark.parametrize("token", ["x", "a.b.c", "..", "{}", "é.é.é", "a.b.c.d.e", "\x00", "x" * 20_000])
async def test_what_is_no_token_is_refused(validator: TokenValidator, token: str) -> None:
    assert await code_of(validator, f"Bearer {token}") == ErrorCode.TOKEN_INVALID


async def test_a_signed_but_oversized_token_is_refused(issuer: Issuer, validator: TokenValidator) -> None:
    assert await code_of(validator, issuer.header(padding="x" * 16_000)) == ErrorCode.TOKEN_INVALID


@pytest.mark.parametrize("claims", [[], "text", None, 7, {}])
async def test_claims_that_are_no_object_are_refused(validator: TokenValidator, claims: object) -> None:
    token = signed({"alg": "RS256", "kid": "k1"}, claims)
    assert await code_of(validator, f"Bearer {token}") == ErrorCode.TOKEN_INVALID


@pytest.mark.parametrize(
    ("exp", "nbf", "expected"),
    [
        (-50, -100, None),
        (-70, -100, ErrorCode.TOKEN_EXPIRED),
        (-3600, -7200, ErrorCode.TOKEN_EXPIRED),
        (3600, 50, None),
        (3600, 70, ErrorCode.TOKEN_INVALID),
    ],
)
async def test_a_minute_of_clock_difference_is_forgiven(
    issuer: Issuer, validator: TokenValidator, exp: int, nbf: int, expected: ErrorCode | None
) -> None:
    now = int(time.time())
    header = issuer.header(exp=now + exp, nbf=now + nbf)
    if expected is None:
        assert (await validator.validate(header)).tenant == TENANT
    else:
        assert await code_of(validator, header) == expected


async def test_nothing_a_token_says_reaches_the_log(
    issuer: Issuer, validator: TokenValidator, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    header = issuer.header(aud="https://secret-audience.example", name="Secret Name")
    await code_of(validator, header)
    text = caplog.text
    assert "a token was refused" in text
    assert "secret" not in text.lower()
    assert header.removeprefix("Bearer ")[:30] not in text
