"""Who we are to each authorization server: named in the catalog, by a document we publish, or registered once."""

import hashlib
import time
from collections.abc import Mapping
from typing import Annotated

from mcp.client.auth import OAuthRegistrationError
from mcp.client.auth.utils import (
    create_client_registration_request,
    handle_registration_response,
    is_valid_client_metadata_url,
    should_use_client_metadata_url,
)
from mcp.shared.auth import OAuthClientInformationFull, OAuthClientMetadata
from pydantic import AnyUrl, BaseModel, SecretStr

from shared.tools.catalog_auth import OAuthAuth
from shared.tools.credentials_store import SECRETIVE, UNSHOWN, CredentialStore
from shared.tools.oauth_discovery import AuthorizationServer
from shared.tools.oauth_errors import AuthorizationServerFailed
from shared.tools.oauth_http import OAuthHttp
from shared.tools.oauth_tokens import CLIENT_METHODS, ClientLogin, client_login
from shared.tools.scopes import all_scopes, covers

CALLBACK_PATH = "/api/oauth/callback"
CLIENT_DOCUMENT_PATH = "/api/oauth/client"
_KEEP_S = 180 * 24 * 3600
_RENEW_BEFORE_S = 24 * 3600
_NAME = "SalesCoach"


class _Registered(BaseModel):
    model_config = SECRETIVE

    client_id: str
    client_secret: Annotated[str | None, UNSHOWN]
    method: str
    expires_at: float | None
    scope: str | None = None
    """What we said we would ask for."""


class OAuthClients:
    """Our identity at authorization servers, for a deployment reached under `public_url`."""

    def __init__(
        self, http: OAuthHttp, store: CredentialStore, public_url: str, secrets: Mapping[str, SecretStr]
    ) -> None:
        self._http = http
        self._store = store
        self._base = public_url.rstrip("/")
        self._secrets = secrets

    @property
    def redirect_uri(self) -> str:
        return f"{self._base}{CALLBACK_PATH}"

    def document(self) -> OAuthClientMetadata:
        """Return what we say of ourselves, published as our client id where an authorization server takes that."""
        return OAuthClientMetadata(
            client_name=_NAME,
            redirect_uris=[AnyUrl(self.redirect_uri)],
            token_endpoint_auth_method="none",  # noqa: S106 - the name of a method
            application_type="web",
        )

    @property
    def document_url(self) -> str:
        return f"{self._base}{CLIENT_DOCUMENT_PATH}"

    async def at(self, authority: AuthorizationServer, auth: OAuthAuth) -> ClientLogin:
        """Return how to introduce ourselves.

        Raises:
            AuthorizationServerFailed: it takes no client it does not know already.
            Unreachable: it does not answer.

        """
        if auth.client_id is not None:
            return self._named(auth.client_id, auth.client_secret_setting, authority)
        own = self.document_url if is_valid_client_metadata_url(self.document_url) else None
        if own is not None and should_use_client_metadata_url(authority.metadata, own):
            return ClientLogin(client_id=own)
        registered = await self._registered(authority)
        return ClientLogin(client_id=registered.client_id, secret=registered.client_secret, method=registered.method)

    async def forget(self, authority: AuthorizationServer) -> None:
        """Register anew next time: the authorization server no longer knows us."""
        found = await self._store.step(self._place(authority))
        if found is not None:
            await self._store.consume(found[0] | {"ttl": 1})

    def _named(self, client_id: str, setting: str | None, authority: AuthorizationServer) -> ClientLogin:
        if setting is None:
            return ClientLogin(client_id=client_id)
        return client_login(client_id, self._secrets[setting].get_secret_value(), authority.metadata)

    def _place(self, authority: AuthorizationServer) -> str:
        named = hashlib.sha256(f"{authority.issuer}\x1f{self.redirect_uri}".encode()).hexdigest()
        return f"client.{named[:40]}"

    async def _known(self, authority: AuthorizationServer) -> _Registered | None:
        found = await self._store.step(self._place(authority))
        if found is None:
            return None
        known = _Registered.model_validate_json(found[1])
        return known if known.expires_at is None or known.expires_at - _RENEW_BEFORE_S > time.time() else None

    async def _registered(self, authority: AuthorizationServer) -> _Registered:
        known = await self._known(authority)
        if known is None:
            return await self._noted(authority, await self._register(authority, authority.scopes))
        if known.scope is None or covers(known.scope, authority.scopes):
            return known
        # Some authorization servers let a client ask only for what it registered with. Credentials given to the old
        # one stay good: each knows its own client.
        registered = await self._register(authority, all_scopes(known.scope, authority.scopes))
        await self._store.keep_step(self._place(authority), registered.model_dump_json(), _KEEP_S)
        return registered

    async def _register(self, authority: AuthorizationServer, scope: str | None) -> _Registered:
        if authority.metadata.registration_endpoint is None:
            raise AuthorizationServerFailed(
                "The authorization server registers no clients by itself; an administrator has to name one."
            )
        offered = authority.metadata.token_endpoint_auth_methods_supported or ["client_secret_basic"]
        method = next((name for name in ("none", "client_secret_post", "client_secret_basic") if name in offered), None)
        wanted = self.document().model_copy(update={"token_endpoint_auth_method": method, "scope": scope})
        request = create_client_registration_request(authority.metadata, wanted, authority.issuer)
        response = await self._http.send(request, private_network=authority.private_network)
        try:
            given = await handle_registration_response(response)
        except OAuthRegistrationError:
            raise AuthorizationServerFailed("The authorization server did not register us as a client.") from None
        return _usable(given).model_copy(update={"scope": scope})

    async def _noted(self, authority: AuthorizationServer, registered: _Registered) -> _Registered:
        """Keep the registration; of two made at once the one kept first serves both."""
        place = self._place(authority)
        for _ in range(2):
            if await self._store.create_once(place, {}, registered.model_dump_json(), _KEEP_S):
                return registered
            if known := await self._known(authority):
                return known
            await self.forget(authority)
        return registered


def _usable(given: OAuthClientInformationFull) -> _Registered:
    method = given.token_endpoint_auth_method or ("client_secret_basic" if given.client_secret else "none")
    if method not in CLIENT_METHODS or (method != "none" and not given.client_secret):
        raise AuthorizationServerFailed("The authorization server registered us in a way we cannot use.")
    return _Registered(
        client_id=given.client_id,
        client_secret=given.client_secret,
        method=method,
        expires_at=given.client_secret_expires_at or None,
    )
