"""The way out to authorization servers: addresses come from strangers' metadata, so every one is checked.

The rules are those for tool servers (`address_rules`): https and public addresses, unless configured otherwise. No
redirects, small answers.
"""

import asyncio
from collections.abc import Mapping

import httpx2

from shared.retry_after import retry_after_ms
from shared.tools.address_rules import EVERY_NETWORK, Network
from shared.tools.checked_network import AddressRefused, CheckedTransport
from shared.tools.oauth_errors import AuthorizationServerFailed, Unreachable

_MAX_ANSWER_BYTES = 256 * 1024
_TIMEOUT = httpx2.Timeout(10.0, connect=5.0)
_HEADERS = {
    "accept": "application/json",
    "accept-encoding": "identity",
    "user-agent": "salescoach",
    "connection": "close",
}
_LONGEST_S = 20.0
_SERVER_ERRORS, _BUSY = 500, 429


class OAuthHttp:
    """Sends single requests. One per process."""

    def __init__(self, private_networks: tuple[Network, ...] = ()) -> None:
        """Send nothing yet; see `address_rules.refusal` for `private_networks`."""
        self._private_networks = private_networks
        self._clients: dict[tuple[bool, bool], httpx2.AsyncClient] = {}

    async def send(self, request: httpx2.Request, *, private_network: bool) -> httpx2.Response:
        """Return the whole answer, whatever its status.

        Raises:
            AuthorizationServerFailed: the address is none that may be asked, or the answer cannot be used.
            Unreachable: no connection came about (`sent` false), or no answer did (`sent` true).

        """
        if request.url.scheme not in {"https", "http"} or request.url.userinfo:
            raise AuthorizationServerFailed(f"{_host(request)} is not an address to ask at.")
        sent = _Sent()
        request.extensions = {**request.extensions, "trace": sent.trace}
        try:
            async with asyncio.timeout(_LONGEST_S):
                response = await self._client(request, private_network=private_network).send(request, stream=True)
                try:
                    content = await _content(response)
                finally:
                    await response.aclose()
        except AddressRefused:
            raise AuthorizationServerFailed(f"{_host(request)} has an address that may not be asked.") from None
        except (httpx2.TransportError, TimeoutError) as error:
            raise Unreachable.host(_host(request), sent=sent.sent) from error
        return httpx2.Response(response.status_code, headers=response.headers, content=content, request=request)

    async def post_form(
        self, url: str, form: Mapping[str, str], headers: Mapping[str, str], *, private_network: bool
    ) -> httpx2.Response:
        """Send a form; raises as `send` does."""
        request = httpx2.Request("POST", url, data=dict(form), headers={**_HEADERS, **headers})
        return await self.send(request, private_network=private_network)

    async def close(self) -> None:
        """Close the connections."""
        clients, self._clients = self._clients, {}
        for client in clients.values():
            await client.aclose()

    def _client(self, request: httpx2.Request, *, private_network: bool) -> httpx2.AsyncClient:
        kind = private_network, request.url.scheme == "https"
        if kind not in self._clients:
            networks = EVERY_NETWORK if private_network else self._private_networks
            transport = CheckedTransport(networks, httpx2.create_ssl_context(trust_env=False) if kind[1] else None)
            self._clients[kind] = httpx2.AsyncClient(
                transport=transport, timeout=_TIMEOUT, headers=_HEADERS, follow_redirects=False, trust_env=False
            )
        return self._clients[kind]


def is_busy(response: httpx2.Response) -> bool:
    """Return whether the server could not attend to the request, which therefore changed nothing."""
    return response.status_code >= _SERVER_ERRORS or response.status_code == _BUSY


def wait_ms(response: httpx2.Response) -> int | None:
    return retry_after_ms(response.headers)


class _Sent:
    """Whether the request, with what is secret in it, has begun to leave."""

    def __init__(self) -> None:
        self.sent = False

    async def trace(self, event: str, _info: object) -> None:
        if event.endswith(".send_request_headers.started"):
            self.sent = True


async def _content(response: httpx2.Response) -> bytes:
    parts: list[bytes] = []
    size = 0
    async for part in response.aiter_raw():
        size += len(part)
        if size > _MAX_ANSWER_BYTES:
            raise AuthorizationServerFailed("The authorization server's answer is too large.")
        parts.append(part)
    return b"".join(parts)


def _host(request: httpx2.Request) -> str:
    return request.url.netloc.decode()
