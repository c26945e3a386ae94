"""App Service authentication in front of the app: believed only where the platform proves that it is there."""

import base64
import json
import time
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.errors import NotAllowed, SettingsInvalid
from shared.identity import TokenValidator
from shared.protocol.codes import ErrorCode
from shared.settings import Settings
from tests.shared.issuer import AUDIENCE, PERSON, TENANT

ISSUER = f"https://login.example/{TENANT}/v2.0"
LONG = "http://schemas.microsoft.com/identity/claims/"


def _header(*more: tuple[str, str], **changes: str | None) -> dict[str, str]:
    claims: dict[str, str | None] = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "exp": str(int(time.time()) + 600),
        f"{LONG}tenantid": TENANT,
        f"{LONG}objectidentifier": PERSON,
        f"{LONG}scope": "access_as_user",
        "name": "Ada Lovelace",
        "preferred_username": "ada@example.com",
    } | changes
    listed = [{"typ": name, "val": value} for name, value in claims.items() if value is not None]
    listed += [{"typ": name, "val": value} for name, value in (("roles", "Sales"), ("roles", "HR"), *more)]
    return {"x-ms-client-principal": _encoded({"auth_typ": "aad", "claims": listed})}


def _encoded(value: Any) -> str:
    return base64.b64encode(json.dumps(value).encode()).decode()


def _validator(*, behind: bool = True) -> TokenValidator:
    return TokenValidator(ISSUER, AUDIENCE, lambda: datetime.now(UTC), behind_platform=behind)


async def _code(headers: dict[str, str], *, behind: bool = True) -> ErrorCode:
    with pytest.raises(NotAllowed) as raised:
        await _validator(behind=behind).of_request(headers)
    return raised.value.code


async def test_the_platform_names_the_person() -> None:
    person = await _validator().of_request(_header(("groups", "g1")))
    assert (person.id, person.name, person.email) == (f"{TENANT}.{PERSON}", "Ada Lovelace", "ada@example.com")
    assert (person.roles, person.groups) == (frozenset({"Sales", "HR"}), ("g1",))


async def test_without_the_platform_its_header_is_nobodys_word() -> None:
    assert await _code(_header(), behind=False) is ErrorCode.TOKEN_MISSING


async def test_a_token_counts_before_the_platforms_word() -> None:
    assert await _code(_header() | {"authorization": "Bearer forged"}) is ErrorCode.TOKEN_INVALID


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://elsewhere.example"},
        {"iss": None},
        {"aud": "api://another"},
        {f"{LONG}tenantid": PERSON},
        {f"{LONG}objectidentifier": None},
        {f"{LONG}objectidentifier": "me"},
        {f"{LONG}scope": None},
        {"exp": None},
        {"exp": "soon"},
        {"idtyp": "app"},
    ],
    ids=str,
)
async def test_what_the_platform_says_is_held_to_the_rules_of_a_token(changes: dict[str, str | None]) -> None:
    assert await _code(_header(**changes)) is ErrorCode.TOKEN_INVALID


async def test_a_sign_in_that_expired_is_told_so() -> None:
    assert await _code(_header(exp=str(int(time.time()) - 120))) is ErrorCode.TOKEN_EXPIRED


@pytest.mark.parametrize("name", ["oid", f"{LONG}objectidentifier", "aud", "iss"])
async def test_a_claim_that_stands_twice_counts_for_nothing(name: str) -> None:
    assert await _code(_header((name, PERSON))) is ErrorCode.TOKEN_INVALID


@pytest.mark.parametrize(
    "header",
    [
        "",
        "!",
        _encoded([]),
        _encoded({}),
        _encoded({"claims": {}}),
        _encoded({"claims": [1, {"typ": 1}]}),
        "A" * 40_000,
    ],
    ids=lambda text: text[:12],
)
async def test_a_header_that_cannot_be_read_is_refused(header: str) -> None:
    assert await _code({"x-ms-client-principal": header}) is ErrorCode.TOKEN_INVALID


def test_the_app_does_not_start_believing_a_platform_that_is_not_there(environment: dict[str, str]) -> None:
    with pytest.raises(SettingsInvalid, match=r"APP_SERVICE_AUTH.*WEBSITE_AUTH_ENABLED"):
        Settings.from_environment(environment | {"APP_SERVICE_AUTH": "true"})
    proven = Settings.from_environment(environment | {"APP_SERVICE_AUTH": "true", "WEBSITE_AUTH_ENABLED": "True"})
    assert proven.app_service_auth


def test_tenants_are_listed_with_commas_or_blanks(environment: dict[str, str]) -> None:
    settings = Settings.from_environment(environment | {"AUTH_TENANTS": f"{TENANT}, {PERSON}"})
    assert settings.auth_tenants == (TENANT, PERSON)


@pytest.fixture
def environment() -> dict[str, str]:
    return {
        "COSMOS": "c",
        "BLOB": "b",
        "WEB_PUBSUB": "w",
        "AZURE_OPENAI_ENDPOINT": "https://openai.example",
        "AZURE_OPENAI_CHAT_MODEL": "chat",
        "AZURE_OPENAI_UTILITY_MODEL": "utility",
        "AUTH_ISSUER": ISSUER,
        "AUTH_AUDIENCE": AUDIENCE,
    }
