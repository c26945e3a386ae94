"""The turns of a conversation as the log tells them, and which of them the model is told.

A turn that takes the place of another supersedes it and every turn begun since. What those said is told no more; what
they *did* happened all the same, so the turn that replaces them carries their calls.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from shared import ids
from shared.event_log.documents import SummaryDocument
from shared.event_log.head import Steer
from shared.event_log.shapes import Record
from shared.protocol.cards import TurnParked
from shared.protocol.codes import ErrorCode
from shared.protocol.durable import (
    ChatResponse,
    MessageCompleted,
    MessageCreated,
    ToolCallCompleted,
    ToolCallStarted,
    TurnStarted,
)
from shared.protocol.events import StoredEvent
from shared.protocol.shapes import ToolCallPart

_NOT_TOLD_AGAIN = frozenset({ErrorCode.CONTENT_FILTERED, ErrorCode.MODEL_REFUSED_REQUEST})


@dataclass(slots=True)
class Turn:
    """The events of one turn. `carried` are calls of the turns it supersedes, step by step."""

    first_seq: int
    started: TurnStarted | None = None
    steps: list[MessageCompleted] = field(default_factory=list[MessageCompleted])
    carried: list[tuple[ToolCallPart, ...]] = field(default_factory=list[tuple[ToolCallPart, ...]])
    ended: ChatResponse | None = None
    was_parked: bool = False
    is_superseded: bool = False

    @property
    def order(self) -> int:
        return self.started.seq if self.started else self.first_seq

    @property
    def end_seq(self) -> int | None:
        return self.ended.seq if self.ended else None

    @property
    def is_poison(self) -> bool:
        """Whether telling it again could fail again."""
        error = self.ended.error if self.ended else None
        return error is not None and error.code in _NOT_TOLD_AGAIN

    @property
    def is_told(self) -> bool:
        """Whether later turns are told of it.

        Without its beginning it was taken back while it waited, or the reading window cuts it. One that waits for a
        person is told as far as it came.
        """
        is_over = self.ended is not None or self.was_parked
        return self.started is not None and is_over and not self.is_superseded and not self.is_poison


@dataclass(slots=True)
class Turns:
    """A conversation's turns by id, and what they refer to by its own id."""

    by_id: dict[str, Turn] = field(default_factory=dict[str, Turn])
    messages: dict[str, MessageCreated] = field(default_factory=dict[str, MessageCreated])
    calls: dict[str, ToolCallStarted] = field(default_factory=dict[str, ToolCallStarted])
    results: dict[str, ToolCallCompleted] = field(default_factory=dict[str, ToolCallCompleted])
    stale_from: int | None = None
    """Where the newest turn began that supersedes something the stored summary speaks of."""

    def question(self, turn_id: str) -> MessageCreated | None:
        turn = self.by_id.get(turn_id)
        elsewhere = turn.started.question_id if turn and turn.started else None
        return self.messages.get(elsewhere or ids.question_message(turn_id))

    def is_covered(self, turn: Turn, summary: SummaryDocument | None) -> bool:
        """Tell whether the summary speaks of the turn; a stale one speaks of none."""
        if summary is None or self.stale_from is not None or turn.end_seq is None:
            return False
        return turn.end_seq <= summary.through_seq

    def told(self, besides: str | None = None) -> list[tuple[str, Turn]]:
        """Return the turns later ones are told of, in the order they began; `besides` is left out."""
        found = [(turn_id, turn) for turn_id, turn in self.by_id.items() if turn.is_told and turn_id != besides]
        return sorted(found, key=lambda entry: entry[1].order)


def turns_of(record: Record) -> Turns:
    """Fold the log."""
    turns = Turns()
    for event in record.events:
        _add(turns, event)
    _supersede(turns, record.summary)
    return turns


def pending_steers(record: Record, turn_id: str, step: int) -> tuple[Steer, ...]:
    """Return the messages put into the running turn that its next step, number `step`, is the first to be given.

    In the order they were written. The first step (0) gets none: they stay until the next. Their message ids
    (`ids.question_message(steer.turn_id)`) belong into the step's `steered_by`.
    """
    return _pending(turns_of(record), record, turn_id) if step and record.head.head.steers else ()


def next_steers(turns: Turns, record: Record, turn_id: str) -> tuple[MessageCreated, ...]:
    """Return the messages of the pending steers of the turn's next step."""
    turn = turns.by_id.get(turn_id)
    if turn is None or not turn.steps:
        return ()
    return tuple(turns.messages[_message(steer)] for steer in _pending(turns, record, turn_id))


def steers_of(turns: Turns, turn_id: str, step: MessageCompleted) -> list[MessageCreated]:
    """Return the messages that were put into the turn before this step, in the order they were written."""
    found = (turns.messages.get(message_id) for message_id in step.steered_by)
    return sorted((m for m in found if m is not None and _steers(turns, m, turn_id)), key=lambda m: m.seq)


