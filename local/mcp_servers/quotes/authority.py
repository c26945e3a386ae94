"""The authorization server of `quotes`: OAuth 2.1 with registration of clients, rotation and revocation.

Strict where real ones are: a refresh token serves once, and one shown a second time ends everything that came of the
same sign-in. All is in memory; a restart signs everybody out.
"""

import secrets
import time
from dataclasses import dataclass, field
from typing import Any, override

from mcp.server.auth.provider import (
    AccessToken,
    AuthorizationCode,
    AuthorizationParams,
    OAuthAuthorizationServerProvider,
    RefreshToken,
    construct_redirect_uri,
)
from mcp.shared.auth import OAuthClientInformationFull, OAuthToken

ACCOUNTS = ("Ada's sales desk", "Ben's sales desk", "Key accounts")
SCOPE = "quotes"
SIGN_IN_PATH = "/quotes/sign-in"
CODE_S, SIGN_IN_S, REFRESH_S = 60, 600, 30 * 24 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A sign-in that waits for a person to choose an account."""

    client: OAuthClientInformationFull
    params: AuthorizationParams
    expires: float


@dataclass(slots=True, kw_only=True)
class Counts:
    """What tests count: refresh tokens taken, and such shown a second time."""

    refreshed: int = 0
    reused: int = 0
    revoked: int = 0


@dataclass(slots=True)
class Authority(OAuthAuthorizationServerProvider[AuthorizationCode, RefreshToken, AccessToken]):
    """Issues tokens for one resource. `access_s`: how long an access token is good."""

    issuer: str
    resource: str
    access_s: int = 300
    counts: Counts = field(default_factory=Counts)
    _clients: dict[str, OAuthClientInformationFull] = field(default_factory=dict[str, OAuthClientInformationFull])
    _asked: dict[str, Asked] = field(default_factory=dict[str, Asked])
    _codes: dict[str, AuthorizationCode] = field(default_factory=dict[str, AuthorizationCode])
    _access: dict[str, AccessToken] = field(default_factory=dict[str, AccessToken])
    _refresh: dict[str, RefreshToken] = field(default_factory=dict[str, RefreshToken])
    _families: dict[str, str] = field(default_factory=dict[str, str])
    """Each token ever given, and the sign-in it came of."""

    @override
    async def get_client(self, client_id: str) -> OAuthClientInformationFull | None:
        return self._clients.get(client_id)

    @override
    async def register_client(self, client_info: OAuthClientInformationFull) -> None:
        self._clients[client_info.client_id] = client_info

    @override
    async def authorize(self, client: OAuthClientInformationFull, params: AuthorizationParams) -> str:
        asked = secrets.token_urlsafe(24)
        self._asked[asked] = Asked(client=client, params=params, expires=time.time() + SIGN_IN_S)
        return f"{self.issuer.rstrip('/')}{SIGN_IN_PATH}?asked={asked}"

    def waiting(self, asked: str) -> Asked | None:
        """Return the sign-in a page is for."""
        found = self._asked.get(asked)
        return found if found is not None and found.expires > time.time() else None

    def chosen(self, asked: str, account: str | None) -> str | None:
        """Return where the browser goes after the choice; no account means the person said no."""
        found = self.waiting(asked)
        if found is None:
            return None
        del self._asked[asked]
        back: dict[str, str | None] = {"state": found.params.state, "iss": self.issuer}
        if account is None:
            return construct_redirect_uri(str(found.params.redirect_uri), error="access_denied", **back)
        code = AuthorizationCode(
            code=secrets.token_urlsafe(32),
            scopes=found.params.scopes or [SCOPE],
            expires_at=time.time() + CODE_S,
            client_id=found.client.client_id,
            code_challenge=found.params.code_challenge,
            redirect_uri=found.params.redirect_uri,
            redirect_uri_provided_explicitly=found.params.redirect_uri_provided_explicitly,
            resource=found.params.resource,
            subject=account,
        )
        self._codes[code.code] = code
        return construct_redirect_uri(str(found.params.redirect_uri), code=code.code, **back)

    @override
    async def load_authorization_code(
        self, client: OAuthClientInformationFull, authorization_code: str
    ) -> AuthorizationCode | None:
        return self._codes.get(authorization_code)

    @override
    async def exchange_authorization_code(
        self, client: OAuthClientInformationFull, authorization_code: AuthorizationCode
    ) -> OAuthToken:
        del self._codes[authorization_code.code]
        return self._given(authorization_code, secrets.token_urlsafe(8))

    @override
    async def load_refresh_token(self, client: OAuthClientInformationFull, refresh_token: str) -> RefreshToken | None:
        found = self._refresh.get(refresh_token)
        if found is None and refresh_token in self._families:
            self.counts.reused += 1
            self._end(self._families[refresh_token])
        return found if found is not None and found.client_id == client.client_id else None

    @override
    async def exchange_refresh_token(
        self, client: OAuthClientInformationFull, refresh_token: RefreshToken, scopes: list[str]
    ) -> OAuthToken:
        self.counts.refreshed += 1
        del self._refresh[refresh_token.token]
        return self._given(refresh_token.model_copy(update={"scopes": scopes}), self._families[refresh_token.token])

    @override
    async def load_access_token(self, token: str) -> AccessToken | None:
        return self._access.get(token)

    async def verify_token(self, token: str) -> AccessToken | None:
        return self._access.get(token)

    @override
    async def revoke_token(self, token: AccessToken | RefreshToken) -> None:
        self.counts.revoked += 1
        self._end(self._families.get(token.token, ""))

    def expire_access(self) -> None:
        """Let every access token be over at once."""
        self._access.clear()

    def _given(self, of: AuthorizationCode | RefreshToken, family: str) -> OAuthToken:
        now = int(time.time())
        common: dict[str, Any] = {
            "client_id": of.client_id,
            "scopes": of.scopes,
            "resource": of.resource,
            "subject": of.subject,
        }
        access = AccessToken(token=secrets.token_urlsafe(32), expires_at=now + self.access_s, **common)
        refresh = RefreshToken(token=secrets.token_urlsafe(32), expires_at=now + REFRESH_S, **common)
        self._access[access.token], self._refresh[refresh.token] = access, refresh
        self._families |= {access.token: family, refresh.token: family}
        return OAuthToken(
            access_token=access.token,
            refresh_token=refresh.token,
            expires_in=self.access_s,
            scope=" ".join(of.scopes),
        )

    def _end(self, family: str) -> None:
        for token, of in self._families.items():
            if of == family:
                self._access.pop(token, None)
                self._refresh.pop(token, None)
