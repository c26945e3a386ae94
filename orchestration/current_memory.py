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
    is_their_own = ids.is_session(request.conversation_id) and head.owner == request.asker
    if not is_their_own or head.temporary:
        return NOTHING
    return await deps.memories.recent(request.asker)
