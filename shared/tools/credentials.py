"""What we show to each MCP server: nothing, a secret, a token of the app's own, or one for the person and the server.

A person's own token is never among them.
"""

from collections.abc import Mapping

from azure.core.credentials_async import AsyncTokenCredential
from pydantic import SecretStr

from shared.credential import TokenProvider
from shared.errors import SettingsInvalid
from shared.tools.authorization import SignInRequired
from shared.tools.catalog import ServerSpec
from shared.tools.catalog_auth import (
    ClientCredentialsAuth,
    IdentityAssertionAuth,
    ManagedIdentityAuth,
    NoAuth,
    OAuthAuth,
    OnBehalfOfAuth,
    SecretAuth,
    WorkloadIdentityAuth,
)
from shared.tools.credentials_app import AppTokens
from shared.tools.credentials_refresh import PersonalTokens
from shared.tools.credentials_scopes import WantedScopes
from shared.tools.proofs import BoundHeader, ProofKey

_AUTHORIZATION = "Authorization"
_BEARER = "Bearer"


class ServerCredentials:
    """Gives the header for a server, by the mode the catalog names (see `Authorization`)."""

    def __init__(
        self,
        secrets: Mapping[str, SecretStr],
        credential: AsyncTokenCredential,
        personal: PersonalTokens | None,
        wanted: WantedScopes | None = None,
        app: AppTokens | None = None,
    ) -> None:
        """`personal` and `wanted` are None in a deployment without keys to keep people's credentials under.

        `app` may be None where no server takes a token that its authorization server gives the app.
        """
        self._secrets = secrets
        self._credential = credential
        self._personal = personal
        self._wanted = wanted
        self._app = app
        self._providers: dict[str, TokenProvider] = {}

    async def header(
        self, server: ServerSpec, principal: str, *, rejected: str | None = None, scope: str | None = None
    ) -> tuple[str, str] | None:
        """Return name and value; None when the server takes none. See `Authorization.header`.

        Raises:
            SignInRequired, Transient: see there.
            SettingsInvalid: the deployment lacks a setting the catalog needs.

        """
        match server.auth:
            case NoAuth():
                return None
            case SecretAuth() as auth:
                return auth.header, f"{auth.prefix} {self._secret(server, auth.setting)}".lstrip()
            case ManagedIdentityAuth() as auth:
                return _AUTHORIZATION, f"{_BEARER} {await self._own(auth.scope, rejected)}"
            case ClientCredentialsAuth() | WorkloadIdentityAuth() as auth:
                token = await self._apps(server).current(server, auth, rejected=_token_of(rejected), scope=scope)
                return _AUTHORIZATION, f"{_BEARER} {token}"
            case OnBehalfOfAuth() | IdentityAssertionAuth() | OAuthAuth():
                if scope is not None and isinstance(server.auth, OAuthAuth) and self._wanted is not None:
                    await self._wanted.note(principal, server.name, scope)
                return await self._persons(server, principal, rejected)

    async def wider(self, server: ServerSpec, principal: str, value: str, scope: str) -> tuple[str, str] | None:
        """Return another header. See `Authorization.wider`; for people only who signs in to a server can help.

        Raises:
            SignInRequired, Transient: see there.

        """
        if isinstance(server.auth, ClientCredentialsAuth | WorkloadIdentityAuth):
            token = await self._apps(server).wider(server, server.auth, _token_of(value) or "", scope)
            return None if token is None else (_AUTHORIZATION, f"{_BEARER} {token}")
        if not isinstance(server.auth, OAuthAuth) or self._wanted is None:
            return None
        header = await self.header(server, principal)
        if header is not None and header[1] != value:
            return header
        if await self._wanted.note(principal, server.name, scope):
            raise SignInRequired(f"{server.name} wants a sign-in that allows for more.")
        return None

    def _apps(self, server: ServerSpec) -> AppTokens:
        if self._app is None:
            raise SettingsInvalid(f"the MCP server {server.name} needs tokens of the app's own")
        return self._app

    def _secret(self, server: ServerSpec, setting: str) -> str:
        found = self._secrets.get(setting)
        if found is None:
            raise SettingsInvalid(f"{setting}: the MCP server {server.name} needs this setting")
        return found.get_secret_value()

    async def _own(self, scope: str, rejected: str | None) -> str:
        provider = self._providers.setdefault(scope, TokenProvider(self._credential, scope))
        token = await provider()
        if f"{_BEARER} {token}" != rejected:
            return token
        self._providers[scope] = TokenProvider(self._credential, scope)
        return await self._providers[scope]()

    async def _persons(self, server: ServerSpec, principal: str, rejected: str | None) -> tuple[str, str]:
        if self._personal is None:
            raise SettingsInvalid(f"CREDENTIALS_KEYS: the MCP server {server.name} needs this setting")
        tokens = await self._personal.good(server.name, principal, rejected=_token_of(rejected))
        if tokens.proof_key is not None:
            return BoundHeader(tokens.access_token, ProofKey.from_text(tokens.proof_key))
        return _AUTHORIZATION, f"{_BEARER} {tokens.access_token}"


def _token_of(value: str | None) -> str | None:
    return value.partition(" ")[2] if value else None
