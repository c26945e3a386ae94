"""What is shown to a server, by the mode its catalog entry names."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from pydantic import ValidationError

from shared.cosmos import Cosmos
from shared.errors import SettingsInvalid
from shared.sealing import new_key
from shared.tools.authorization import SignInRequired
from shared.tools.catalog_document import CatalogInvalid
from shared.tools.credentials_needed import check_catalog
from shared.tools.credentials_store import TokenSet
from tests.shared.tools.credential_bench import KEY, Bench, catalog_of, settings_of

URL = "http://127.0.0.1:9/mcp"
CLIENT = {"mode": "client_credentials", "issuer": "https://login.example", "client_id": "coach"}


@pytest.fixture
def auth() -> dict[str, Any]:
    return {"mode": "none"}


@pytest.fixture
async def bench(cosmos: Cosmos, auth: dict[str, Any]) -> AsyncIterator[Bench]:
    bench = Bench(cosmos, catalog_of(URL, auth), settings_of(MCP_SECRET_QUOTES="s3cret"))
    yield bench
    await bench.close()


async def test_a_server_without_sign_in_is_shown_nothing(bench: Bench) -> None:
    assert await bench.header() is None


@pytest.mark.parametrize(
    ("auth", "shown"),
    [
        ({"mode": "secret", "setting": "MCP_SECRET_QUOTES"}, ("Authorization", "Bearer s3cret")),
        (
            {"mode": "secret", "setting": "MCP_SECRET_QUOTES", "header": "X-Api-Key", "prefix": ""},
            ("X-Api-Key", "s3cret"),
        ),
    ],
)
async def test_a_secret_is_shown_in_the_header_the_catalog_names(bench: Bench, shown: tuple[str, str]) -> None:
    assert await bench.header() == shown


@pytest.mark.parametrize("auth", [{"mode": "managed_identity", "scope": "api://quotes/.default"}])
async def test_the_apps_own_token_is_asked_for_once_and_anew_when_it_was_rejected(bench: Bench) -> None:
    first = await bench.header()
    assert first is not None
    assert first == ("Authorization", "Bearer app-token-1")
    assert await bench.header() == first
    assert await bench.header(rejected=first[1]) == ("Authorization", "Bearer app-token-2")
    assert bench.identity.scopes == ["api://quotes/.default"] * 2


@pytest.mark.parametrize("auth", [{"mode": "oauth"}])
async def test_a_persons_credential_serves_nobody_else(bench: Bench) -> None:
    await bench.keep()
    assert await bench.header() == ("Authorization", "Bearer access-0")
    bench.person = f"{bench.person}-other"
    with pytest.raises(SignInRequired):
        await bench.header()


@pytest.mark.parametrize("auth", [{"mode": "oauth"}])
async def test_a_credential_moved_to_another_persons_document_cannot_be_used(bench: Bench, cosmos: Cosmos) -> None:
    await bench.keep()
    document = await cosmos.read("credentials", bench.person, "token.quotes")
    assert document is not None
    stranger = f"{bench.person}-thief"
    moved = {name: value for name, value in document.items() if not name.startswith("_")} | {"principal": stranger}
    await cosmos.upsert("credentials", moved)
    bench.person = stranger
    with pytest.raises(SignInRequired):
        await bench.header()


@pytest.mark.parametrize("auth", [{"mode": "oauth"}])
async def test_credentials_outlive_a_change_of_keys(bench: Bench) -> None:
    await bench.keep()
    both = bench.process(settings_of(CREDENTIALS_KEYS=f"{new_key()}, {KEY}"))
    server = await bench.server()
    assert await both.authorization.header(server, bench.person) == ("Authorization", "Bearer access-0")
    gone = bench.process(settings_of(CREDENTIALS_KEYS=new_key()))
    with pytest.raises(SignInRequired):
        await gone.authorization.header(server, bench.person)


@pytest.mark.parametrize(
    ("auth", "missing"),
    [
        ({"mode": "secret", "setting": "MCP_SECRET_CRM"}, ["MCP_SECRET_CRM"]),
        ({"mode": "oauth", "client_secret_setting": "MCP_SECRET_CRM"}, ["MCP_SECRET_CRM", "PUBLIC_URL"]),
        ({"mode": "on_behalf_of", "scope": "api://x/.default"}, ["CREDENTIALS_KEYS", "AUTH_CLIENT_ID"]),
        (CLIENT | {"client_secret_setting": "MCP_SECRET_CRM"}, ["MCP_SECRET_CRM"]),
        (CLIENT | {"private_key_setting": "MCP_SECRET_CRM"}, ["MCP_SECRET_CRM"]),
        (
            CLIENT | {"mode": "identity_assertion", "client_secret_setting": "MCP_SECRET_CRM"},
            ["MCP_SECRET_CRM", "CREDENTIALS_KEYS", "AUTH_CLIENT_ID"],
        ),
    ],
)
def test_a_catalog_that_needs_settings_that_are_missing_is_refused_naming_them(
    auth: dict[str, Any], missing: list[str]
) -> None:
    with pytest.raises(CatalogInvalid) as refused:
        check_catalog(catalog_of(URL, auth), settings_of(PUBLIC_URL="", CREDENTIALS_KEYS="", MCP_SECRET_QUOTES="x"))
    assert all(f"servers.quotes: {name}" in refused.value.message for name in missing)
    assert "MCP_SECRET_QUOTES" not in refused.value.message


def test_a_catalog_whose_settings_are_there_is_taken() -> None:
    settings = settings_of(MCP_SECRET_CRM="x", AUTH_CLIENT_ID="x")
    for auth in (
        {"mode": "secret", "setting": "MCP_SECRET_CRM"},
        {"mode": "oauth"},
        {"mode": "on_behalf_of", "scope": "api://x/.default"},
        {"mode": "managed_identity", "scope": "api://x/.default"},
        CLIENT | {"private_key_setting": "MCP_SECRET_CRM"},
        CLIENT | {"mode": "workload_identity", "identity_scope": "api://x/.default"},
        CLIENT | {"mode": "identity_assertion", "client_secret_setting": "MCP_SECRET_CRM"},
    ):
        check_catalog(catalog_of(URL, auth), settings)


def test_only_settings_meant_for_it_can_be_named_in_the_catalog() -> None:
    with pytest.raises(CatalogInvalid):
        catalog_of(URL, {"mode": "secret", "setting": "CREDENTIALS_KEYS"})


def test_settings_never_show_a_secret() -> None:
    settings = settings_of(MCP_SECRET_CRM="s3cret", AUTH_CLIENT_SECRET="s3cret2")
    assert "s3cret" not in repr(settings)
    assert KEY not in repr(settings)


def test_an_address_without_tls_is_no_public_address() -> None:
    with pytest.raises(SettingsInvalid):
        settings_of(PUBLIC_URL="http://coach.example.com")


@pytest.mark.parametrize("auth", [{"mode": "oauth"}])
async def test_a_deployment_without_keys_says_so(bench: Bench) -> None:
    bare = bench.process(settings_of(CREDENTIALS_KEYS=""))
    with pytest.raises(SettingsInvalid):
        await bare.authorization.header(await bench.server(), bench.person)


@pytest.mark.parametrize("auth", [{"mode": "oauth"}])
async def test_a_credential_is_shown_nowhere_by_accident(bench: Bench) -> None:
    tokens = await bench.keep(client_secret="s3cret")
    kept = await bench.personal.store.read(bench.person, "quotes")
    shown = f"{tokens!r} {kept!r} {tokens}"
    assert not [secret for secret in ("access-0", "refresh-0", "s3cret") if secret in shown]
    with pytest.raises(ValidationError) as wrong:
        TokenSet.model_validate(tokens.model_dump() | {"kind": "access-0"})
    assert "access-0" not in str(wrong.value)
