"""What people are told of the tools the coach may use in a session."""

from contextlib import suppress

from chat.dependencies import ChatDependencies
from shared.errors import PublishFailed
from shared.event_log.documents import Manifest
from shared.manifests import tools_told
from shared.protocol.ephemeral import ToolsUpdated


async def tell_tools(deps: ChatDependencies, session_id: str, manifest: Manifest) -> None:
    """Tell all who have the session open what was pinned. It may be lost: opening the session tells it too."""
    event = ToolsUpdated(conversation_id=session_id, tools=tools_told(manifest), unavailable=manifest.unavailable)
    with suppress(PublishFailed):
        await deps.publisher.to_conversation(session_id, [event])
