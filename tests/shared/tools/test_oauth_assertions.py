"""JWTs by which the app proves itself to a token endpoint."""

from datetime import UTC, datetime

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa, x25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from shared.tools.oauth_assertions import KeyUnusable, client_assertion

AUDIENCE = "https://login.example"

type Key = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey | x25519.X25519PrivateKey


def pem_of(key: Key) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def now() -> datetime:
    return datetime.now(UTC)


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [
        (ec.generate_private_key(ec.SECP256R1()), "ES256"),
        (ec.generate_private_key(ec.SECP384R1()), "ES384"),
        (ed25519.Ed25519PrivateKey.generate(), "EdDSA"),
        (rsa.generate_private_key(65537, 2048), "RS256"),
    ],
    ids=["P-256", "P-384", "Ed25519", "RSA"],
)
def test_it_names_the_client_to_one_audience_and_is_signed_by_its_key(
    key: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey, algorithm: str
) -> None:
    made = client_assertion(pem_of(key), "coach", AUDIENCE, now, "k1")
    claims = jwt.decode(made, key.public_key(), algorithms=[algorithm], audience=AUDIENCE)
    assert (claims["iss"], claims["sub"]) == ("coach", "coach")
    assert 0 < claims["exp"] - claims["iat"] <= 300
    assert jwt.get_unverified_header(made)["kid"] == "k1"


def test_no_two_are_alike() -> None:
    pem = pem_of(ec.generate_private_key(ec.SECP256R1()))
    made = [jwt.decode(client_assertion(pem, "c", AUDIENCE, now), options={"verify_signature": False}) for _ in "ab"]
    assert made[0]["jti"] != made[1]["jti"]


def test_a_key_whose_line_ends_are_written_out_is_read() -> None:
    pem = pem_of(ec.generate_private_key(ec.SECP256R1())).replace("\n", "\\n")
    assert client_assertion(pem, "coach", AUDIENCE, now)


@pytest.mark.parametrize("pem", ["s3cret", pem_of(x25519.X25519PrivateKey.generate())], ids=["none", "of another kind"])
def test_what_is_no_key_to_sign_with_is_refused_without_being_shown(pem: str) -> None:
    with pytest.raises(KeyUnusable) as refused:
        client_assertion(pem, "coach", AUDIENCE, now)
    assert pem.splitlines()[-1] not in str(refused.value)
