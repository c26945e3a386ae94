"""What of a pinned manifest the asker may still use. The manifest names; rights are those of now."""

from orchestration.dependencies import TurnDependencies
from shared.errors import NotAllowed
from shared.event_log.documents import Manifest
from shared.tools.catalog import Policy


async def with_rights_of_now(deps: TurnDependencies, manifest: Manifest, asker: str) -> Manifest:
    """Return the manifest without the tools its asker has lost since; without any once their sign-in is too old.

    Raises:
        StoreUnavailable: the step is run again.

    """
    if not manifest.tools:
        return manifest
    try:
        roles = (await deps.people.recent_grant(asker, deps.now())).roles
    except NotAllowed:
        roles = frozenset[str]()
    catalog = await deps.catalogs.current()
    tools = tuple(tool for tool in manifest.tools if catalog.policy(tool.server, tool.tool, roles) is not Policy.DENY)
    return manifest if len(tools) == len(manifest.tools) else manifest.model_copy(update={"tools": tools})
