"""On behalf of: the asker's token, in hand only when they sign in, is exchanged for one made for each tool server.

The asker's own token is neither kept nor shown to a tool server.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from shared.clock import iso
from shared.errors import Transient
from shared.identity import Principal
from shared.tools.catalog import ServerSpec
from shared.tools.catalog_document import OnBehalfOfAuth
from shared.tools.catalogs import Catalogs
from shared.tools.credentials_store import CredentialStore, TokenSet
from shared.tools.oauth_discovery import token_endpoint
from shared.tools.oauth_errors import AuthorizationServerFailed, GrantRefused
from shared.tools.oauth_http import OAuthHttp
from shared.tools.oauth_tokens import ClientLogin, Endpoint, request_token

_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_TENANT = "{tenantid}"
_FRESH = timedelta(minutes=30)
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
        now: Callable[[], datetime],
    ) -> None:
        self._http = http
        self._store = store
        self._login = login
        self._issuer = issuer
        self._catalogs = catalogs
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
        wanted = [server for server in servers if isinstance(server.auth, OnBehalfOfAuth)]
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
        return self._now() - datetime.fromisoformat(kept.since) < _FRESH

    async def _asked(self, server: ServerSpec, issuer: str, token: str) -> TokenSet:
        if issuer not in self._urls:
            self._urls[issuer] = await token_endpoint(self._http, issuer)
        endpoint = Endpoint(url=self._urls[issuer], private_network=False)
        login = await self._login()
        form = {
            "grant_type": _GRANT,
            "requested_token_use": "on_behalf_of",
            "assertion": token,
            "scope": _scope(server),
        }
        given = await request_token(self._http, endpoint, login, form)
        if given.access_token == token:
            raise AuthorizationServerFailed("The exchange gave back the person's own token.")
        return TokenSet(
            kind="on_behalf_of",
            access_token=given.access_token,
            refresh_token=given.refresh_token,
            expires_at=None if given.expires_in is None else self._now().timestamp() + given.expires_in,
            issuer=issuer,
            token_endpoint=endpoint.url,
            scope=_scope(server),
            client_id=login.client_id,
        )


def _scope(server: ServerSpec) -> str:
    scope = server.auth.scope if isinstance(server.auth, OnBehalfOfAuth) else ""
    return f"{scope} offline_access"
