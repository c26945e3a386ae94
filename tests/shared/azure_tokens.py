"""An app identity for tests that need a token but no identity service."""

import time
from types import TracebackType
from typing import Any, Self

from azure.core.credentials import AccessToken


class StubCredential:
    """Gives `token`, or `token-1`, `token-2`, ..., and notes the scopes it was asked for."""

    def __init__(self, lifetime_s: int, error: Exception | None = None, token: str | None = None) -> None:
        self.scopes: list[str] = []
        self._lifetime_s = lifetime_s
        self._error = error
        self._token = token

    async def get_token(
        self,
        *scopes: str,
        claims: str | None = None,
        tenant_id: str | None = None,
        enable_cae: bool = False,
        **kwargs: Any,
    ) -> AccessToken:
        self.scopes += scopes
        if self._error is not None:
            raise self._error
        return AccessToken(self._token or f"token-{len(self.scopes)}", int(time.time()) + self._lifetime_s)

    async def close(self) -> None:
        return

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        return