def _pending(turns: Turns, record: Record, turn_id: str) -> tuple[Steer, ...]:
    active = record.head.head.active_turn
    turn = turns.by_id.get(turn_id)
    if active is None or active.turn_id != turn_id or turn is None:
        return ()
    used = {message_id for step in turn.steps for message_id in step.steered_by}
    waiting = sorted(record.head.head.steers, key=lambda steer: steer.question_seq)
    messages = ((steer, turns.messages.get(_message(steer))) for steer in waiting)
    return tuple(
        steer
        for steer, message in messages
        if message is not None and message.message_id not in used and _steers(turns, message, turn_id)
    )


def _message(steer: Steer) -> str:
    return ids.question_message(steer.turn_id)


def _steers(turns: Turns, message: MessageCreated, turn_id: str) -> bool:
    """Tell whether a message is part of that turn: not one that became a turn of its own, or was taken back."""
    own = turns.by_id.get(message.turn_id) if message.turn_id else None
    return message.steers == turn_id and (own is None or (own.started is None and own.ended is None))


def _add(turns: Turns, event: StoredEvent) -> None:
    match event:
        case MessageCreated():
            turns.messages[event.message_id] = event
            if event.turn_id is not None:
                _turn(turns, event.turn_id, event.seq)
        case TurnStarted():
            _turn(turns, event.turn_id, event.seq).started = event
        case MessageCompleted():
            _turn(turns, event.turn_id, event.seq).steps.append(event)
        case ToolCallStarted():
            turns.calls[event.call_id] = event
        case TurnParked():
            _turn(turns, event.turn_id, event.seq).was_parked = True
        case ToolCallCompleted():
            turns.results[event.call_id] = event
        case ChatResponse():
            _turn(turns, event.turn_id, event.seq).ended = event
        case _:
            pass


def _turn(turns: Turns, turn_id: str, seq: int) -> Turn:
    found = turns.by_id.get(turn_id)
    if found is None:
        found = turns.by_id[turn_id] = Turn(first_seq=seq)
    return found


def _supersede(turns: Turns, summary: SummaryDocument | None) -> None:
    """Mark what each turn supersedes, in the order they began, and hand its calls on."""
    begun = sorted((turn for turn in turns.by_id.values() if turn.started), key=lambda turn: turn.order)
    for turn in begun:
        if turn.started is None or turn.started.replaces is None:
            continue
        replaced = turns.by_id.get(turn.started.replaces)
        gone = _begun_since(turns, replaced, turn)
        turn.carried = _carried(turns, gone, turn.started)
        for old in gone:
            old.is_superseded = True
        if summary is not None and turn.started.seq > summary.through_seq and _speaks_of(summary, gone, replaced):
            turns.stale_from = turn.started.seq


def _begun_since(turns: Turns, replaced: Turn | None, turn: Turn) -> list[Turn]:
    """Return what begins with `replaced` (None: before the reading window) and before `turn`, in that order."""
    if replaced is not None and replaced.started is None and not replaced.steps:
        return [replaced]
    first = replaced.order if replaced else 0
    others = (other for other in turns.by_id.values() if other.started or other.steps)
    return sorted((other for other in others if first <= other.order < turn.order), key=lambda other: other.order)


def _speaks_of(summary: SummaryDocument, gone: Iterable[Turn], replaced: Turn | None) -> bool:
    return replaced is None or any(turn.end_seq is not None and turn.end_seq <= summary.through_seq for turn in gone)


def _carried(turns: Turns, gone: Sequence[Turn], by: TurnStarted) -> list[tuple[ToolCallPart, ...]]:
    """Return what `gone` carried and called. One that was superseded before has handed its calls on already."""
    heirs = [turn for turn in gone if not turn.is_superseded]
    steps = [calls for turn in heirs for calls in (*turn.carried, *_called(turn))]
    kept = (tuple(call for call in calls if _happened(turns, call, by)) for calls in steps)
    return [calls for calls in kept if calls]


def _called(turn: Turn) -> list[tuple[ToolCallPart, ...]]:
    """Return the calls of each step. A filtered turn's are not told: they may be what was filtered."""
    if turn.is_poison:
        return []
    return [tuple(part for part in step.parts if isinstance(part, ToolCallPart)) for step in turn.steps]


def _happened(turns: Turns, call: ToolCallPart, by: TurnStarted) -> bool:
    """Tell whether a call is to be known to the turn `by`.

    The same question again may use all that was found; another question only must know what must not be done twice.
    """
    result = turns.results.get(call.call_id)
    if result is None or result.status not in {"completed", "unknown"}:
        return False
    begun = turns.calls.get(call.call_id)
    has_effect = result.server != "" and (begun is None or not begun.idempotent)
    return has_effect or (by.question_id is not None and result.status == "completed")
