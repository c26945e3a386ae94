"""Who the person is: checked at negotiate and at every `session.update` that carries a token."""

import logging

from chat.dependencies import ChatDependencies
from shared.clock import iso
from shared.errors import NotAllowed
from shared.identity import Principal, narrowed_roles
from shared.people import Grant
from shared.protocol.codes import ErrorCode
from shared.protocol.commands import SessionUpdate
from shared.web_pubsub import ClientUrl

CLIENT_URL_MINUTES = 60

_SECURITY = logging.getLogger("salescoach.security")


async def negotiate(deps: ChatDependencies, authorization: str | None) -> ClientUrl:
    """Return a client URL for the person the token names, never for anyone unnamed.

    Raises:
        NotAllowed: the token is missing, invalid or expired.
        Transient: keys, store or service could not be reached.

    """
    principal = await deps.validator.validate(authorization)
    await _remember(deps, principal)
    return await deps.web_pubsub.client_url(principal.id, CLIENT_URL_MINUTES)


async def grant_of(deps: ChatDependencies, principal: str, command: SessionUpdate) -> Grant:
    """Return what the person may do, from the token in the command or else from their last sign-in.

    Raises:
        NotAllowed: the token is not this person's, or the last sign-in is too long ago.

    """
    if command.accessToken is None:
        return await deps.people.grant(principal, deps.now())
    validated = await deps.validator.validate(f"Bearer {command.accessToken}")
    if validated.id != principal:
        _SECURITY.warning("a frame of %s carried the token of %s", principal, validated.id)
        raise NotAllowed("This token belongs to someone else. Connect again.", code=ErrorCode.TOKEN_INVALID)
    return await _remember(deps, validated)


def roles_for(grant: Grant, command: SessionUpdate) -> frozenset[str]:
    """Narrow the granted roles to what the frame claims; a claim beyond them changes nothing and is reported."""
    roles, beyond = narrowed_roles(grant.roles, command.role)
    if beyond:
        _SECURITY.warning("a frame of %s claimed a role the token does not grant", grant.principal)
    if command.email_id and (grant.email or "").lower() != command.email_id.lower():
        _SECURITY.warning("a frame of %s named another e-mail address", grant.principal)
    return roles


async def _remember(deps: ChatDependencies, principal: Principal) -> Grant:
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
