"""Tokens of the service's own identity, for handlers that want to know who calls (App Service protocol)."""

import asyncio
from dataclasses import dataclass
from time import time

import aiohttp
from pydantic import BaseModel, ValidationError

_API_VERSION = "2019-08-01"
_MARGIN_SECONDS = 300
_TIMEOUT = aiohttp.ClientTimeout(total=5)


class IdentityError(Exception):
    """The identity endpoint gave no token."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandlerAuth:
    """Where to get a token (`IDENTITY_ENDPOINT`, `IDENTITY_HEADER`) and for which resource."""

    endpoint: str
    header: str
    resource: str


class _Answer(BaseModel):
    access_token: str
    expires_on: int


class ManagedIdentity:
    """One resource's token, fetched again five minutes before it expires."""

    def __init__(self, auth: HandlerAuth, session: aiohttp.ClientSession) -> None:
        self._auth = auth
        self._session = session
        self._current: _Answer | None = None
        self._fetching = asyncio.Lock()

    async def token(self) -> str:
        """Return a token that is good for a while.

        Raises:
            IdentityError: the endpoint does not answer, refuses, or answers nonsense.

        """
        async with self._fetching:
            if self._current is None or self._current.expires_on - _MARGIN_SECONDS < time():
                self._current = await self._fetch()
            return self._current.access_token

    async def _fetch(self) -> _Answer:
        query = {"resource": self._auth.resource, "api-version": _API_VERSION}
        headers = {"X-IDENTITY-HEADER": self._auth.header}
        try:
            async with self._session.get(
                self._auth.endpoint, params=query, headers=headers, timeout=_TIMEOUT, raise_for_status=True
            ) as response:
                return _Answer.model_validate_json(await response.read())
        except (aiohttp.ClientError, TimeoutError, ValidationError) as error:
            raise IdentityError(f"no token from {self._auth.endpoint}: {error!r}") from error
