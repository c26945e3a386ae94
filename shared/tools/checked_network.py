"""Connections to tool servers, each made to the very address that was checked.

The host is resolved here, every address it has must be allowed, and the socket is opened to one of these addresses:
there is no second look-up that could answer otherwise. TLS and the `Host` header keep the host's name.
"""

import asyncio
import logging
import socket
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from contextlib import asynccontextmanager
from ipaddress import ip_address
from typing import cast

import httpcore2
import httpx2

from shared.tools.address_rules import Address, Network, refusal

_SECURITY = logging.getLogger("salescoach.security")
_MAX_CONNECTIONS, _MAX_IDLE, _IDLE_S = 70, 20, 60
_PATIENCE_S = 1.0
_Options = Iterable[tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]]


class AddressRefused(httpx2.ConnectError):
    """The server's host has an address that may not be reached."""


class _Refused(httpcore2.ConnectError):
    """What the pool knows an `AddressRefused` as."""


class CheckedNetwork(httpcore2.AsyncNetworkBackend):
    """Opens sockets to allowed addresses only."""

    def __init__(self, private_networks: tuple[Network, ...], *, encrypted: bool) -> None:
        self._private_networks = private_networks
        self._encrypted = encrypted
        # The package declares a second class of this name, for when anyio is not installed.
        self._sockets = cast("httpcore2.AsyncNetworkBackend", httpcore2.AnyIOBackend())

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the base class's signature
        local_address: str | None = None,
        socket_options: _Options | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        try:
            async with asyncio.timeout(timeout):
                return await self._connect(host, port, local_address, socket_options)
        except TimeoutError:
            raise httpcore2.ConnectTimeout("the connection was not made in time") from None

    async def _connect(
        self, host: str, port: int, local_address: str | None, socket_options: _Options | None
    ) -> httpcore2.AsyncNetworkStream:
        addresses = await resolve(host, port)
        for address in addresses:
            problem = refusal(address, self._private_networks, encrypted=self._encrypted)
            if problem is not None:
                _SECURITY.warning("no connection to tool server %s at %s: %s", host, address, problem)
                raise _Refused(problem)
        failure: Exception = httpcore2.ConnectError("the host has no address")
        for number, address in enumerate(addresses, 1):
            # An address that swallows what is sent to it must leave time for the others.
            patience_s = _PATIENCE_S if number < len(addresses) else None
            try:
                return await self._sockets.connect_tcp(str(address), port, patience_s, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
        raise failure

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


async def resolve(host: str, port: int) -> tuple[Address, ...]:
    """Return the host's addresses, each once, in the order of preference.

    Raises:
        httpcore2.ConnectError: the name is unknown.

    """
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        raise httpcore2.ConnectError("the host's name is not known") from None
    return tuple(dict.fromkeys(ip_address(where[0]) for *_, where in found))


class CheckedTransport(httpx2.AsyncBaseTransport):
    """A pool of connections that are made by the rules of `CheckedNetwork`; without `tls` they are plain."""

    def __init__(self, private_networks: tuple[Network, ...], tls: ssl.SSLContext | None) -> None:
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=tls,
            max_connections=_MAX_CONNECTIONS,
            max_keepalive_connections=_MAX_IDLE,
            keepalive_expiry=_IDLE_S,
            network_backend=CheckedNetwork(private_networks, encrypted=tls is not None),
        )

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        if not isinstance(request.stream, httpx2.AsyncByteStream):
            raise TypeError("the request's body must be asynchronous")
        url = request.url
        async with _told_as_httpx():
            answer = await self._pool.handle_async_request(
                httpcore2.Request(
                    method=request.method,
                    url=httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
                    headers=request.headers.raw,
                    content=request.stream,
                    extensions=request.extensions,
                )
            )
        return httpx2.Response(
            status_code=answer.status, headers=answer.headers, stream=_Body(answer), extensions=answer.extensions
        )

    async def aclose(self) -> None:
        await self._pool.aclose()


class _Body(httpx2.AsyncByteStream):
    def __init__(self, answer: httpcore2.Response) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async with _told_as_httpx():
            async for part in self._answer.aiter_stream():
                yield part

    async def aclose(self) -> None:
        await self._answer.aclose()


# From the special to the general: the first that fits counts.
_NAMES: tuple[tuple[type[Exception], type[httpx2.TransportError]], ...] = (
    (_Refused, AddressRefused),
    (httpcore2.ConnectTimeout, httpx2.ConnectTimeout),
    (httpcore2.PoolTimeout, httpx2.PoolTimeout),
    (httpcore2.ReadTimeout, httpx2.ReadTimeout),
    (httpcore2.TimeoutException, httpx2.WriteTimeout),
    (httpcore2.ConnectError, httpx2.ConnectError),
    (httpcore2.ReadError, httpx2.ReadError),
    (httpcore2.NetworkError, httpx2.WriteError),
    (httpcore2.LocalProtocolError, httpx2.LocalProtocolError),
    (httpcore2.ProtocolError, httpx2.RemoteProtocolError),
    (httpcore2.UnsupportedProtocol, httpx2.UnsupportedProtocol),
)


@asynccontextmanager
async def _told_as_httpx() -> AsyncGenerator[None]:
    try:
        yield
    except Exception as error:
        for kind, name in _NAMES:
            if isinstance(error, kind):
                raise name(str(error)) from error
        raise
