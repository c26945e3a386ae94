"""Keys in the vault: made once, rotated without losing old ones, and the app is told. Against a vault on loopback."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer

from scripts.vault_keys import Patience, Vault, VaultFailedError, change, main
from shared.sealing import Sealer

APP = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Web/sites/func-x"


@dataclass(slots=True)
class Azure:
    """Key Vault and the management API as far as the script asks them."""

    value: str | None = None
    refusals: int = 0
    refresh_status: int = 200
    refreshed: list[str] = field(default_factory=list[str])
    authorizations: set[str] = field(default_factory=set[str])

    def application(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/secrets/credentials-keys", self.read)
        app.router.add_put("/secrets/credentials-keys", self.write)
        app.router.add_post("/{path:subscriptions/.*}", self.refresh)
        return app

    async def read(self, request: web.Request) -> web.Response:
        self.authorizations.add(request.headers["Authorization"])
        if self.refusals:
            self.refusals -= 1
            return web.json_response({"error": {"code": "Forbidden"}}, status=403)
        if self.value is None:
            return web.json_response({"error": {"code": "SecretNotFound"}}, status=404)
        return web.json_response({"value": self.value})

    async def write(self, request: web.Request) -> web.Response:
        assert request.query["api-version"] == "7.4"
        self.value = (await request.json())["value"]
        return web.json_response({"value": self.value})

    async def refresh(self, request: web.Request) -> web.Response:
        self.authorizations.add(request.headers["Authorization"])
        self.refreshed.append(request.path)
        return web.Response(status=self.refresh_status)


async def _vault_token() -> str:
    return "for-the-vault"


async def _management_token() -> str:
    return "for-management"


@pytest.fixture
def azure() -> Azure:
    return Azure()


@pytest_asyncio.fixture
async def vault(azure: Azure) -> AsyncGenerator[Vault]:
    async with TestServer(azure.application(), host="127.0.0.1") as server, aiohttp.ClientSession() as http:
        url = str(server.make_url("")).rstrip("/")
        yield Vault(
            http=http,
            vault_uri=f"{url}/",
            vault_token=_vault_token,
            management=url,
            management_token=_management_token,
            app_resource_id=APP,
            patience=Patience(attempts=3, pause_s=0),
        )


async def test_the_first_key_is_made_and_the_app_is_told(vault: Vault, azure: Azure) -> None:
    assert await change(vault, "ensure") == "the first key is made"
    Sealer((str(azure.value),))
    assert azure.refreshed == [f"{APP}/config/configreferences/appsettings/refresh"]
    assert azure.authorizations == {"Bearer for-the-vault", "Bearer for-management"}


async def test_a_key_that_is_there_stays(vault: Vault, azure: Azure) -> None:
    await change(vault, "ensure")
    first = azure.value
    assert await change(vault, "ensure") == "the key is there"
    assert azure.value == first


async def test_an_app_that_was_not_told_is_told_by_the_next_run(vault: Vault, azure: Azure) -> None:
    azure.refresh_status = 500
    with pytest.raises(VaultFailedError):
        await change(vault, "ensure")
    azure.refresh_status = 200
    await change(vault, "ensure")
    assert len(azure.refreshed) == 2


async def test_what_was_sealed_before_a_rotation_can_be_opened_after_it(vault: Vault, azure: Azure) -> None:
    await change(vault, "ensure")
    sealed = Sealer((str(azure.value),)).seal("token", "place")
    await change(vault, "rotate")
    keys = tuple(str(azure.value).split(","))
    assert len(keys) == 2
    assert Sealer(keys).open(sealed, "place") == "token"
    await change(vault, "drop-old")
    assert azure.value == keys[0]
    assert await change(vault, "drop-old") == "there is no old key"


async def test_a_role_that_is_not_known_yet_is_waited_for(vault: Vault, azure: Azure) -> None:
    azure.refusals = 2
    assert await change(vault, "ensure") == "the first key is made"


async def test_a_role_that_is_missing_is_named(vault: Vault, azure: Azure) -> None:
    azure.refusals = 3
    with pytest.raises(VaultFailedError, match="Key Vault Secrets Officer"):
        await change(vault, "ensure")
    assert azure.value is None


async def test_an_app_that_was_not_told_is_reported(vault: Vault, azure: Azure) -> None:
    azure.refresh_status = 500
    with pytest.raises(VaultFailedError, match="restart it"):
        await change(vault, "ensure")


async def test_a_wrong_word_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert await main(["explode"], {"KEY_VAULT_URI": "https://kv", "APP_RESOURCE_ID": APP}) == 2
    assert "rotate" in capsys.readouterr().err
