"""Which events of a group's turn not everyone sees whole. Pure.

A call's arguments are its asker's business, so others see calls in outline; what was made for the asker alone, and all
that follows from it, others do not see at all (`docs/adr/0017-answers-in-a-room.md`).
"""

from shared import ids
from shared.event_log.shapes import Record
from shared.protocol.durable import MessageCompleted, MessageCreated, NarrowEvent
from shared.protocol.events import StoredEvent
from shared.protocol.shapes import ToolCallPart
from shared.whispers import Narrow, hidden


def outlined(record: Record, asker: str) -> Narrow:
    """Return the fields of an event that others in a group see in outline."""
    return Narrow() if record.head.head.group is None else Narrow(audience=(asker,), others_see="outline")


def of_call(record: Record, call_id: str, asker: str) -> Narrow:
    """Return the fields of the events of a call: those of the step that asked for it, in outline at least."""
    step = step_of_call(record, call_id)
    return hidden(step.audience) if step is not None and is_hidden(step) else outlined(record, asker)


def of_turn(record: Record, turn_id: str) -> Narrow:
    """Return the fields of what concerns a whole turn: hidden but for its outline where the question was whispered."""
    question = ids.question_message(turn_id)
    asked = next((e for e in record.events if isinstance(e, MessageCreated) and e.message_id == question), None)
    if asked is None or asked.audience is None:
        return Narrow()
    return Narrow(audience=(asked.author.id,), others_see="outline")


def is_hidden(event: StoredEvent) -> bool:
    """Tell whether others see nothing of the event."""
    return isinstance(event, NarrowEvent) and event.audience is not None and event.others_see == "nothing"


def step_of_call(record: Record, call_id: str) -> MessageCompleted | None:
    """Return the step that asked for the call."""
    steps = (event for event in record.events if isinstance(event, MessageCompleted))
    return next((step for step in steps if any(_is_call(part, call_id) for part in step.parts)), None)


def _is_call(part: object, call_id: str) -> bool:
    return isinstance(part, ToolCallPart) and part.call_id == call_id
