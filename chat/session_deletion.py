"""Deleting a session for good."""

import logging

from chat.dependencies import ChatDependencies
from shared.access import access_session
from shared.errors import Transient

_LOG = logging.getLogger(__name__)


async def delete_session(deps: ChatDependencies, principal: str, session_id: str) -> None:
    """Bury the session, which ends a running turn too, and erase it.

    Once it is buried it is deleted: should erasing fail, the sweep goes on with it.

    Raises:
        CommandRefused: there is no such session of the person's.
        Transient: nothing is known to have changed; deleting again is harmless.

    """
    await access_session(deps.log, principal, session_id)
    await deps.erasure.bury(session_id)
    deps.log.memory.erase(session_id)
    try:
        await deps.erasure.erase(session_id)
    except Transient as error:
        _LOG.warning("erasing %s will be gone on with: %s", session_id, error.code)
