"""Who calls: the account key's signature, or an Entra token."""

import base64
import binascii
import hmac
from enum import Enum
from functools import lru_cache
from typing import Final
from urllib.parse import unquote

import jwt

from local.cosmos.clock import Clock
from local.cosmos.entra import EntraKeys
from local.cosmos.errors import unauthorized
from local.cosmos.wire import Call

# The emulator key Microsoft publishes for every Cosmos DB emulator.
EMULATOR_KEY: Final = "C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw=="
_WRONG_KEY: Final = (
    "The input authorization token can't serve the request. The wrong key is being used or the expected payload is "
    "not built as per the protocol."
)


class Caller(Enum):
    """By what a request is authorized."""

    KEY = "key"
    ENTRA = "entra"


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
    digest = hmac.digest(_secret(key), payload.encode("utf-8", "surrogatepass"), "sha256")
    return base64.b64encode(digest).decode()


@lru_cache(maxsize=8)
def _secret(key: str) -> bytes:
    return base64.b64decode(key)


class Authenticator:
    """Accepts the account key and Entra tokens: those `entra` verifies, or without it any well-formed one in time."""

    def __init__(self, clock: Clock, key: str = EMULATOR_KEY, entra: EntraKeys | None = None) -> None:
        self._clock = clock
        self._key = key
        self._entra = entra

    async def check(self, call: Call) -> Caller:
        """Tell who calls.

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
                return Caller.KEY
            case "aad":
                self._check_token(fields.get("sig", ""))
                if self._entra is not None:
                    await self._entra.verify(fields.get("sig", ""), call.base_url)
                return Caller.ENTRA
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
