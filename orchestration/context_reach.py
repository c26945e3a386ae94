"""Less of a conversation, for a model service whose rules for content refuse all of it. Pure.

What a step of the coach was made of has passed those rules; what none was made of may be what they refuse: a question
that was stopped before its answer began, or what people in a room said among themselves.
"""

from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Literal

from orchestration.context_turns import Turns, turns_of
from shared.event_log.shapes import Record
from shared.protocol.durable import ChatResponse, MessageCreated, TurnStarted
from shared.protocol.events import StoredEvent
from shared.protocol.group import MessageShared

type Reach = Literal["all", "answered", "alone"]
"""How much is told: everything; the turns the coach wrote in; the running turn with nothing else."""


def within(record: Record, turn_id: str, reach: Reach) -> Record:
    """Return the record as far as the running turn `turn_id` is told of it."""
    if reach == "all":
        return record
    turns = turns_of(record)
    answered = {name for name, turn in turns.by_id.items() if turn.steps} if reach == "answered" else set[str]()
    told = _of(record, turns, {turn_id, *answered})
    return told if reach == "answered" else replace(told, summary=None)


def _of(record: Record, turns: Turns, kept: AbstractSet[str]) -> Record:
    questions = (turns.question(turn_id) for turn_id in kept)
    messages = {question.message_id for question in questions if question is not None}
    messages |= {message.message_id for message in turns.messages.values() if message.steers in kept}
    return replace(record, events=tuple(event for event in record.events if _is_of(event, kept, messages)))


def _is_of(event: StoredEvent, turns: AbstractSet[str], messages: AbstractSet[str]) -> bool:
    match event:
        case MessageCreated(message_id=message_id):
            return message_id in messages
        case MessageShared():
            return False
        case TurnStarted() | ChatResponse():
            # They say nothing, but without them what is edited would seem to lie before all that is known.
            return True
        case _:
            turn_id = getattr(event, "turn_id", None)
            return turn_id is None or turn_id in turns
