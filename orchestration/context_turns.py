"""The turns of a conversation as the log tells them, and which of them the model is told.

A turn that takes the place of another supersedes it and every turn begun since. What those said is told no more; what
they *did* happened all the same, so the turn that replaces them carries their calls.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from shared import ids
from shared.event_log.documents import SummaryDocument
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
from shared.protocol.group import MessageDeleted, MessageEdited, MessageShared, SteerTaken
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
    """As they read now; what was deleted is not among them."""
    shared: list[MessageShared] = field(default_factory=list[MessageShared])
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
            _change(turns, event)


def _change(turns: Turns, event: StoredEvent) -> None:
    """Follow what became of messages of a group after they were written."""
    match event:
        case MessageEdited() if event.message_id in turns.messages:
            edited = turns.messages[event.message_id].model_copy(update={"parts": event.parts})
            turns.messages[event.message_id] = edited
        case MessageDeleted():
            _delete(turns, event.message_id)
        case MessageShared():
            turns.shared.append(event)
        case SteerTaken() if event.message_id in turns.messages:
            taken = turns.messages[event.message_id].model_copy(update={"steers": event.steers})
            turns.messages[event.message_id] = taken
        case _:
            pass


def _delete(turns: Turns, message_id: str) -> None:
    """Forget a message that was taken back, and with a question what was answered to it."""
    gone = turns.messages.pop(message_id, None)
    if gone is not None and gone.turn_id in turns.by_id:
        turns.by_id[gone.turn_id].is_superseded = True


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
    result, begun = turns.results.get(call.call_id), turns.calls.get(call.call_id)
    if result is None:
        # It is made right now, or was: a turn that is replaced while it is parked closes its calls only later.
        return begun is not None and not begun.idempotent and call.server != ""
    if result.status not in {"completed", "unknown"}:
        return False
    has_effect = result.server != "" and (begun is None or not begun.idempotent)
    return has_effect or (by.question_id is not None and result.status == "completed")
