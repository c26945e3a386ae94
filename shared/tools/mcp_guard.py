"""Guards the HTTP traffic of a client of a tool server, one call after the other.

A request goes to its server's origin only, an answer that grows too large is stopped, and what decides whether a
failed call may be made again is noted: did the request leave, and what status came back.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import cast

import httpx2

from shared.tools.challenges import Challenge, challenge_of
from shared.tools.checked_network import AddressRefused
from shared.tools.proofs import Prover

MAX_BODY_BYTES = 4_000_000
GOODBYE_TIMEOUT_S = 1.0
_CALL = "tools/call"
_CANCELLATION = "notifications/cancelled"
_RESUMED = "last-event-id"
_CONNECT_TIMEOUT_S = 5.0
# The SDK notices first that an answer is late: a connection that breaks cannot carry its word to the server.
_GRACE_S = 1.0


class RefusedByGuard(httpx2.TransportError):
    """A request to another origin, or an answer that is too large or compressed."""


class CallGuard(httpx2.AsyncBaseTransport):
    """Lets a call's traffic through and remembers what it saw of it."""

    def __init__(self, inner: httpx2.AsyncBaseTransport, url: str) -> None:
        self._inner = inner
        self.url = url
        self.prover: Prover | None = None
        """What each request has to be proven by, where the credential takes that."""
        self._origin = _origin(httpx2.URL(url))
        self._timeout: dict[str, float | None] | None = None
        self._bytes_left = MAX_BODY_BYTES
        self._cancellation_told = asyncio.Event()
        self.sent = False
        self.status: int | None = None
        """What the call itself was answered with."""
        self.challenge: Challenge | None = None
        """The server refuses the credential, be it for the call or for what went before."""
        self.too_large = False
        self.forbidden = False
        """The server's address may not be reached."""

    def begin(self, timeout_s: float) -> None:
        """Watch another call from now on, whose requests may take so long; forget what was seen of the last."""
        self._timeout = http_timeout(timeout_s).as_dict()
        self._bytes_left = MAX_BODY_BYTES
        self._cancellation_told = asyncio.Event()
        self.sent = self.too_large = self.forbidden = False
        self.status = self.challenge = None

    async def cancellation(self) -> None:
        """Wait, not long, until the server has been told that the call is given up.

        Closing the client would otherwise overtake the message.
        """
        if not self.sent:
            return
        try:
            async with asyncio.timeout(GOODBYE_TIMEOUT_S):
                await self._cancellation_told.wait()
        except TimeoutError:
            pass

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        if _origin(request.url) != self._origin:
            raise RefusedByGuard("a tool server's traffic may not leave its origin", request=request)
        if self._timeout is not None:
            # What a server sends on its own account belongs to no call, and may be silent for as long as it likes.
            own = {"read": None} if request.method == "GET" and _RESUMED not in request.headers else {}
            request.extensions = {**request.extensions, "timeout": {**self._timeout, **own}}
        if request.method == "DELETE":
            # The end of a session in the handshake era: courtesy, and never worth a wait.
            async with asyncio.timeout(GOODBYE_TIMEOUT_S):
                return await self._send(request)
        try:
            response = await self._post(request)
        except AddressRefused:
            self.forbidden = True
            raise
        return await self._capped(response, request)

    async def _post(self, request: httpx2.Request) -> httpx2.Response:
        if request.method != "POST":
            return await self._send(request)
        method = _method(request)
        if method == _CALL:
            request.extensions = {**request.extensions, "trace": self._trace}
        try:
            response = await self._send(request)
        finally:
            if method == _CANCELLATION:
                self._cancellation_told.set()
        if method == _CALL or not self.sent:
            self.challenge = challenge_of(response) or self.challenge
        if method == _CALL:
            self.status = response.status_code
        return response

    async def _send(self, request: httpx2.Request) -> httpx2.Response:
        if self.prover is None:
            return await self._inner.handle_async_request(request)
        self.prover.stamp(request)
        response = await self._inner.handle_async_request(request)
        if not self.prover.wants_another(response):
            return response
        await response.aclose()
        self.prover.stamp(request)
        return await self._inner.handle_async_request(request)

    async def _trace(self, event: str, _info: object) -> None:
        if event.endswith(".send_request_headers.started"):
            self.sent = True

    async def _capped(self, response: httpx2.Response, request: httpx2.Request) -> httpx2.Response:
        encoding = response.headers.get("content-encoding", "identity")
        announced = response.headers.get("content-length", "0")
        if encoding != "identity":
            await response.aclose()
            raise RefusedByGuard("the answer is compressed, which was not asked for", request=request)
        if announced.isdecimal() and int(announced) > self._bytes_left:
            self.too_large = True
            await response.aclose()
            raise RefusedByGuard("the answer is too large", request=request)
        return httpx2.Response(
            status_code=response.status_code,
            headers=response.headers,
            stream=_CappedStream(response, self),
            extensions=response.extensions,
        )

    def count(self, size: int) -> None:
        """Count bytes received.

        Raises:
            RefusedByGuard: the call has received more than it may.

        """
        self._bytes_left -= size
        if self._bytes_left < 0:
            self.too_large = True
            raise RefusedByGuard("the answer is too large")


class _CappedStream(httpx2.AsyncByteStream):
    def __init__(self, response: httpx2.Response, guard: CallGuard) -> None:
        self._response = response
        self._guard = guard

    async def __aiter__(self) -> AsyncIterator[bytes]:
        if not isinstance(self._response.stream, httpx2.AsyncByteStream):
            raise TypeError("the transport below must be asynchronous")
        async for chunk in self._response.stream:
            self._guard.count(len(chunk))
            yield chunk

    async def aclose(self) -> None:
        await self._response.aclose()


def http_timeout(timeout_s: float) -> httpx2.Timeout:
    """Return how long a request of a call that may take `timeout_s` may be without progress."""
    return httpx2.Timeout(timeout_s + _GRACE_S, connect=min(timeout_s, _CONNECT_TIMEOUT_S))


def _origin(url: httpx2.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _method(request: httpx2.Request) -> str | None:
    """Return which JSON-RPC method a request carries; None for an answer. We wrote the body ourselves."""
    try:
        message: object = json.loads(request.content)
    except ValueError:
        return None
    method: object = cast("dict[str, object]", message).get("method") if isinstance(message, dict) else None
    return method if isinstance(method, str) else None
