"""An OIDC issuer for tests that need a wrong, a changing or an absent one."""

import base64
import json
import time
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from jwt.algorithms import RSAAlgorithm

TENANT = "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb"
PERSON = "cccccccc-1111-4222-8333-dddddddddddd"
AUDIENCE = "api://salescoach"


def new_key(bits: int = 2048) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def jwk(key: rsa.RSAPrivateKey, key_id: str) -> dict[str, Any]:
    described: dict[str, Any] = RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    return {**described, "kid": key_id, "use": "sig"}


KEY = new_key()
OTHER_KEY = new_key()


@dataclass
class Issuer:
    """Answers discovery and keys; `url` is set once the server listens."""

    keys: list[dict[str, Any]] = field(default_factory=lambda: [jwk(KEY, "k1")])
    overrides: dict[str, Any] = field(default_factory=dict[str, Any])
    status: int = 200
    text: str | None = None
    fetched: list[str] = field(default_factory=list[str])
    url: str = ""

    @property
    def issuer(self) -> str:
        return f"{self.url}/{TENANT}/v2.0"

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        self.fetched.append(request.path)
        if self.status != 200 and not request.path.startswith("/moved"):
            return web.Response(status=self.status, headers={"Location": f"/moved{request.path}"})
        if self.text is not None:
            return web.Response(text=self.text)
        if request.path.endswith("/openid-configuration"):
            return web.json_response({"issuer": self.issuer, "jwks_uri": f"{self.url}/keys"} | self.overrides)
        return web.json_response({"keys": self.keys})

    def claims(self, **changes: Any) -> dict[str, Any]:
        """Return a good token's claims with changes; None leaves a claim out."""
        now = int(time.time())
        good = {
            "iss": self.issuer,
            "aud": AUDIENCE,
            "tid": TENANT,
            "oid": PERSON,
            "sub": "subject",
            "scp": "access",
            "roles": ["Sales", "HR"],
            "groups": ["g2", "g1"],
            "name": "Ada Lovelace",
            "preferred_username": "ada@example.com",
            "iat": now,
            "nbf": now,
            "exp": now + 3600,
        }
        return {name: value for name, value in (good | changes).items() if value is not None}

    def header(self, *, key: rsa.RSAPrivateKey = KEY, headers: dict[str, Any] | None = None, **changes: Any) -> str:
        """Return an `Authorization` header with a token signed by `key`."""
        header = {"alg": "RS256", "typ": "JWT", "kid": "k1"} | (headers or {})
        return f"Bearer {signed(header, self.claims(**changes), key)}"


def signed(header: dict[str, Any], claims: object, key: rsa.RSAPrivateKey = KEY) -> str:
    """Return a compact token with an RS256 signature, whatever header and claims say."""
    text = f"{encoded(json.dumps(header).encode())}.{encoded(json.dumps(claims).encode())}"
    return f"{text}.{encoded(key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
