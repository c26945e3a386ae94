"""Who the person is: checked at negotiate and at every `session.update` that carries a token."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from shared.clock import iso
from shared.errors import NotAllowed
from shared.identity import Principal, TokenValidator, narrowed_roles
from shared.people import Grant, People
from shared.protocol.codes import ErrorCode
from shared.protocol.commands import SessionUpdate
from shared.rate_limits import RateLimiter
from shared.security_events import SecurityEvents, SecurityKind
from shared.web_pubsub import WebPubSub

CLIENT_URL_MINUTES = 60


class TokenExchange(Protocol):
    """Makes credentials for tool servers of a person's token, which is in hand only now."""

    async def signed_in(self, person: Principal, token: str) -> None:
        """Take `token` (a JWT that has been validated); must not fail, and must return soon."""
        ...


class SignInDesk(Protocol):
    """What signing in works with: the dependencies of either front door; `web_pubsub` is its hub."""

    @property
    def people(self) -> People: ...

    @property
    def limiter(self) -> RateLimiter: ...

    @property
    def validator(self) -> TokenValidator: ...

    @property
    def security(self) -> SecurityEvents: ...

    @property
    def web_pubsub(self) -> WebPubSub: ...

    @property
    def exchange(self) -> TokenExchange | None: ...

    @property
    def now(self) -> Callable[[], datetime]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Negotiated:
    """A URL to connect to, good until `expires_at` (UTC), for the person `principal`."""

    principal: str
    url: str
    expires_at: datetime


async def negotiate(deps: SignInDesk, headers: Mapping[str, str]) -> Negotiated:
    """Return a client URL for the person who sends the request (header names in lower case), never for anyone unnamed.

    Raises:
        NotAllowed: the token is missing, invalid or expired.
        RateLimited: the person asks too often.
        Transient: keys, store or service could not be reached.

    """
    principal = await deps.validator.of_request(headers)
    deps.limiter.take(principal.id, "requests")
    await _remember(deps, principal)
    client, _ = await asyncio.gather(
        deps.web_pubsub.client_url(principal.id, CLIENT_URL_MINUTES),
        _exchange(deps, principal, _bearer(headers.get("authorization"))),
    )
    return Negotiated(principal=principal.id, url=client.url, expires_at=client.expires_at)


async def signed_in(deps: SignInDesk, authorization: str | None) -> Grant:
    """Return what the person the token names may do, and remember it as their last sign-in.

    Raises:
        NotAllowed: the token is missing, invalid or expired.
        Transient: keys or store could not be reached.

    """
    principal = await deps.validator.validate(authorization)
    grant = await _remember(deps, principal)
    await _exchange(deps, principal, _bearer(authorization))
    return grant


async def grant_of(deps: SignInDesk, principal: str, command: SessionUpdate) -> Grant:
    """Return what the person may do, from the token in the command or else from their last sign-in.

    Raises:
        NotAllowed: the token is not this person's, or the last sign-in is too long ago.

    """
    if command.accessToken is None:
        return await deps.people.grant(principal, deps.now())
    validated = await deps.validator.validate(f"Bearer {command.accessToken}")
    if validated.id != principal:
        await deps.security.report(SecurityKind.TOKEN_OF_ANOTHER, principal, f"the token's person is {validated.id}")
        raise NotAllowed("This token belongs to someone else. Connect again.", code=ErrorCode.TOKEN_INVALID)
    grant = await _remember(deps, validated)
    await _exchange(deps, validated, command.accessToken)
    return grant


async def roles_for(deps: SignInDesk, grant: Grant, command: SessionUpdate) -> frozenset[str]:
    """Narrow the granted roles to what the frame claims; a claim beyond them changes nothing and is reported."""
    roles, beyond = narrowed_roles(grant.roles, command.role)
    if beyond:
        await deps.security.report(SecurityKind.ROLE_NOT_GRANTED, grant.principal, f"claimed {command.role}")
    if command.email_id and (grant.email or "").lower() != command.email_id.lower():
        await deps.security.report(SecurityKind.OTHER_EMAIL, grant.principal)
    return roles


def narrowed(grant: Grant, role: str | None) -> Grant:
    """Return the grant with no other role than that, which it may have lost since; None: with all of them."""
    return grant if role is None else replace(grant, roles=grant.roles & {role})


def _bearer(authorization: str | None) -> str:
    return (authorization or "").partition(" ")[2].strip()


async def _exchange(deps: SignInDesk, principal: Principal, token: str) -> None:
    """Let credentials be made of the token, which has been validated; empty when the request carried none."""
    if deps.exchange is not None and token:
        await deps.exchange.signed_in(principal, token)


async def _remember(deps: SignInDesk, principal: Principal) -> Grant:
    grant = Grant(
        principal=principal.id,
        name=principal.name,
        email=principal.email,
        roles=principal.roles,
        team=principal.team,
        checked_at=iso(deps.now()),
    )
    await deps.people.remember(grant)
    return grant
