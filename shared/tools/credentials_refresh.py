"""People's own credentials: the kept one while it is good, renewed by exactly one execution when it is not.

A refresh token is shown once. Many authorization servers give a new one each time and take a second use of the old
for theft, so that all of a person's tokens die. Hence the lease in the document, written before the request leaves;
and when nobody knows how a renewal ended, the person signs in again rather than the token being shown again.
"""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime
from typing import Any, NoReturn

from shared.errors import StoreUnavailable, Transient
from shared.protocol.codes import ErrorCode
from shared.tools.authorization import SignInRequired
from shared.tools.credentials_store import CredentialStore, Kept, TokenSet
from shared.tools.oauth_errors import AuthorizationServerFailed, GrantRefused, Unreachable
from shared.tools.oauth_http import OAuthHttp
from shared.tools.oauth_tokens import ClientLogin, Endpoint, request_token, revoke_token

LEASE_S = 30.0
_RENEW_BEFORE_S = 60.0
_WAIT_S = LEASE_S + 5.0
_POLL_S = 0.05
_SLOWEST_POLL_S = 0.8
_WRITE_TRIES = 4
_WANTED = "{server} wants your own sign-in."

type Login = Callable[[TokenSet], Awaitable[ClientLogin]]

_log = logging.getLogger(__name__)


class CredentialBusy(Transient):
    """Another execution renews the credential and takes long."""

    code = ErrorCode.SIGN_IN_UNAVAILABLE


