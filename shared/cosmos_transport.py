"""How requests to Cosmos DB travel: over one pool of kept connections, and once."""

from typing import Any

import aiohttp
from azure.core.exceptions import HttpResponseError
from azure.core.pipeline.transport import AioHttpTransport

from shared.telemetry.store_calls import cosmos_call

# Azure drops idle outbound flows after about four minutes; aiohttp's own 15 s would be over before the next question.
_KEEP_ALIVE_S = 120
_MAX_CONNECTIONS = 100
# Answers the SDK would ask for again by itself. Those that make it look elsewhere (403, 404, 410) stay its own affair.
_FAILURES = frozenset({408, 429})
_SERVER_FAILURES = 500


class StoreFailed(HttpResponseError):  # noqa: N818 - reads as what happened
    """The store asks to try later, or failed. The SDK passes this on, where it would repeat after such an answer."""


class CosmosTransport(AioHttpTransport):
    """The session is opened on the first request, on the loop that sends it.

    The environment is not asked for proxies and `.netrc`: the stock transport does so for each request, on threads.
    """

    def __init__(self) -> None:
        super().__init__(use_env_settings=False)
        self._opened = False

    async def open(self) -> None:
        """Open the session, once.

        Raises:
            ValueError: it was closed.

        """
        if not self._opened:
            self._opened = True
            self.session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=_MAX_CONNECTIONS, keepalive_timeout=_KEEP_ALIVE_S),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,  # as the base class's own session: it unpacks bodies itself
            )
        await super().open()

    async def send(self, request: Any, **config: Any) -> Any:
        """Send the request and return the response, its body loaded.

        Raises:
            StoreFailed: the store answered 408, 429 or 500 and above.

        """
        with cosmos_call(request.method, request.url, request.headers) as told:
            response = await super().send(request, **config)
            told.answered(response.status_code, response.headers)
        # The account's description, at `/`, is read aside and by the SDK's own rules.
        if _failed(response.status_code) and "/dbs/" in request.url:
            raise StoreFailed(response=response)
        return response


def _failed(status: int) -> bool:
    return status >= _SERVER_FAILURES or status in _FAILURES
