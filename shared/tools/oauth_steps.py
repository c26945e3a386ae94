"""What is known at each step of a person's sign-in to a tool server."""

from dataclasses import dataclass, field
from typing import Annotated

import httpx2
from mcp.shared.auth import OAuthToken
from pydantic import BaseModel

from shared.tools.credentials_store import SECRETIVE, UNSHOWN, TokenSet
from shared.tools.oauth_discovery import AuthorizationServer
from shared.tools.oauth_tokens import ClientLogin
from shared.tools.proofs import ProofKey


class Ticket(BaseModel):
    """What a link in a card stands for. `expires` is seconds since 1970."""

    model_config = SECRETIVE

    principal: str
    server: str
    conversation: str
    card: str
    expires: float


class UnderWay(BaseModel):
    """A sign-in between the redirect and the answer."""

    model_config = SECRETIVE

    ticket: Ticket
    ticket_id: str
    verifier: Annotated[str, UNSHOWN]
    authority: AuthorizationServer
    client_id: str
    client_secret: Annotated[str | None, UNSHOWN]
    client_method: str
    redirect_uri: str
    proof_key: Annotated[str | None, UNSHOWN] = None

    @property
    def proof(self) -> ProofKey | None:
        """The key the tokens are to be bound to."""
        return ProofKey.from_text(self.proof_key) if self.proof_key else None

    def client(self) -> ClientLogin:
        return ClientLogin(
            client_id=self.client_id, secret=self.client_secret, method=self.client_method, proof=self.proof
        )

    def authorization_url(self, state: str, challenge: str) -> str:
        """Return where to send the browser."""
        params = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "state": state,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            "resource": self.authority.resource,
        }
        if self.proof is not None:
            params["dpop_jkt"] = self.proof.thumbprint
        if self.authority.scopes:
            params["scope"] = self.authority.scopes
            if "offline_access" in self.authority.scopes.split():
                params["prompt"] = "consent"
        return str(httpx2.URL(str(self.authority.metadata.authorization_endpoint)).copy_merge_params(params))

    def tokens(self, given: OAuthToken, now: float) -> TokenSet:
        """Return what to keep of the answer that came at `now`, seconds since 1970."""
        revocation = self.authority.metadata.revocation_endpoint
        return TokenSet(
            kind="oauth",
            access_token=given.access_token,
            refresh_token=given.refresh_token,
            expires_at=None if given.expires_in is None else now + given.expires_in,
            issuer=self.authority.issuer,
            token_endpoint=str(self.authority.metadata.token_endpoint),
            revocation_endpoint=str(revocation) if revocation else None,
            resource=self.authority.resource,
            scope=given.scope or self.authority.scopes,
            client_id=self.client_id,
            client_secret=self.client_secret,
            client_method=self.client_method,
            proof_key=self.proof_key,
            private_network=self.authority.private_network,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A link that this browser may go on with. `confirm` is the word that going on takes."""

    ticket: Ticket
    confirm: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the authorization server sent the browser back with."""

    state: str = field(repr=False)
    code: str | None = field(default=None, repr=False)
    issuer: str | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """A sign-in that is over; not `accepted` when the person declined."""

    ticket: Ticket
    accepted: bool
