"""JWTs by which a client proves itself to a token endpoint (RFC 7523, `private_key_jwt`)."""

import secrets
from collections.abc import Callable
from datetime import datetime

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

_GOOD_FOR_S = 300
_CURVES = {"secp256r1": "ES256", "secp384r1": "ES384", "secp521r1": "ES512"}

type SigningKey = EllipticCurvePrivateKey | Ed25519PrivateKey | RSAPrivateKey


class KeyUnusable(ValueError):  # noqa: N818 - reads as what happened
    """It is no private key, or of a kind that signs no JWT. The message does not hold any of it."""


def client_assertion(
    pem: str, client_id: str, audience: str, now: Callable[[], datetime], key_id: str | None = None
) -> str:
    """Return a JWT in which the client names itself to `audience`, good for five minutes and once.

    Raises:
        KeyUnusable: `pem` holds no key to sign with.

    """
    key, algorithm = _key(pem)
    begun = int(now().timestamp())
    claims = {
        "iss": client_id,
        "sub": client_id,
        "aud": audience,
        "iat": begun,
        "exp": begun + _GOOD_FOR_S,
        "jti": secrets.token_urlsafe(16),
    }
    return jwt.encode(claims, key, algorithm=algorithm, headers={"kid": key_id} if key_id else None)


def _key(pem: str) -> tuple[SigningKey, str]:
    try:
        # Settings that cannot hold line ends have them written out.
        key = load_pem_private_key(pem.replace("\\n", "\n").encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise KeyUnusable("no private key in PEM without a password") from None
    match key:
        case RSAPrivateKey():
            return key, "RS256"
        case EllipticCurvePrivateKey() if key.curve.name in _CURVES:
            return key, _CURVES[key.curve.name]
        case Ed25519PrivateKey():
            return key, "EdDSA"
        case _:
            raise KeyUnusable("a key of a kind that signs no tokens")
