"""The hot path to Web PubSub: one POST per message over kept connections, with a token made ahead."""

import time
from collections import OrderedDict
from typing import Protocol

import aiohttp
import jwt
from yarl import URL

from shared.credential import CredentialUnavailable, TokenProvider
from shared.errors import PublishFailed, SalesCoachError
from shared.retry_after import retry_after_ms

_TOKEN_LIFETIME_S = 600
_RENEW_BEFORE_S = 120
_MAX_TOKENS = 4096
_MAX_MESSAGE_BYTES = 1024 * 1024
_TIMEOUT = aiohttp.ClientTimeout(total=10, sock_connect=5)
# Azure drops idle outbound flows after about four minutes.
_KEEP_ALIVE_S = 120
_MAX_CONNECTIONS = 100


class MessageTooLarge(SalesCoachError):  # noqa: N818 - reads as what happened
    """The service takes no message of that size; a fault of ours that sending again cannot mend."""


class Signer(Protocol):
    """Gives the bearer token for a request: `AccessKeySigner` or `EntraSigner`."""

    async def token(self, url: str) -> str:
        """Return a token the service accepts for `url`, given exactly as it is sent."""
        ...


class AccessKeySigner:
    """Signs with the service's access key; such a token is good for one URL, so the recent ones are kept."""

    def __init__(self, access_key: str) -> None:
        self._access_key = access_key
        self._tokens: OrderedDict[str, tuple[str, float]] = OrderedDict()

    async def token(self, url: str) -> str:
        now = time.time()
        if (known := self._tokens.get(url)) and now < known[1]:
            self._tokens.move_to_end(url)
            return known[0]
        expires = int(now) + _TOKEN_LIFETIME_S
        token = jwt.encode({"aud": url, "iat": int(now), "exp": expires}, self._access_key, algorithm="HS256")
        self._tokens[url] = (token, expires - _RENEW_BEFORE_S)
        self._tokens.move_to_end(url)
        if len(self._tokens) > _MAX_TOKENS:
            self._tokens.popitem(last=False)
        return token


class EntraSigner:
    """Uses the app's identity; one token serves every URL."""

    def __init__(self, provider: TokenProvider) -> None:
        self._provider = provider

    async def token(self, url: str) -> str:  # noqa: ARG002 - Entra tokens are not bound to a URL
        return await self._provider()


class RestSender:
    """Posts JSON. The session is opened on the first send, on the loop that sends."""

    def __init__(self, signer: Signer) -> None:
        self._signer = signer
        self._session: aiohttp.ClientSession | None = None

    async def post(self, url: str, payload: bytes) -> None:
        """POST `payload` to `url`, which is already percent-encoded.

        Raises:
            PublishFailed: any answer but success, or none within ten seconds.
            MessageTooLarge: `payload` exceeds 1 MiB.

        """
        if len(payload) > _MAX_MESSAGE_BYTES:
            raise MessageTooLarge("A message is too large for the live connection.")
        session = self._session or self._open()
        try:
            headers = {"Authorization": f"Bearer {await self._signer.token(url)}", "Content-Type": "application/json"}
            async with session.post(
                URL(url, encoded=True), data=payload, headers=headers, allow_redirects=False
            ) as response:
                if response.status // 100 == 2:  # noqa: PLR2004 - the 2xx class
                    return
                raise PublishFailed(
                    f"The live connection refused a message (status {response.status}).",
                    after_ms=retry_after_ms(response.headers),
                )
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise PublishFailed("The live connection could not be reached.") from error
        except CredentialUnavailable as error:
            raise PublishFailed(error.message, after_ms=error.after_ms) from error

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _open(self) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(limit=_MAX_CONNECTIONS, keepalive_timeout=_KEEP_ALIVE_S)
        self._session = aiohttp.ClientSession(
            connector=connector, timeout=_TIMEOUT, cookie_jar=aiohttp.DummyCookieJar()
        )
        return self._session
