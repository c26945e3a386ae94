"""The app's own tokens from the authorization servers of tool servers: for its client there, or for its identity.

The catalog names the authorization server. What a tool server says of authorization servers is not asked for, so it
cannot send the app's secret or its identity's token elsewhere.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NoReturn

from azure.core.credentials_async import AsyncTokenCredential
from pydantic import SecretStr

from shared.credential import TokenProvider
from shared.errors import SettingsInvalid
from shared.tools.authorization import SignInRequired
from shared.tools.catalog import ServerSpec
from shared.tools.catalog_auth import AppAuth, ClientCredentialsAuth
from shared.tools.oauth_assertions import KeyUnusable, client_assertion
from shared.tools.oauth_discovery import Metadata, resource_of, trusted
from shared.tools.oauth_errors import AuthorizationServerFailed, GrantRefused
from shared.tools.oauth_http import OAuthHttp
from shared.tools.oauth_tokens import JWT_BEARER, ClientLogin, Endpoint, client_login, request_token
from shared.tools.scopes import all_scopes, covers

REFUSED_FOR_S = 60.0
"""A refusal stands for so long before the authorization server is asked again."""
_RENEW_BEFORE_S = 60.0

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Held:
    """What is known for one server. Times are seconds since 1970."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    token: str | None = field(default=None, repr=False)
    renew_at: float | None = None
    scope: str | None = None
    refused_until: float = 0.0

    def is_good(self, now: float, rejected: str | None) -> bool:
        return self.token not in (None, rejected) and (self.renew_at is None or now < self.renew_at)


class AppTokens:
    """Access tokens the app gets for itself, kept in memory. One per process and event loop."""

    def __init__(
        self,
        http: OAuthHttp,
        secrets: Mapping[str, SecretStr],
        credential: AsyncTokenCredential,
        now: Callable[[], datetime],
    ) -> None:
        self._http = http
        self._secrets = secrets
        self._credential = credential
        self._now = now
        self._identity: dict[str, TokenProvider] = {}
        self._held: dict[tuple[str, str, AppAuth], _Held] = {}

    async def current(
        self, server: ServerSpec, auth: AppAuth, *, rejected: str | None = None, scope: str | None = None
    ) -> str:
        """Return a token that is good now; not `rejected`, which the server refused wanting `scope`.

        Raises:
            SignInRequired: the authorization server gives none; only who set the server up can help.
            Unreachable, CredentialUnavailable: none can be had just now.
            SettingsInvalid: the deployment lacks a setting the catalog needs.

        """
        held = self._of(server, auth)
        async with held.lock:
            if held.is_good(self._time(), rejected) and held.token is not None:
                return held.token
            return await self._given(server, auth, held, all_scopes(held.scope, scope))

    async def wider(self, server: ServerSpec, auth: AppAuth, value: str, scope: str) -> str | None:
        """Return a token given for `scope` too; None when there is none, or the catalog says what to ask for.

        Raises:
            Unreachable, CredentialUnavailable, SettingsInvalid: as `current`.

        """
        held = self._of(server, auth)
        async with held.lock:
            if held.token not in (None, value):
                return held.token
            if auth.scopes or covers(held.scope, scope):
                return None
            try:
                return await self._given(server, auth, held, all_scopes(held.scope, scope))
            except SignInRequired:
                return None  # the one there is stays good for other calls

    def _of(self, server: ServerSpec, auth: AppAuth) -> _Held:
        return self._held.setdefault((server.name, server.url, auth), _Held())

    def _time(self) -> float:
        return self._now().timestamp()

    async def _given(self, server: ServerSpec, auth: AppAuth, held: _Held, scope: str | None) -> str:
        if self._time() < held.refused_until:
            raise SignInRequired(f"{server.name} gives the app no credential.")
        asking = " ".join(auth.scopes) or scope
        form = {"resource": resource_of(server)} | ({"scope": asking} if asking else {})
        private = server.private_network
        try:
            metadata = await trusted(self._http, auth.issuer, private_network=private)
            login, grant = await self._grant(server, auth, metadata)
            endpoint = Endpoint(url=str(metadata.token_endpoint), private_network=private)
            token = await request_token(self._http, endpoint, login, form | grant)
        except GrantRefused as error:
            self._refused(server, held, error.error)
        except AuthorizationServerFailed as error:
            self._refused(server, held, error.message)
        lasts = token.expires_in
        held.token, held.scope = token.access_token, asking
        held.renew_at = None if lasts is None else self._time() + lasts - min(_RENEW_BEFORE_S, lasts / 4)
        return held.token

    async def _grant(self, server: ServerSpec, auth: AppAuth, metadata: Metadata) -> tuple[ClientLogin, dict[str, str]]:
        """Return who asks, and by what right."""
        if not isinstance(auth, ClientCredentialsAuth):
            identity = self._identity.setdefault(
                auth.identity_scope, TokenProvider(self._credential, auth.identity_scope)
            )
            return ClientLogin(client_id=auth.client_id), {"grant_type": JWT_BEARER, "assertion": await identity()}
        own = {"grant_type": "client_credentials"}
        if auth.client_secret_setting is not None:
            return client_login(auth.client_id, self._secret(server, auth.client_secret_setting), metadata), own
        setting = auth.private_key_setting or ""
        pem = self._secret(server, setting)
        try:
            assertion = client_assertion(pem, auth.client_id, str(metadata.issuer), self._now, auth.key_id)
        except KeyUnusable as error:
            raise SettingsInvalid(f"{setting}: {error}; the MCP server {server.name} needs one") from None
        return ClientLogin(client_id=auth.client_id, assertion=assertion), own

    def _refused(self, server: ServerSpec, held: _Held, why: str) -> NoReturn:
        _log.warning("no credential of the app's own for server=%s: %s", server.name, why)
        held.refused_until = self._time() + REFUSED_FOR_S
        raise SignInRequired(f"{server.name} gives the app no credential.")

    def _secret(self, server: ServerSpec, setting: str) -> str:
        found = self._secrets.get(setting)
        if found is None:
            raise SettingsInvalid(f"{setting}: the MCP server {server.name} needs this setting")
        return found.get_secret_value()
