"""Who calls: the account key's signature, or the shape of an Entra token."""

import base64
import binascii
import hashlib
import hmac
from typing import Final
from urllib.parse import unquote

import jwt

from local.cosmos.clock import Clock
from local.cosmos.errors import unauthorized
from local.cosmos.wire import Call

# The emulator key Microsoft publishes for every Cosmos DB emulator.
EMULATOR_KEY: Final = "C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw=="
_WRONG_KEY: Final = (
    "The input authorization token can't serve the request. The wrong key is being used or the expected payload is "
    "not built as per the protocol."
)


def signed_resource(segments: tuple[str, ...]) -> tuple[str, str]:
    """Return the resource type and link that a request's signature covers."""
    if "operations" in segments:
        return "colls", "/".join(segments[: segments.index("operations")])
    if len(segments) % 2:
        return segments[-1], "/".join(segments[:-1])
    return (segments[-2], "/".join(segments)) if segments else ("", "")


def signature(key: str, method: str, resource_type: str, link: str, date: str) -> str:
    """Sign a request: base64 HMAC-SHA256 with the account key."""
    payload = f"{method.lower()}\n{resource_type.lower()}\n{link}\n{date.lower()}\n\n"
    digest = hmac.new(base64.b64decode(key), payload.encode("utf-8", "surrogatepass"), hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


class Authenticator:
    """Accepts the account key, and any well-formed Entra token that has not expired."""

    def __init__(self, clock: Clock, key: str = EMULATOR_KEY) -> None:
        self._clock = clock
        self._key = key

    def check(self, call: Call) -> None:
        """Let a request pass.

        Raises:
            CosmosError: 401.

        """
        header = call.header("authorization")
        if not header:
            raise unauthorized(
                "Required Header authorization is missing. Ensure a valid Authorization token is passed."
            )
        parts = (field.partition("=") for field in unquote(header).split("&"))
        fields = {name: value for name, _, value in parts}
        match fields.get("type"):
            case "master":
                self._check_key(call, fields.get("sig", ""))
            case "aad":
                self._check_token(fields.get("sig", ""))
            case _:
                raise unauthorized("The authorization token has an unknown type.")

    def _check_key(self, call: Call, given: str) -> None:
        resource_type, link = signed_resource(call.segments)
        # A resource without a name of its own is signed by its `_rid` alone, in lower case.
        links = [link, call.segments[-1].lower()] if resource_type == "offers" and link else [link]
        for candidate in links:
            expected = signature(self._key, call.method, resource_type, candidate, call.header("x-ms-date") or "")
            if hmac.compare_digest(expected.encode(), given.encode("utf-8", "surrogatepass")):
                return
        raise unauthorized(_WRONG_KEY)

    def _check_token(self, token: str) -> None:
        try:
            claims: dict[str, object] = jwt.decode(token, options={"verify_signature": False})
        except (jwt.PyJWTError, binascii.Error, ValueError) as error:
            raise unauthorized(f"The Entra token is malformed: {error}") from error
        expiry = claims.get("exp")
        if not isinstance(expiry, int | float) or expiry <= self._clock.now():
            raise unauthorized("The Entra token has expired.")
