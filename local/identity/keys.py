"""Signing keys: the newest signs, all of them verify; kept in a file so that tokens survive a restart."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

KEY_BITS = 2048
FILE = "signing-keys.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKey:
    """An RSA key with the id tokens name it by."""

    kid: str
    private: rsa.RSAPrivateKey

    @property
    def public_pem(self) -> bytes:
        return self.private.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    def private_pem(self) -> str:
        return self.private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode()

    def as_jwk(self) -> Mapping[str, Any]:
        public = RSAAlgorithm.to_jwk(self.private.public_key(), as_dict=True)
        return {**public, "kid": self.kid, "use": "sig", "alg": "RS256"}


def new_key() -> SigningKey:
    private = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    return SigningKey(kid=secrets.token_urlsafe(20), private=private)


class KeyRing:
    """The keys of the issuer, in `<folder>/signing-keys.json` or only in memory."""

    def __init__(self, folder: Path | None = None) -> None:
        self._file = folder / FILE if folder else None
        self._keys = self._loaded()
        if not self._keys:
            self.rotate()

    @property
    def current(self) -> SigningKey:
        return self._keys[-1]

    def rotate(self, *, retire: bool = False) -> SigningKey:
        """Make a new key the signing key; the older ones stay published, unless they are retired."""
        self._keys = [*(() if retire else self._keys), new_key()]
        self._save()
        return self.current

    def jwks(self) -> Mapping[str, Any]:
        return {"keys": [key.as_jwk() for key in self._keys]}

    def sign(self, claims: Mapping[str, Any], headers: Mapping[str, Any] | None = None) -> str:
        """Return an RS256 token; `headers` are added to `typ`, `alg`, `kid` and win over them."""
        named = {"kid": self.current.kid, **(headers or {})}
        return jwt.encode(dict(claims), self.current.private, algorithm="RS256", headers=named)

    def verify(self, token: str, audience: str, issuer: str, now: float) -> Mapping[str, Any]:
        """Return the claims of a token of this issuer.

        Raises:
            jwt.InvalidTokenError: it is not one, or has expired at `now`.

        """
        kid = jwt.get_unverified_header(token).get("kid")
        key = next((key for key in self._keys if key.kid == kid), None)
        if key is None:
            raise jwt.InvalidTokenError(f"there is no key '{kid}'")
        claims = jwt.decode(
            token,
            key.private.public_key(),
            algorithms=["RS256"],
            audience=audience,
            issuer=issuer,
            options={"verify_exp": False, "verify_nbf": False, "verify_iat": False},
        )
        times = claims.get("nbf"), claims.get("exp")
        if not all(isinstance(moment, (int, float)) for moment in times):
            raise jwt.InvalidTokenError("exp or nbf is missing or not a number")
        if not claims["nbf"] - 1 <= now < claims["exp"]:
            raise jwt.ExpiredSignatureError("not within its lifetime")
        return claims

    def _loaded(self) -> list[SigningKey]:
        if self._file is None or not self._file.exists():
            return []
        entries = cast("list[dict[str, str]]", json.loads(self._file.read_text())["keys"])
        return [SigningKey(kid=entry["kid"], private=_private(entry["pem"])) for entry in entries]

    def _save(self) -> None:
        if self._file is None:
            return
        self._file.parent.mkdir(parents=True, exist_ok=True)
        entries = [{"kid": key.kid, "pem": key.private_pem()} for key in self._keys]
        partial = self._file.with_suffix(".partial")
        partial.touch(mode=0o600)
        partial.write_text(json.dumps({"keys": entries}))
        partial.replace(self._file)


def _private(pem: str) -> rsa.RSAPrivateKey:
    key = serialization.load_pem_private_key(pem.encode(), password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError("the signing key file holds a key that is not RSA")
    return key
