"""Tokens for tests: good ones without a sign-in, and every kind of bad one."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any, Literal

import jwt
from pydantic import BaseModel, ConfigDict, Field

from local.identity.issuer import AUDIENCE, LIFETIME, SCOPE, WEB_CLIENT, Claims, Issuer
from local.identity.keys import new_key

Algorithm = Literal["RS256", "none", "HS256", "foreign"]


class TokenOrder(BaseModel):
    """The body of `POST /_token`.

    `alg`: `HS256` signs with our public key's PEM as the secret, `foreign` with an RSA key nobody published.
    `use`: `id` makes an id token, `app` an app-only token. `claims` and `headers` are merged last but `omit`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    user: str = "ada"
    use: Literal["access", "id", "app"] = "access"
    audience: str | list[str] | None = None
    lifetime_s: float = LIFETIME
    not_before_s: float = 0
    roles: list[str] | None = None
    groups: list[str] | None = None
    scp: str | None = None
    issuer: str | None = None
    tenant: str | None = None
    kid: str | None = None
    alg: Algorithm = "RS256"
    claims: dict[str, Any] = Field(default_factory=dict[str, Any])
    headers: dict[str, Any] = Field(default_factory=dict[str, Any])
    omit: list[str] = Field(default_factory=list[str])


def mint(issuer: Issuer, order: TokenOrder) -> str:
    """Return the ordered token.

    Raises:
        LookupError: there is no such user.

    """
    claims = _base(issuer, order)
    now = issuer.now()
    claims["nbf"] = int(now + order.not_before_s)
    claims["exp"] = int(now + order.lifetime_s)
    wanted = {
        "aud": order.audience,
        "iss": order.issuer,
        "tid": order.tenant,
        "roles": order.roles,
        "groups": order.groups,
        "scp": order.scp,
    }
    claims |= {name: value for name, value in wanted.items() if value is not None}
    claims |= order.claims
    for name in order.omit:
        claims.pop(name, None)
    headers = ({"kid": order.kid} if order.kid else {}) | order.headers
    return _signed(issuer, order.alg, claims, headers)


def _base(issuer: Issuer, order: TokenOrder) -> Claims:
    if order.use == "app":
        return issuer.app_claims(WEB_CLIENT, AUDIENCE, order.roles or ())
    user = issuer.directory.find(order.user)
    if user is None:
        raise LookupError(f"there is no user '{order.user}'")
    if order.use == "id":
        return issuer.id_claims(user, WEB_CLIENT, None)
    return issuer.access_claims(user, AUDIENCE, SCOPE)


def _signed(issuer: Issuer, alg: Algorithm, claims: Claims, headers: Mapping[str, Any]) -> str:
    key = issuer.keys.current
    named = {"kid": key.kid, **headers}
    match alg:
        case "RS256":
            return issuer.keys.sign(claims, headers)
        case "foreign":
            return jwt.encode(claims, new_key().private, algorithm="RS256", headers=named)
        case "none":
            return _compact({"alg": "none", "typ": "JWT", **named}, claims) + "."
        case "HS256":
            signed = _compact({"alg": "HS256", "typ": "JWT", **named}, claims)
            digest = hmac.new(key.public_pem, signed.encode(), hashlib.sha256).digest()
            return f"{signed}.{_base64(digest)}"


def _compact(header: Mapping[str, Any], claims: Mapping[str, Any]) -> str:
    return f"{_base64(json.dumps(header).encode())}.{_base64(json.dumps(claims).encode())}"


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
