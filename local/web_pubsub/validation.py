"""The handshake a webhook must pass before it gets events (CloudEvents abuse protection)."""

import asyncio
import logging
from dataclasses import dataclass
from http import HTTPMethod, HTTPStatus
from time import monotonic

import aiohttp

_log = logging.getLogger(__name__)
_VALID_SECONDS = 60.0
_TRY_SECONDS = 10.0
_FIRST_BACKOFF = 1.0
# The service backs off up to 60 s; a handler under development restarts often and should not be waited for.
_LAST_BACKOFF = 10.0
_LAST_TRANSIENT_BACKOFF = 2.0


class NotValidatedError(Exception):
    """The handler did not agree to get events; `transient` if it could not be asked or failed."""

    def __init__(self, message: str, *, transient: bool) -> None:
        super().__init__(message)
        self.transient = transient


@dataclass(slots=True)
class _Verdict:
    valid_until: float = 0.0
    blocked_until: float = 0.0
    backoff: float = 0.0
    error: NotValidatedError | None = None
    pending: asyncio.Task[None] | None = None


class Validation:
    """Verdicts by URL: a yes holds 60 s, a no 1 s growing to 10 s (2 s if the handler cannot be reached).

    Concurrent askers share one handshake.
    """

    def __init__(self, session: aiohttp.ClientSession, origin: str) -> None:
        self._session = session
        self._origin = origin
        self._verdicts: dict[str, _Verdict] = {}

    async def require(self, url: str) -> None:
        """Return when the handler at `url` accepts this service.

        Raises:
            NotValidatedError: it does not.

        """
        verdict = self._verdicts.setdefault(url, _Verdict())
        now = monotonic()
        if now < verdict.valid_until:
            return
        if verdict.error is not None and now < verdict.blocked_until:
            raise verdict.error
        if verdict.pending is None:
            verdict.pending = asyncio.create_task(self._validate(url, verdict))
        await asyncio.shield(verdict.pending)
        if verdict.error is not None:
            raise verdict.error

    async def _validate(self, url: str, verdict: _Verdict) -> None:
        try:
            async with asyncio.timeout(_TRY_SECONDS):
                await self._ask(url)
        except (aiohttp.ClientError, TimeoutError) as error:
            failure = NotValidatedError(f"no answer from {url}: {error!r}", transient=True)
        except NotValidatedError as error:
            failure = error
        else:
            failure = None
        verdict.pending = None
        verdict.error = failure
        if failure is None:
            verdict.valid_until, verdict.backoff = monotonic() + _VALID_SECONDS, 0.0
        else:
            last = _LAST_TRANSIENT_BACKOFF if failure.transient else _LAST_BACKOFF
            verdict.backoff = min(max(verdict.backoff * 2, _FIRST_BACKOFF), last)
            verdict.blocked_until = monotonic() + verdict.backoff
            _log.warning("event handler not validated: %s; next try in %.0f s", failure, verdict.backoff)

    async def _ask(self, url: str) -> None:
        status, allowed = await self._request(HTTPMethod.OPTIONS, url)
        if status == HTTPStatus.NOT_FOUND:
            status, allowed = await self._request(HTTPMethod.GET, url)
        if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            transient = status >= HTTPStatus.INTERNAL_SERVER_ERROR
            raise NotValidatedError(f"{url} answered {status} to the validation request", transient=transient)
        origins = {origin.strip().lower() for origin in allowed.split(",")}
        if not origins & {"*", self._origin.lower()}:
            raise NotValidatedError(f"{url} allows {allowed!r}, not {self._origin}", transient=False)

    async def _request(self, method: HTTPMethod, url: str) -> tuple[int, str]:
        headers = {"WebHook-Request-Origin": self._origin, "ce-awpsversion": "1.0"}
        async with self._session.request(method, url, headers=headers, allow_redirects=False) as response:
            return response.status, ",".join(response.headers.getall("WebHook-Allowed-Origin", []))
