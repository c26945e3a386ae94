"""Access tokens that must not let anyone in, and how each is refused."""

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.bad_input.holding import Holding
from tests.bad_input.scene import Scene
from tests.shared.issuer import AUDIENCE, KEY, OTHER_KEY, encoded, signed

INVALID, EXPIRED, MISSING = "token_invalid", "token_expired", "token_missing"
OTHER_TENANT = "ffffffff-1111-4222-8333-bbbbbbbbbbbb"
HOUR_S = 3600

_CLAIMS: dict[str, dict[str, Any]] = {
    "of a tenant that may not sign in": {"tid": OTHER_TENANT},
    "of no tenant": {"tid": None},
    "for Microsoft Graph": {"aud": "https://graph.microsoft.com"},
    "for several": {"aud": [AUDIENCE, "https://graph.microsoft.com"]},
    "for nobody": {"aud": None},
    "of the first version's issuer": {"iss": "https://sts.windows.net/aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb/"},
    "of everybody's issuer": {"iss": "https://login.microsoftonline.com/common/v2.0"},
    "that tells who, not what for": {"scp": None},
    "of an app": {"idtyp": "app"},
    "of no person": {"oid": None},
    "whose person is a path": {"oid": "../../head"},
    "whose person is a list": {"oid": ["cccccccc-1111-4222-8333-dddddddddddd"]},
    "that never ends": {"exp": 10**20},
    "that ends at no number": {"exp": float("nan")},
    "that ends in words": {"exp": "tomorrow"},
    "without an end": {"exp": None},
}


def bad_headers(scene: Scene, who: Holding) -> Iterator[tuple[str, str | None, str]]:
    """Yield `(what, Authorization header or None, code)`."""
    now = int(scene.world.clock().timestamp())
    good = scene.authorization(who)
    yield "no token", None, MISSING
    yield from ((f"the header {value!r}", value, MISSING) for value in ("", "Bearer", "Bearer ", "Basic YTpi"))
    yield "another scheme", good.replace("Bearer", "Token"), MISSING
    for what, text in (
        ("no JWT", "x"),
        ("three dots of nothing", "..."),
        ("two parts", good.rsplit(".", 1)[0].removeprefix("Bearer ")),
        ("five parts", "a.b.c.d.e"),
        ("20 kB", "a" * 20_000),
        ("letters beyond ASCII", "\u00e9.b.c"),
        ("a cut signature", good.removeprefix("Bearer ")[:-8]),
        *_forged(scene, who),
    ):
        yield f"a token of {what}", f"Bearer {text}", INVALID
    for what, claims in _CLAIMS.items():
        yield f"a token {what}", scene.authorization(who, **claims), INVALID
    yield "a token of tomorrow", scene.authorization(who, nbf=now + HOUR_S), INVALID
    yield "a token of yesterday", scene.authorization(who, exp=now - HOUR_S), EXPIRED


def _forged(scene: Scene, who: Holding) -> Iterator[tuple[str, str]]:
    """Yield tokens with all the right claims that the issuer did not sign."""
    issued = scene.authorization(who).removeprefix("Bearer ")
    claims = issued.split(".")[1]
    plain: Callable[[dict[str, Any]], str] = lambda header: f"{encoded(json.dumps(header).encode())}.{claims}"  # noqa: E731 - reads as the formula it is
    yield "no algorithm", plain({"alg": "none", "typ": "JWT", "kid": "k1"}) + "."
    public = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    shared = plain({"alg": "HS256", "typ": "JWT", "kid": "k1"})
    yield "the public key as a secret", f"{shared}.{encoded(hmac.digest(public, shared.encode(), hashlib.sha256))}"
    told = scene.issuer.claims(oid=who.object_id)
    header = {"alg": "RS256", "typ": "JWT", "kid": "k1"}
    yield "another's key", signed(header, told, OTHER_KEY)
    yield "a key nobody knows", signed(header | {"kid": "k9"}, told)
    yield "a key that is a path", signed(header | {"kid": "../../x"}, told)
    yield "a key from elsewhere", signed(header | {"kid": "x", "jku": "http://127.0.0.1:9/keys"}, told, OTHER_KEY)
    yield "claims that are a list", signed(header, [told])
    yield "claims without end", f"{encoded(json.dumps(header).encode())}.{encoded(b'[' * 4000)}.x"
    other = json.dumps(told | {"roles": ["Admin"]}).encode()
    head, _, signature = issued.split(".")
    yield "claims changed afterwards", f"{head}.{encoded(other)}.{signature}"
