"""The keys people's credentials are kept under, in Key Vault: `python -m scripts.vault_keys [rotate | drop-old]`.

Without a word it makes the first key if there is none. `rotate` puts a new key in front of those there are: new
credentials are sealed under it, old ones can still be opened. `drop-old` leaves the newest only; do that when the old
ones have expired (90 days). The app is then told to look again. Needs `KEY_VAULT_URI` and `APP_RESOURCE_ID`, outputs of
the deployment, and your own sign-in (`az login` or `azd auth login`).
"""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus

import aiohttp

from shared.credential import CredentialUnavailable, TokenProvider, azure_credential
from shared.sealing import new_key

SECRET = "credentials-keys"  # noqa: S105 - its name
_MANAGEMENT = "https://management.azure.com"
_VAULT_VERSION = "7.4"
_SITES_VERSION = "2022-03-01"
_TIMEOUT = aiohttp.ClientTimeout(total=30)
_WORDS = ("ensure", "rotate", "drop-old")

type Token = Callable[[], Awaitable[str]]


class VaultFailedError(Exception):
    """A service did not do what was asked; the message says which and its status, never a secret."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How often to ask again while a role that was just assigned is not known everywhere, and the pause in seconds."""

    attempts: int = 20
    pause_s: float = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Vault:
    """The secret in its vault, and the app that reads it."""

    http: aiohttp.ClientSession
    vault_uri: str
    vault_token: Token
    management: str
    management_token: Token
    app_resource_id: str
    patience: Patience

    async def keys(self) -> tuple[str, ...]:
        """Return the keys, newest first; none when the secret does not exist."""
        status, body = await self._secret("GET", None)
        if status == HTTPStatus.NOT_FOUND:
            return ()
        return tuple(str(body.get("value", "")).replace(",", " ").split())

    async def keep(self, keys: tuple[str, ...]) -> None:
        """Store the keys as the secret's new version and let the app look for it."""
        await self._secret("PUT", {"value": ",".join(keys), "contentType": "keys, newest first"})
        await self.tell()

    async def tell(self) -> None:
        """Let the app look for the secret's newest version."""
        url = f"{self.management}{self.app_resource_id}/config/configreferences/appsettings/refresh"
        async with self.http.post(
            url, params={"api-version": _SITES_VERSION}, headers=await _bearer(self.management_token)
        ) as reply:
            if reply.status >= HTTPStatus.BAD_REQUEST:
                raise VaultFailedError(f"The app was not told of the new secret (status {reply.status}): restart it.")

    async def _secret(self, method: str, body: dict[str, str] | None) -> tuple[int, dict[str, object]]:
        url = f"{self.vault_uri.rstrip('/')}/secrets/{SECRET}"
        for attempt in range(self.patience.attempts):
            if attempt:
                await asyncio.sleep(self.patience.pause_s)
            async with self.http.request(
                method, url, params={"api-version": _VAULT_VERSION}, json=body, headers=await _bearer(self.vault_token)
            ) as reply:
                if reply.status == HTTPStatus.FORBIDDEN:
                    continue
                if reply.status not in (HTTPStatus.OK, HTTPStatus.NOT_FOUND):
                    raise VaultFailedError(f"Key Vault answered {reply.status}.")
                return reply.status, await reply.json()
        raise VaultFailedError("Key Vault refuses: your role 'Key Vault Secrets Officer' is missing or not known yet.")


async def change(vault: Vault, word: str) -> str:
    """Carry out one word; returns what was done, in words."""
    keys = await vault.keys()
    if word == "rotate":
        await vault.keep((new_key(), *keys))
        return f"a new key is in front of {len(keys)}"
    if word == "drop-old":
        if len(keys) < 2:  # noqa: PLR2004 - one is kept
            return "there is no old key"
        await vault.keep(keys[:1])
        return f"{len(keys) - 1} old keys are gone from the newest version of the secret"
    if keys:
        await vault.tell()  # an earlier run may have made the key and failed here
        return "the key is there"
    await vault.keep((new_key(),))
    return "the first key is made"


async def _bearer(token: Token) -> dict[str, str]:
    return {"Authorization": f"Bearer {await token()}"}


async def main(words: list[str], environment: Mapping[str, str]) -> int:
    """Read the command line and the environment, carry out the word, say what went wrong in one line."""
    word = words[0] if words else "ensure"
    uri, app = environment.get("KEY_VAULT_URI"), environment.get("APP_RESOURCE_ID")
    if word not in _WORDS or not uri or not app:
        sys.stderr.write("Usage: vault_keys [rotate | drop-old], with KEY_VAULT_URI and APP_RESOURCE_ID set.\n")
        return 2
    async with azure_credential() as credential, aiohttp.ClientSession(timeout=_TIMEOUT) as http:
        vault = Vault(
            http=http,
            vault_uri=uri,
            vault_token=TokenProvider(credential, "https://vault.azure.net/.default"),
            management=_MANAGEMENT,
            management_token=TokenProvider(credential, f"{_MANAGEMENT}/.default"),
            app_resource_id=app,
            patience=Patience(),
        )
        try:
            sys.stdout.write(f"{SECRET}: {await change(vault, word)}\n")
        except (VaultFailedError, CredentialUnavailable, aiohttp.ClientError, TimeoutError) as error:
            sys.stderr.write(f"{error or type(error).__name__}\n")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:], os.environ)))