class PersonalTokens:
    """Access tokens of people for servers. `login` says who we are to the server that renews them."""

    def __init__(self, http: OAuthHttp, store: CredentialStore, login: Login, now: Callable[[], datetime]) -> None:
        self._http = http
        self._store = store
        self._login = login
        self._now = now
        self._running: set[asyncio.Task[TokenSet | None]] = set()

    async def current(self, server: str, principal: str, *, rejected: str | None = None) -> str:
        """Return an access token that is good now; see `good`."""
        return (await self.good(server, principal, rejected=rejected)).access_token

    async def good(self, server: str, principal: str, *, rejected: str | None = None) -> TokenSet:
        """Return tokens of which the access token is good now; not `rejected`, which the server refused.

        Raises:
            SignInRequired: there is none, and none can be had without the person.
            CredentialBusy, Unreachable, StoreUnavailable: none can be had just now.

        """
        ends = asyncio.get_running_loop().time() + _WAIT_S
        pause = _POLL_S
        while True:
            kept = await self._store.read(principal, server)
            if kept is None:
                raise SignInRequired(_WANTED.format(server=server))
            if self._is_good(kept.tokens, rejected):
                return kept.tokens
            if not self._is_leased(kept):
                found = await self._to_its_end(self._renewed(server, principal, kept))
                if found is not None:
                    return found
            if asyncio.get_running_loop().time() > ends:
                raise CredentialBusy(f"Your sign-in to {server} is being renewed. Try again.", after_ms=1000)
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, _SLOWEST_POLL_S)

    async def forget(self, server: str, principal: str) -> bool:
        """Forget the credential, and revoke it where the server offers that; False when there was none."""
        while True:
            kept = await self._store.read(principal, server)
            if kept is None:
                return False
            if await self._store.forget(principal, server, kept):
                await self._revoke(server, kept.tokens)
                return True

    async def _to_its_end(self, renewal: Coroutine[Any, Any, TokenSet | None]) -> TokenSet | None:
        """Run the renewal on even when the call that wanted it is cancelled: what it gets exists nowhere else."""
        task = asyncio.create_task(renewal)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return await asyncio.shield(task)

    def _is_good(self, tokens: TokenSet, rejected: str | None) -> bool:
        if tokens.access_token == rejected:
            return False
        return tokens.expires_at is None or tokens.expires_at - _RENEW_BEFORE_S > self._now().timestamp()

    def _is_leased(self, kept: Kept) -> bool:
        return kept.refreshing_until is not None and kept.refreshing_until > self._now().timestamp()

    async def _renewed(self, server: str, principal: str, kept: Kept) -> TokenSet | None:
        """Renew as the only one; None when another execution was faster."""
        tokens = kept.tokens
        was_begun = kept.refreshing_until is not None
        if tokens.refresh_token is None or (was_begun and _is_shown_once(tokens)):
            await self._lost(server, principal, kept, "nothing to renew it with" if not was_begun else "unknown end")
        leased = await self._leased(server, principal, kept)
        if leased is None:
            return None
        try:
            new = await self._asked(tokens)
        except GrantRefused as error:
            if error.error == "invalid_grant":
                await self._lost(server, principal, leased, error.error)
            await self._store.replace(principal, server, leased, tokens, None)
            _log.warning("credential cannot be renewed server=%s principal=%s: %s", server, principal, error.error)
            raise SignInRequired(_WANTED.format(server=server)) from None
        except AuthorizationServerFailed as error:
            await self._lost(server, principal, leased, error.message)
        except Unreachable as error:
            if error.sent and _is_shown_once(tokens):
                await self._lost(server, principal, leased, "no answer")
            await self._store.replace(principal, server, leased, tokens, None)
            raise
        return await self._written(server, principal, leased, new)

    async def _leased(self, server: str, principal: str, kept: Kept) -> Kept | None:
        """Take the right to renew; None when another execution has it, or there is something new."""
        until = self._now().timestamp() + LEASE_S + secrets.randbelow(1_000_000) / 1e6
        try:
            taken = await self._store.replace(principal, server, kept, kept.tokens, until)
        except StoreUnavailable:
            # It may have been written all the same; what is there now says whether the lease is ours.
            taken = True
        found = await self._store.read(principal, server) if taken else None
        return found if found is not None and found.refreshing_until == until else None

    async def _asked(self, tokens: TokenSet) -> TokenSet:
        form = {"grant_type": "refresh_token", "refresh_token": tokens.refresh_token or ""}
        if tokens.resource is not None:
            form["resource"] = tokens.resource
        if tokens.scope is not None:
            form["scope"] = tokens.scope
        endpoint = Endpoint(url=tokens.token_endpoint, private_network=tokens.private_network)
        login = await self._login(tokens)
        given = await request_token(self._http, endpoint, login, form)
        return tokens.model_copy(
            update={
                "access_token": given.access_token,
                "refresh_token": given.refresh_token or tokens.refresh_token,
                "expires_at": None if given.expires_in is None else self._now().timestamp() + given.expires_in,
                "rotates": given.refresh_token not in (None, tokens.refresh_token),
            }
        )

    async def _written(self, server: str, principal: str, leased: Kept, new: TokenSet) -> TokenSet | None:
        """Write the new tokens before anybody uses them: they exist nowhere else."""
        for last in (number == _WRITE_TRIES for number in range(1, _WRITE_TRIES + 1)):
            try:
                if await self._store.replace(principal, server, leased, new, None):
                    _log.info("credential renewed server=%s principal=%s", server, principal)
                    return new
            except StoreUnavailable:
                if last:
                    raise
                await asyncio.sleep(_POLL_S)
            else:
                # Either an earlier try of ours was taken after all, or the person forgot the credential meanwhile.
                return None
        return None

    async def _lost(self, server: str, principal: str, kept: Kept, why: str) -> NoReturn:
        _log.warning("credential is lost, sign-in needed server=%s principal=%s: %s", server, principal, why)
        await self._store.forget(principal, server, kept)
        raise SignInRequired(_WANTED.format(server=server))

    async def _revoke(self, server: str, tokens: TokenSet) -> None:
        if tokens.revocation_endpoint is None:
            return
        endpoint = Endpoint(url=tokens.revocation_endpoint, private_network=tokens.private_network)
        token, hint = tokens.refresh_token or tokens.access_token, "refresh_token" if tokens.refresh_token else "access"
        try:
            if not await revoke_token(self._http, endpoint, await self._login(tokens), token, hint):
                _log.warning("a credential was forgotten, but %s did not revoke it", server)
        except (Transient, AuthorizationServerFailed):
            _log.warning("a credential was forgotten, but %s could not be asked to revoke it", server)


def _is_shown_once(tokens: TokenSet) -> bool:
    """Return whether showing the refresh token a second time could be taken for theft."""
    return tokens.kind == "oauth" and tokens.rotates is not False
