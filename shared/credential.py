"""The app's own identity towards Azure services, and when a token may travel."""

import asyncio
import ipaddress
import time
from urllib.parse import urlsplit

from azure.core.credentials_async import AsyncTokenCredential
from azure.core.exceptions import AzureError
from azure.identity.aio import DefaultAzureCredential

from shared.errors import Transient
from shared.protocol.codes import ErrorCode

_RENEW_BEFORE_S = 300


class CredentialUnavailable(Transient):
    """The app could not get a token for itself."""

    code = ErrorCode.SIGN_IN_UNAVAILABLE


def azure_credential() -> AsyncTokenCredential:
    """Return the process's one credential; `AZURE_TOKEN_CREDENTIALS` chooses among the Azure SDK's kinds.

    Nothing is sent until the first token is asked for. The owner closes it.
    """
    return DefaultAzureCredential()


class TokenProvider:
    """Gives the current token for one scope, from memory until five minutes before it expires."""

    def __init__(self, credential: AsyncTokenCredential, scope: str) -> None:
        self._credential = credential
        self._scope = scope
        self._token = ""
        self._renew_at = 0.0
        self._refresh = asyncio.Lock()

    async def __call__(self) -> str:
        """Return a bearer token.

        Raises:
            CredentialUnavailable: the identity service gave none.

        """
        if time.time() < self._renew_at:
            return self._token
        async with self._refresh:
            if time.time() >= self._renew_at:
                await self._renew()
        return self._token

    async def _renew(self) -> None:
        try:
            token = await self._credential.get_token(self._scope)
        except AzureError as error:
            raise CredentialUnavailable("The app could not sign in to an Azure service it uses.") from error
        self._token = token.token
        self._renew_at = token.expires_on - _RENEW_BEFORE_S


def is_private_channel(url: str) -> bool:
    """Return whether what is sent to `url` stays unread on the way: over TLS, or without leaving this machine."""
    parts = urlsplit(url)
    if parts.scheme == "https":
        return bool(parts.hostname)
    return parts.scheme == "http" and _is_loopback(parts.hostname or "")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
