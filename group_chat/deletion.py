"""Deleting a group for good."""

import logging

from group_chat.dependencies import GroupDependencies
from group_chat.roles import check_role
from shared.errors import Transient

_LOG = logging.getLogger(__name__)


async def delete_group(deps: GroupDependencies, principal: str, group_id: str) -> None:
    """Bury the group, which ends a running turn too, and erase it for everybody.

    Once it is buried it is deleted: should erasing fail, the sweep goes on with it.

    Raises:
        CommandRefused: there is no such group of the person's, or they are not its owner.
        Transient: nothing is known to have changed; deleting again is harmless.

    """
    access = await deps.gate.access(principal, group_id)
    check_role(access.member, frozenset({"owner"}), "delete it")
    await deps.erasure.bury(group_id, epoch=access.known.head.epoch)
    deps.log.memory.erase(group_id)
    try:
        await deps.erasure.erase(group_id)
    except Transient as error:
        _LOG.warning("erasing %s will be gone on with: %s", group_id, error.code)
