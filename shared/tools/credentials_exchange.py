"""The asker's token, in hand only when they sign in, is exchanged for one made for each tool server.

On behalf of: by the issuer itself. Identity assertion: the issuer gives its word on who asks, for the eyes of the
server's authorization server only, and that gives the token. The asker's own token is neither kept nor shown to a tool
server or its authorization server.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta

from pydantic import SecretStr

from shared.clock import iso
from shared.errors import Transient
from shared.identity import Principal
from shared.tools.catalog import ServerSpec
from shared.tools.catalog_auth import IdentityAssertionAuth, OnBehalfOfAuth
from shared.tools.catalogs import Catalogs
from shared.tools.credentials_store import CredentialStore, TokenSet
from shared.tools.oauth_discovery import resource_of, trusted
from shared.tools.oauth_errors import AuthorizationServerFailed, GrantRefused
from shared.tools.oauth_http import OAuthHttp
from shared.tools.oauth_tokens import (
    ID_JAG,
    JWT_BEARER,
    ClientLogin,
    Endpoint,
    Token,
    client_login,
    request_assertion,
    request_token,
)

_TENANT = "{tenantid}"
_FRESH = timedelta(minutes=30)
_WORTH_S = 300.0
"""A credential that cannot be renewed is replaced when less than this is left of it."""
_WAIT_S = 2.0
"""A sign-in waits so long for the exchanges; they go on after that."""

_log = logging.getLogger(__name__)


class OnBehalfOf:
    """Exchanges tokens at the issuer people sign in with. `login` says who we are to it.

    Where `issuer` names the tenant as `{tenantid}`, it is the person's.
    """

    def __init__(
        self,
        *,
        http: OAuthHttp,
        store: CredentialStore,
        login: Callable[[], Awaitable[ClientLogin]],
        issuer: str,
        catalogs: Catalogs,
        secrets: Mapping[str, SecretStr],
        now: Callable[[], datetime],
    ) -> None:
        self._http = http
        self._store = store
        self._login = login
        self._issuer = issuer
        self._catalogs = catalogs
        self._secrets = secrets
        self._now = now
        self._urls: dict[str, str] = {}
        self._running: set[asyncio.Task[None]] = set()

    async def signed_in(self, person: Principal, token: str) -> None:
        """Get credentials for the servers the person may use that take one made from `token` (a JWT).

        Returns when all are there or two seconds have gone by; what fails is logged, and asked for again when the
        person signs in next.
        """
        task = asyncio.create_task(self._all_exchanged(person, token))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        await asyncio.wait({task}, timeout=_WAIT_S)

    async def _all_exchanged(self, person: Principal, token: str) -> None:
        try:
            servers = (await self._catalogs.current()).servers_for(person.roles)
        except Transient as error:
            _log.warning("no credentials for principal=%s: %s", person.id, error.message)
            return
        wanted = [server for server in servers if isinstance(server.auth, OnBehalfOfAuth | IdentityAssertionAuth)]
        await asyncio.gather(*(self._exchanged(server, person, token) for server in wanted))

    async def _exchanged(self, server: ServerSpec, person: Principal, token: str) -> None:
        principal = person.id
        try:
            if not await self._is_fresh(server, principal):
                tokens = await self._asked(server, self._issuer.replace(_TENANT, person.tenant), token)
                await self._store.put(principal, server.name, tokens, iso(self._now()))
        except GrantRefused as error:
            _log.warning("no credential for server=%s principal=%s: %s", server.name, principal, error.error)
        except (Transient, AuthorizationServerFailed) as error:
            _log.warning("no credential for server=%s principal=%s: %s", server.name, principal, error.message)
        except Exception:  # noqa: BLE001 - the end of a task of its own, logged with its trace
            _log.exception("no credential for server=%s principal=%s", server.name, principal)

    async def _is_fresh(self, server: ServerSpec, principal: str) -> bool:
        kept = await self._store.read(principal, server.name)
        if kept is None or kept.tokens.kind != "on_behalf_of" or kept.tokens.scope != _scope(server):
            return False
        tokens = kept.tokens
        ends = tokens.expires_at is not None and tokens.refresh_token is None
        if ends and (tokens.expires_at or 0.0) - self._now().timestamp() < _WORTH_S:
            return False
        return self._now() - datetime.fromisoformat(kept.since) < _FRESH

    async def _asked(self, server: ServerSpec, issuer: str, token: str) -> TokenSet:
        if isinstance(server.auth, IdentityAssertionAuth):
            return await self._asserted(server, server.auth, issuer, token)
        endpoint = await self._endpoint(issuer)
        login = await self._login()
        form = {
            "grant_type": JWT_BEARER,
            "requested_token_use": "on_behalf_of",
            "assertion": token,
            "scope": _scope(server) or "",
        }
        given = await request_token(self._http, endpoint, login, form)
        return self._set(server, given, token, issuer, endpoint, login)

    async def _asserted(self, server: ServerSpec, auth: IdentityAssertionAuth, issuer: str, token: str) -> TokenSet:
        resource = resource_of(server)
        scope = {"scope": " ".join(auth.scopes)} if auth.scopes else {}
        asking = {
            "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
            "requested_token_type": ID_JAG,
            "audience": auth.issuer,
            "resource": resource,
            "subject_token": token,
            "subject_token_type": f"urn:ietf:params:oauth:token-type:{auth.subject_token}",
            **scope,
        }
        assertion = await request_assertion(self._http, await self._endpoint(issuer), await self._login(), asking)
        authority = await trusted(self._http, auth.issuer, private_network=server.private_network)
        endpoint = Endpoint(url=str(authority.token_endpoint), private_network=server.private_network)
        login = client_login(auth.client_id, self._secrets[auth.client_secret_setting].get_secret_value(), authority)
        form = {"grant_type": JWT_BEARER, "assertion": assertion, "resource": resource, **scope}
        given = await request_token(self._http, endpoint, login, form)
        return self._set(server, given, token, auth.issuer, endpoint, login)

    async def _endpoint(self, issuer: str) -> Endpoint:
        if issuer not in self._urls:
            self._urls[issuer] = str((await trusted(self._http, issuer)).token_endpoint)
        return Endpoint(url=self._urls[issuer], private_network=False)

    def _set(
        self, server: ServerSpec, given: Token, token: str, issuer: str, endpoint: Endpoint, login: ClientLogin
    ) -> TokenSet:
        if given.access_token == token:
            raise AuthorizationServerFailed("The exchange gave back the person's own token.")
        asserted = isinstance(server.auth, IdentityAssertionAuth)
        return TokenSet(
            kind="on_behalf_of",
            access_token=given.access_token,
            refresh_token=given.refresh_token,
            expires_at=None if given.expires_in is None else self._now().timestamp() + given.expires_in,
            issuer=issuer,
            token_endpoint=endpoint.url,
            resource=resource_of(server) if asserted else None,
            scope=_scope(server),
            client_id=login.client_id,
            client_secret=login.secret if asserted else None,
            client_method=login.method if asserted else "none",
            private_network=endpoint.private_network,
        )


def _scope(server: ServerSpec) -> str | None:
    match server.auth:
        case OnBehalfOfAuth(scope=scope):
            return f"{scope} offline_access"
        case IdentityAssertionAuth(scopes=scopes):
            return " ".join(scopes) or None
        case _:
            return None
