"""What of the asker's memory a step may use: that of now, and only where nobody else reads the answer."""

from orchestration.dependencies import TurnDependencies
from orchestration.messages import StepRequest
from shared import ids
from shared.event_log.head import Head
from shared.memory import Memory

NOTHING = Memory()


async def memory_of_now(deps: TurnDependencies, request: StepRequest, head: Head) -> Memory:
    """Return the asker's memory as it was up to 15 seconds ago; nothing in a group or a temporary session.

    Raises:
        StoreUnavailable: the step is run again.

    """
    if not is_for_memory(request.conversation_id, request.asker, head):
        return NOTHING
    return await deps.memories.recent(request.asker)


def is_for_memory(conversation_id: str, asker: str, head: Head) -> bool:
    """Tell whether the asker's memory has a place in this conversation: a session of their own, not a temporary one."""
    return ids.is_session(conversation_id) and head.owner == asker and not head.temporary
