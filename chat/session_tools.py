"""What people are told of the tools the coach may use in a session."""

from contextlib import suppress

from chat.dependencies import ChatDependencies
from shared.errors import PublishFailed
from shared.event_log.documents import Manifest
from shared.protocol.ephemeral import ToolsUpdated
from shared.protocol.shapes import ToolInfo

FIRST_LINE_CHARACTERS = 200


def tool_infos(manifest: Manifest) -> tuple[ToolInfo, ...]:
    return tuple(
        ToolInfo(server=t.server, tool=t.tool, description=t.description.split("\n")[0][:FIRST_LINE_CHARACTERS])
        for t in manifest.tools
    )


async def tell_tools(deps: ChatDependencies, session_id: str, manifest: Manifest) -> None:
    """Tell all who have the session open what was pinned. It may be lost: opening the session tells it too."""
    event = ToolsUpdated(conversation_id=session_id, tools=tool_infos(manifest), unavailable=manifest.unavailable)
    with suppress(PublishFailed):
        await deps.publisher.to_conversation(session_id, [event])
