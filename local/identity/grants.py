"""The token endpoint's grants: authorization code with PKCE, refresh token, client credentials, on behalf of."""

import base64
import hashlib
import hmac
import re
import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import jwt

from local.identity.directory import User
from local.identity.issuer import (
    API_CLIENT,
    API_CLIENT_SECRET,
    AUDIENCE,
    LIFETIME,
    MANAGED_IDENTITY,
    REFRESH_LIFETIME,
    Issuer,
    Scope,
    parse_scope,
)

CODE_LIFETIME = 300
ON_BEHALF_OF = "urn:ietf:params:oauth:grant-type:jwt-bearer"
CLIENT_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
FEDERATION_AUDIENCE = "api://AzureADTokenExchange"
Form = Mapping[str, str]


class OAuthError(Exception):
    """A refusal in OAuth's shape."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.error = error
        self.description = description
        self.status = status

    def body(self) -> Mapping[str, Any]:
        """Return the refusal as Entra words it, with the numbers its texts begin with."""
        codes = [int(code) for code in re.findall(r"^AADSTS(\d+)", self.description)]
        named = {"error": self.error, "error_description": self.description, "error_codes": codes}
        ids = {"trace_id": str(uuid.uuid4()), "correlation_id": str(uuid.uuid4())}
        return {**named, "timestamp": f"{datetime.now(UTC):%Y-%m-%d %H:%M:%SZ}", **ids}


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """What an authorization code stands for."""

    user: User
    client_id: str
    redirect_uri: str
    challenge: str
    scope: str
    nonce: str | None
    expires: int


class Grants:
    """Issues tokens; codes are single use and kept in memory."""

    def __init__(self, issuer: Issuer) -> None:
        self._issuer = issuer
        self._codes: dict[str, Code] = {}

    def authorize(
        self, user: User, *, client_id: str, redirect_uri: str, challenge: str, scope: str, nonce: str | None
    ) -> str:
        """Return a new authorization code for a person who signed in."""
        code = secrets.token_urlsafe(32)
        now = self._issuer.now()
        self._codes = {key: value for key, value in self._codes.items() if value.expires > now}
        self._codes[code] = Code(
            user=user,
            client_id=client_id,
            redirect_uri=redirect_uri,
            challenge=challenge,
            scope=scope,
            nonce=nonce,
            expires=now + CODE_LIFETIME,
        )
        return code

    def token(self, form: Form) -> Mapping[str, Any]:
        """Answer a token request.

        Raises:
            OAuthError: the request is refused.

        """
        grants = {
            "authorization_code": self._from_code,
            "refresh_token": self._from_refresh,
            "client_credentials": self._from_client,
            ON_BEHALF_OF: self._on_behalf_of,
        }
        grant = form.get("grant_type")
        if grant and grant not in grants:
            raise OAuthError("unsupported_grant_type", f"AADSTS70003: The grant type '{grant}' is not supported.")
        for name in ("grant_type", "client_id"):
            if not form.get(name):
                raise OAuthError("invalid_request", f"AADSTS900144: The request body must contain '{name}'.")
        return grants[form["grant_type"]](form)

    def _from_code(self, form: Form) -> Mapping[str, Any]:
        code = self._codes.pop(form.get("code", ""), None)
        if code is None or code.expires <= self._issuer.now():
            raise OAuthError("invalid_grant", "AADSTS9002313: The code is unknown, used, or expired.")
        if (form.get("client_id"), form.get("redirect_uri")) != (code.client_id, code.redirect_uri):
            raise OAuthError("invalid_grant", "The code was issued to another client or redirect address.")
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if not hmac.compare_digest(challenge, code.challenge):
            raise OAuthError("invalid_grant", "AADSTS501481: The code_verifier does not match the code_challenge.")
        scope = parse_scope(form.get("scope") or code.scope)
        return self._delegated(code.user, code.client_id, code.scope, scope, code.nonce)

    def _from_refresh(self, form: Form) -> Mapping[str, Any]:
        try:
            kept = self._issuer.read_internal("refresh", form.get("refresh_token", ""))
        except jwt.InvalidTokenError as error:
            raise OAuthError("invalid_grant", f"AADSTS9002313: The refresh token is not valid: {error}.") from error
        if kept["azp"] == API_CLIENT:
            self._authenticated(form)
        user = self._issuer.directory.find(str(kept["oid"]))
        if user is None or form.get("client_id") != kept["azp"]:
            raise OAuthError("invalid_grant", "The refresh token was issued to another client, or its user is gone.")
        granted = str(kept["scope"])
        return self._delegated(user, str(kept["azp"]), granted, parse_scope(form.get("scope") or granted), None)

    def _from_client(self, form: Form) -> Mapping[str, Any]:
        client_id = self._authenticated(form)
        scope = form.get("scope", "")
        if not scope.endswith("/.default"):
            raise OAuthError(
                "invalid_scope", "AADSTS1002012: The scope must end in '/.default' for client credentials."
            )
        claims = self._issuer.app_claims(client_id, parse_scope(scope).audience)
        return self._bearer(claims, scope)

    def _on_behalf_of(self, form: Form) -> Mapping[str, Any]:
        client_id = self._authenticated(form)
        if form.get("requested_token_use") != "on_behalf_of":
            raise OAuthError("invalid_request", "requested_token_use must be 'on_behalf_of'.")
        if not form.get("scope"):
            raise OAuthError("invalid_request", "AADSTS900144: The request body must contain 'scope'.")
        try:
            issuer = self._issuer
            asserted = issuer.keys.verify(form.get("assertion", ""), AUDIENCE, issuer.url, issuer.now())
        except jwt.InvalidTokenError as error:
            raise OAuthError("invalid_grant", f"AADSTS50013: The assertion is not valid: {error}.") from error
        user = self._issuer.person(asserted.get("oid"))
        if user is None or "scp" not in asserted:
            raise OAuthError("invalid_grant", "AADSTS50013: The assertion is not a person's access token.")
        scope = parse_scope(form["scope"])
        return self._delegated(user, client_id, form["scope"], scope, None)

    def _delegated(
        self, user: User, client_id: str, granted: str, scope: Scope, nonce: str | None
    ) -> Mapping[str, Any]:
        claims = self._issuer.access_claims(user, scope.audience, scope.permissions, client_id)
        result = dict(self._bearer(claims, granted))
        if scope.openid or "openid" in granted.split():
            result["id_token"] = self._issuer.keys.sign(self._issuer.id_claims(user, client_id, nonce))
        if scope.refresh or "offline_access" in granted.split():
            kept = {"oid": user.oid, "azp": client_id, "scope": granted}
            result["refresh_token"] = self._issuer.internal("refresh", REFRESH_LIFETIME, kept)
        return result

    def _authenticated(self, form: Form) -> str:
        """Return the client that proves itself: by its secret, or by the managed identity it is federated with."""
        client_id = form.get("client_id", "")
        if client_id != API_CLIENT:
            raise OAuthError("unauthorized_client", f"AADSTS700016: There is no application '{client_id}' here.")
        if form.get("client_assertion_type") == CLIENT_ASSERTION:
            self._check_federated(form.get("client_assertion", ""))
            return client_id
        secret = form.get("client_secret", "")
        if not secret:
            raise OAuthError("invalid_client", "AADSTS7000218: The request body must contain 'client_secret'.", 401)
        if not hmac.compare_digest(secret.encode(), API_CLIENT_SECRET.encode()):
            raise OAuthError("invalid_client", "AADSTS7000215: The client secret is wrong.", 401)
        return client_id

    def _check_federated(self, assertion: str) -> None:
        issuer = self._issuer
        try:
            claims = issuer.keys.verify(
                assertion, FEDERATION_AUDIENCE, f"https://sts.windows.net/{issuer.tenant}/", issuer.now()
            )
        except jwt.InvalidTokenError as error:
            raise OAuthError("invalid_client", f"AADSTS700027: The client assertion is not valid: {error}.") from error
        if claims.get("appid") != MANAGED_IDENTITY:
            raise OAuthError("invalid_client", "AADSTS70021: No federated identity of this application matches.")

    def _bearer(self, claims: Mapping[str, Any], scope: str) -> Mapping[str, Any]:
        token = self._issuer.keys.sign(claims)
        lifetimes = {"expires_in": LIFETIME, "ext_expires_in": LIFETIME}
        return {"token_type": "Bearer", "scope": scope, **lifetimes, "access_token": token}
