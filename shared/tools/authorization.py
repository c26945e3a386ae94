"""What a call to a tool server carries to prove for whom, or for which app, it is made."""

from typing import Protocol

from shared.errors import SalesCoachError
from shared.protocol.codes import ErrorCode
from shared.tools.catalog import ServerSpec


class SignInRequired(SalesCoachError):  # noqa: N818 - reads as what happened
    """The server wants the person's own sign-in, and there is none that it takes."""

    code = ErrorCode.SIGN_IN_STALE


class Authorization(Protocol):
    """Where credentials for tool servers come from."""

    async def header(
        self, server: ServerSpec, principal: str, *, rejected: str | None = None, scope: str | None = None
    ) -> tuple[str, str] | None:
        """Return the name and value of the header to send; None when the server is called without one.

        `rejected` is a value the server has just refused: it must not be returned again. `scope` are the scopes the
        server named with that: what a sign-in that comes of it should ask for.

        Raises:
            SignInRequired: only the person can help, by signing in.
            Transient: no credential can be had now; trying again may help.

        """
        ...

    async def wider(self, server: ServerSpec, principal: str, value: str, scope: str) -> tuple[str, str] | None:
        """Return the header to send instead of `value`, which is good but lacks `scope`; None when there is none.

        Raises:
            SignInRequired: the person can help, by a sign-in that asks for `scope`.
            Transient: as `header`.

        """
        ...


class NoAuthorization:
    """Calls every server without a credential."""

    async def header(
        self, server: ServerSpec, principal: str, *, rejected: str | None = None, scope: str | None = None
    ) -> tuple[str, str] | None:
        del server, principal, rejected, scope
        return None

    async def wider(self, server: ServerSpec, principal: str, value: str, scope: str) -> tuple[str, str] | None:
        del server, principal, value, scope
        return None
