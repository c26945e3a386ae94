"""Sends something with a credential, and again with another where the first is refused."""

from collections.abc import Awaitable, Callable

from shared.tools.authorization import Authorization
from shared.tools.catalog import ServerSpec
from shared.tools.challenges import Challenge

type Header = tuple[str, str] | None


async def with_credential[T](
    authorization: Authorization,
    whose: tuple[ServerSpec, str],
    send: Callable[[Header], Awaitable[T]],
    challenged: Callable[[T], Challenge | None],
) -> T:
    """Return what came of it, at most one renewal and one wider credential later; `whose` is server and principal.

    Raises:
        SignInRequired, Transient: as `Authorization`.

    """
    server, principal = whose
    header = await authorization.header(server, principal)
    result = await send(header)
    challenge = challenged(result)
    if header is not None and challenge is not None and challenge.signed_out:
        fresh = await authorization.header(server, principal, rejected=header[1], scope=challenge.scope)
        if fresh in (None, header):
            return result
        header, result = fresh, await send(fresh)
        challenge = challenged(result)
    if header is None or challenge is None or not challenge.narrow or challenge.scope is None:
        return result
    wider = await authorization.wider(server, principal, header[1], challenge.scope)
    return result if wider in (None, header) else await send(wider)
