"""A person's sign-in to a tool server: OAuth 2.1 authorization code with PKCE, from the card to the kept credential.

What protects it. The link in a card is sealed: it names person, server and card, and nobody can make one. The first
browser that opens it is the only one that may go on with it, and the code must come back to that same browser, so a
link or a code sent to somebody else is of no use there. The page says for whom the sign-in is before it begins, and
cannot be skipped: going on takes a word only that browser was given. `state` is used up by the first answer.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from datetime import datetime

from mcp.client.auth import PKCEParameters
from pydantic import ValidationError

from shared.clock import iso
from shared.sealing import SealBroken, Sealer
from shared.tools.catalog import ServerSpec
from shared.tools.catalog_auth import IdentityAssertionAuth, OAuthAuth, OnBehalfOfAuth
from shared.tools.catalogs import Catalogs
from shared.tools.credentials_scopes import WantedScopes
from shared.tools.credentials_store import CredentialStore, TokenSet
from shared.tools.oauth_clients import OAuthClients
from shared.tools.oauth_discovery import check_response_issuer, discover
from shared.tools.oauth_errors import AuthorizationServerFailed, GrantRefused, SignInRefused
from shared.tools.oauth_http import OAuthHttp
from shared.tools.oauth_steps import Answer, Finished, Opened, Ticket, UnderWay
from shared.tools.oauth_tokens import Endpoint, request_token
from shared.tools.proofs import ProofKey

START_PATH = "/api/oauth/start"
SIGN_IN_S = 600
"""How long a link in a card, and a sign-in under way, are good for."""
_TICKET_PLACE = "sign-in link"
_EXPIRED = "This sign-in is too old or was used already. Go back to the conversation and ask again."
_ELSEWHERE = "This sign-in was begun in another browser. Go on there, or ask again in the conversation."


class SignIns:
    """Sign-ins of people to the catalog's servers."""

    def __init__(
        self,
        *,
        http: OAuthHttp,
        store: CredentialStore,
        clients: OAuthClients,
        sealer: Sealer,
        catalogs: Catalogs,
        public_url: str,
        now: Callable[[], datetime],
    ) -> None:
        self._http = http
        self._store = store
        self._wanted = WantedScopes(store)
        self._clients = clients
        self._sealer = sealer
        self._catalogs = catalogs
        self._base = public_url.rstrip("/")
        self._now = now

    def url(self, server: str, card_id: str, principal: str, conversation_id: str) -> str:
        """Return the link for a card: good for ten minutes, for this person, server and card."""
        expires = self._now().timestamp() + SIGN_IN_S
        ticket = Ticket(principal=principal, server=server, conversation=conversation_id, card=card_id, expires=expires)
        return f"{self._base}{START_PATH}?card={self._sealer.seal(ticket.model_dump_json(), _TICKET_PLACE)}"

    async def open(self, link: str, browser: str) -> Opened:
        """Bind the link to `browser` (its cookie's value), the first that opens it.

        Raises:
            SignInRefused: it is no link of ours, too old, used, or another browser's; or the server is none to sign in
                to.

        """
        ticket = self.ticket(link)
        await self._server(ticket.server)
        ticket_id = _named("ticket", link)
        if not await self._store.create_once(ticket_id, {"browser": _digest(browser)}, "", 2 * SIGN_IN_S):
            found = await self._store.step(ticket_id)
            if found is None:
                raise SignInRefused(_EXPIRED)
            if not _is_same(found[0]["browser"], browser):
                raise SignInRefused(_ELSEWHERE)
        return Opened(ticket=ticket, confirm=_digest(f"{browser}\x1f{link}"))

    async def begin(self, link: str, browser: str, confirm: str) -> str:
        """Return the authorization server's address to send the browser to.

        Raises:
            SignInRefused: see `open`; or nobody went through the page, or the server cannot be signed in to.
            Unreachable: the server or its authorization server does not answer.

        """
        opened = await self.open(link, browser)
        if not hmac.compare_digest(opened.confirm, confirm):
            raise SignInRefused("Open the sign-in from the conversation.")
        server, auth = await self._server(opened.ticket.server)
        try:
            wanted = await self._wanted.next(opened.ticket.principal, server.name)
            authority = await discover(self._http, server, wanted)
            client = await self._clients.at(authority, auth)
        except AuthorizationServerFailed as error:
            raise SignInRefused(f"Signing in to {server.name} is not possible: {error.message}") from error
        pkce, state = PKCEParameters.generate(), secrets.token_urlsafe(32)
        under_way = UnderWay(
            ticket=opened.ticket,
            ticket_id=_named("ticket", link),
            verifier=pkce.code_verifier,
            authority=authority,
            client_id=client.client_id,
            client_secret=client.secret,
            client_method=client.method,
            redirect_uri=self._clients.redirect_uri,
            proof_key=ProofKey.make().text if authority.bound else None,
        )
        fields = {"browser": _digest(browser)}
        await self._store.create_once(_named("state", state), fields, under_way.model_dump_json(), SIGN_IN_S)
        return under_way.authorization_url(state, pkce.code_challenge)

    async def finish(self, answer: Answer, browser: str) -> Finished:
        """Take the authorization server's answer and keep what it gives for the code.

        Raises:
            SignInRefused: the answer is none to a sign-in of this browser, or came to nothing; the message says why.
            Unreachable: the authorization server does not answer.

        """
        under_way = await self._used_up(answer.state, browser)
        ticket = under_way.ticket
        if answer.error == "access_denied":
            return Finished(ticket=ticket, accepted=False)
        if answer.error == "invalid_scope":
            await self._wanted.asked(ticket.principal, ticket.server, under_way.authority.scopes)
        if answer.error is not None or not answer.code:
            raise SignInRefused(f"{ticket.server} did not sign you in. Ask again in the conversation to try once more.")
        try:
            check_response_issuer(answer.issuer, under_way.authority.metadata)
            tokens = await self._exchanged(under_way, answer.code)
        except AuthorizationServerFailed as error:
            raise SignInRefused(f"Signing in to {ticket.server} failed: {error.message}") from error
        except GrantRefused as error:
            if error.error in {"invalid_client", "unauthorized_client"}:
                await self._clients.forget(under_way.authority)
            raise SignInRefused(
                f"{ticket.server} did not accept the sign-in. Ask again in the conversation."
            ) from error
        await self._server(ticket.server)
        await self._store.put(ticket.principal, ticket.server, tokens, iso(self._now()))
        await self._wanted.asked(ticket.principal, ticket.server, under_way.authority.scopes)
        await self._used(under_way.ticket_id)
        return Finished(ticket=ticket, accepted=True)

    def ticket(self, link: str) -> Ticket:
        """Return what a link stands for.

        Raises:
            SignInRefused: it is no link of ours, or too old.

        """
        try:
            ticket = Ticket.model_validate_json(self._sealer.open(link, _TICKET_PLACE))
        except (SealBroken, ValidationError):
            raise SignInRefused("This is not a link to a sign-in.") from None
        if ticket.expires <= self._now().timestamp():
            raise SignInRefused(_EXPIRED)
        return ticket

    async def _server(self, name: str) -> tuple[ServerSpec, OAuthAuth]:
        server = (await self._catalogs.current()).servers.get(name)
        if server is not None and isinstance(server.auth, OnBehalfOfAuth | IdentityAssertionAuth):
            raise SignInRefused("This server takes your SalesCoach sign-in. Reload SalesCoach, then ask again.")
        if server is None or not isinstance(server.auth, OAuthAuth):
            raise SignInRefused("This server is no longer one to sign in to.")
        return server, server.auth

    async def _used_up(self, state: str, browser: str) -> UnderWay:
        found = await self._store.step(_named("state", state))
        if found is None:
            raise SignInRefused(_EXPIRED)
        document, secret = found
        if not _is_same(document["browser"], browser):
            raise SignInRefused(_ELSEWHERE)
        if not await self._store.consume(document):
            raise SignInRefused(_EXPIRED)
        return UnderWay.model_validate_json(secret)

    async def _used(self, ticket_id: str) -> None:
        found = await self._store.step(ticket_id)
        if found is not None:
            await self._store.consume(found[0])

    async def _exchanged(self, under_way: UnderWay, code: str) -> TokenSet:
        authority = under_way.authority
        endpoint = Endpoint(url=str(authority.metadata.token_endpoint), private_network=authority.private_network)
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": under_way.redirect_uri,
            "code_verifier": under_way.verifier,
            "resource": authority.resource,
        }
        given = await request_token(self._http, endpoint, under_way.client(), form)
        return under_way.tokens(given, self._now().timestamp())


def _named(what: str, secret: str) -> str:
    return f"{what}.{_digest(secret)}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _is_same(kept: object, browser: str) -> bool:
    return isinstance(kept, str) and hmac.compare_digest(kept, _digest(browser))
