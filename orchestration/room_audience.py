"""Who gets a step of a group's turn, and what the model may be told for that. Pure; fixed before the first delta.

The label of an ordinary message is the room. Narrower is what one person alone may see: whispers, and results of tools
that only the asker may read. A step whose turn holds such a thing is for the asker alone; the room then gets a step of
its own, made without it (`docs/adr/0017-answers-in-a-room.md`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from shared import ids
from shared.event_log.documents import MemberDocument
from shared.event_log.shapes import Record
from shared.protocol.durable import MessageCompleted, MessageCreated, NarrowEvent, ToolCallCompleted
from shared.protocol.events import StoredEvent

EVERYONE = frozenset({"*"})
"""Readers among whom nobody is the asker: what is told to them, everyone may see."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepAudience:
    """`only` (principals) get the step; None: the room does. `readers` are who reads it, for the labels of results."""

    only: tuple[str, ...] | None
    readers: frozenset[str]
    whole_turn: bool = False
    """The question was whispered to the coach: the room gets nothing of the turn."""

    @property
    def is_private(self) -> bool:
        return self.only is not None


def step_audience(
    record: Record, turn_id: str, asker: str, members: Sequence[MemberDocument], *, room: bool
) -> StepAudience:
    """Return who gets the turn's next step. `room`: it is the one the room gets after a private answer."""
    readers = frozenset(member.principal for member in members if member.state == "member")
    question = next((e for e in record.events if _is_question(e, turn_id)), None)
    if isinstance(question, MessageCreated) and question.audience is not None:
        return StepAudience(only=(asker,), readers=frozenset({asker}), whole_turn=True)
    if room or readers <= {asker} or not _has_narrow_results(record.events, turn_id):
        return StepAudience(only=None, readers=readers)
    return StepAudience(only=(asker,), readers=frozenset({asker}))


def seen_by(record: Record, audience: StepAudience) -> Record:
    """Return the record without what not all of those who get the step may see."""
    return replace(record, events=tuple(event for event in record.events if _may_be_told(event, audience)))


def for_summary(record: Record) -> Record:
    """Return what a summary of the conversation may be made of: in a group, what everyone may see."""
    if record.head.head.group is None:
        return record
    return seen_by(record, StepAudience(only=None, readers=EVERYONE))


def _may_be_told(event: StoredEvent, audience: StepAudience) -> bool:
    """Tell whether the event may be told. One that others see in outline is no secret but for a call's own result.

    Those are withheld where the call is told (`context_audience.py`), by the same labels.
    """
    if not isinstance(event, NarrowEvent) or event.audience is None or event.others_see == "outline":
        return True
    return audience.only is not None and set(audience.only) <= set(event.audience)


def _is_question(event: StoredEvent, turn_id: str) -> bool:
    return isinstance(event, MessageCreated) and event.message_id == ids.question_message(turn_id)


def _has_narrow_results(events: Iterable[StoredEvent], turn_id: str) -> bool:
    """Tell whether the turn holds what only the asker may see: a result, or words that were made with one."""
    for event in events:
        match event:
            case ToolCallCompleted() if event.turn_id == turn_id and event.readers == "asker":
                return True
            case MessageCompleted() if event.turn_id == turn_id and event.audience and event.others_see == "nothing":
                return True
            case _:
                pass
    return False
