"""Tokens bound to a key (DPoP, RFC 9449): whoever holds the token alone can do nothing with it.

The key is made for one sign-in and kept with what it gave. Each request carries a proof of its own, made with the key.
"""

import base64
import hashlib
import json
import re
import secrets
import time
from http import HTTPStatus
from typing import Self

import httpx2
import jwt
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from jwt.algorithms import ECAlgorithm

BOUND = "DPoP"
"""The scheme in `Authorization`, and the header with the proof."""
NONCE_HEADER = "dpop-nonce"
USE_NONCE = "use_dpop_nonce"
_NONCE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]{1,1000}")


class ProofKey:
    """A key (P-256) and the proofs made with it."""

    def __init__(self, key: EllipticCurvePrivateKey) -> None:
        self._key = key
        whole = ECAlgorithm.to_jwk(key.public_key(), as_dict=True)
        self._public = {name: str(whole[name]) for name in ("crv", "kty", "x", "y")}

    @classmethod
    def make(cls) -> Self:
        return cls(generate_private_key(SECP256R1()))

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Read a key again.

        Raises:
            ValueError: `text` is not what `text` of a key gives.

        """
        key = load_pem_private_key(text.encode(), password=None)
        if not isinstance(key, EllipticCurvePrivateKey):
            raise ValueError("not a key of the kind proofs are made with")  # noqa: TRY004 - the text is wrong, not a type
        return cls(key)

    @property
    def text(self) -> str:
        """The key itself, to be kept sealed."""
        return self._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()

    @property
    def thumbprint(self) -> str:
        """What others know the key by (RFC 7638)."""
        return _hash(json.dumps(self._public, separators=(",", ":"), sort_keys=True))

    def proof(self, method: str, url: str, *, token: str | None = None, nonce: str | None = None) -> str:
        """Return a proof for one request; `token` is the one it carries, `nonce` what the server wants to see in it."""
        place = str(httpx2.URL(url).copy_with(query=None, fragment=None))
        claims = {"jti": secrets.token_urlsafe(16), "htm": method, "htu": place, "iat": int(time.time())}
        more = {"ath": _hash(token)} if token is not None else {}
        more |= {"nonce": nonce} if nonce is not None else {}
        return jwt.encode(claims | more, self._key, "ES256", {"typ": "dpop+jwt", "jwk": self._public})


class BoundHeader(tuple[str, str]):  # noqa: SLOT001 - a tuple cannot have a slot of its own
    """The header that carries a token bound to `key`: each request has to carry a proof besides."""

    key: ProofKey

    def __new__(cls, token: str, key: ProofKey) -> Self:
        made = super().__new__(cls, ("Authorization", f"{BOUND} {token}"))
        made.key = key
        return made

    def prover(self) -> "Prover":
        """Return what proves requests that carry it."""
        return Prover(self.key, self[1].removeprefix(f"{BOUND} "))


class Prover:
    """Puts proofs into the requests that carry one token."""

    def __init__(self, key: ProofKey, token: str) -> None:
        self._key = key
        self._token = token
        self._nonce: str | None = None

    def stamp(self, request: httpx2.Request) -> None:
        proof = self._key.proof(request.method, str(request.url), token=self._token, nonce=self._nonce)
        request.headers[BOUND] = proof

    def wants_another(self, response: httpx2.Response) -> bool:
        """Tell whether the server only misses a nonce it has just given: then it did nothing else."""
        nonce = usable_nonce(response)
        is_new, self._nonce = nonce not in (None, self._nonce), nonce or self._nonce
        told = response.headers.get("www-authenticate", "")
        return is_new and response.status_code == HTTPStatus.UNAUTHORIZED and USE_NONCE in told


def usable_nonce(response: httpx2.Response) -> str | None:
    """Return the nonce a server gives for the next request; None when there is none."""
    nonce = response.headers.get(NONCE_HEADER, "")
    return nonce if _NONCE.fullmatch(nonce) else None


def _hash(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
